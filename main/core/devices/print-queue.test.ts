import { describe, expect, it } from 'vitest';
import { checkPrintQueue, PrintQueueWatch, type PrintQueueCheck } from './print-queue.ts';

const ipp = (url: string, queueKeepsNothing = false) =>
  ({ driver: 'ipp', url, queueKeepsNothing }) as const;
const GOOD = 'PreserveJobFiles No\nPreserveJobHistory 3600\nErrorPolicy abort-job\n';
const ELSEWHERE = 'ipp://10.0.0.9:631/printers/hall';
const QUEUE = ipp('ipp://localhost:631/printers/hall');

describe('the queue before the A4 printer', () => {
  it.each([
    ['no printer', null, GOOD, 'none'],
    ['a printer that speaks IPP itself', ipp('ipp://10.0.0.8/ipp/print'), '', 'none'],
    ['a queue that keeps nothing', QUEUE, GOOD, 'fine'],
    ['a queue as CUPS sets it up', QUEUE, 'LogLevel warn\n', 'keepsFiles'],
    ['a queue that prints again later', QUEUE, 'PreserveJobFiles No\n', 'keepsFiles'],
    ['a queue on another machine', ipp(ELSEWHERE), GOOD, 'unchecked'],
    ['one there that is stated to keep nothing', ipp(ELSEWHERE, true), '', 'fine'],
    ['one here, whatever is stated of it', ipp(QUEUE.url, true), '', 'keepsFiles'],
  ] as const)('%s', async (_name, printer, conf, is) => {
    expect((await checkPrintQueue(printer, () => Promise.resolve(conf))).is).toBe(is);
  });

  it('whose settings cannot be read is not called fine', async () => {
    for (const queue of [QUEUE, ipp(QUEUE.url, true)]) {
      const check = await checkPrintQueue(queue, () => Promise.reject(new Error('EACCES')));
      expect(check.is).toBe('unchecked');
    }
  });

  it('names the directive and the line to write', async () => {
    const { details } = await checkPrintQueue(QUEUE, () => Promise.resolve(''));
    expect(details.map(({ path }) => path)).toContain('PreserveJobFiles');
    expect(details[0]?.remedy.en).toMatch(/^Write: /);
  });

  it.each([
    ['none', true, undefined],
    ['fine', true, undefined],
    ['keepsFiles', false, 'printQueueKeepsFiles'],
    ['unchecked', false, 'printQueueUnchecked'],
  ] as const)('that is %s gets documents: %s', async (is, mayPrint, problem) => {
    const watch = new PrintQueueWatch(
      () => Promise.resolve({ is, details: [] }),
      () => undefined,
    );
    await watch.look();
    expect([watch.mayPrint, watch.problem?.code]).toEqual([mayPrint, problem]);
  });

  it('gets no document before it was looked at, nor while it keeps them', async () => {
    let check: PrintQueueCheck = { is: 'keepsFiles', details: [] };
    let changes = 0;
    const watch = new PrintQueueWatch(
      () => Promise.resolve(check),
      () => (changes += 1),
    );
    expect([watch.mayPrint, watch.problem]).toEqual([false, undefined]);
    await watch.look();
    expect([watch.mayPrint, watch.problem?.code]).toEqual([false, 'printQueueKeepsFiles']);
    check = { is: 'fine', details: [] };
    await watch.look();
    expect([watch.mayPrint, watch.problem, changes]).toEqual([true, undefined, 2]);
  });
});
