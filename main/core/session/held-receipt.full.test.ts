import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { QUICK } from '../outbox/durable-bench.test-helper.ts';
import type { Behaviour } from '../sync/platform-double.test-helper.ts';
import {
  makeTerminalBench,
  persona,
  tell,
  toForm,
  toReview,
  unemploymentAnswers,
  until,
  type BenchPage,
  type TerminalBench,
} from './terminal-bench.test-helper.ts';

vi.setConfig({ testTimeout: 90_000 });

let bench: TerminalBench;
let page: BenchPage;
beforeEach(async () => {
  bench = await makeTerminalBench();
  await until('catalogue', () => bench.terminal.durable.bundles.current().catalogue !== undefined);
  page = await bench.page();
});
afterEach(() => bench.close());

const problem = (status: number, code: string): Behaviour => ({
  status,
  type: 'application/problem+json',
  body: JSON.stringify({ type: 'about:blank', title: code, status, code }),
});

const noItems = ({ method }: { readonly method: string }): Behaviour | undefined =>
  method === 'PUT' ? 'silence' : undefined;

/** A citizen whose application is stored and waits, and whose receipt came out or did not, for want of paper. */
async function atReceipt(how: 'failed' | 'printed' = 'failed'): Promise<string> {
  bench.platform.behave = noItems;
  await until('printer', () => bench.terminal.deviceStates()['receiptPrinter'] === 'online');
  if (how === 'failed') tell(bench.simulators.receiptPrinter, { do: 'setPaper', paper: 'out' });
  await toForm(bench, page, 'returnee', 'unemployment-reg');
  await page.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
  await toReview(page);
  await page.call.session.submit();
  const shown = await page.seen(how, ({ receipt }) => receipt?.print.state === how);
  expect(shown.receipt?.delivery).toBe('waiting');
  tell(bench.simulators.receiptPrinter, { do: 'setPaper', paper: 'full' });
  return shown.submissionId ?? '';
}

/** Prints on, and gives what stands on the paper. */
async function printed(): Promise<string> {
  await page.call.receipt.print();
  await page.seen('printed', ({ receipt }) => receipt?.print.state === 'printed');
  return lastPaper();
}

async function lastPaper(): Promise<string> {
  const { receiptPrinter } = bench.simulators;
  const last = receiptPrinter.artifacts().filter((name) => name.endsWith('.txt'));
  return Buffer.from((await receiptPrinter.artifact(last.at(-1) ?? ''))?.bytes ?? []).toString();
}

it('an item that is held while its receipt is on the screen is promised there and on paper no more', async () => {
  const submissionId = await atReceipt();
  bench.platform.behave = ({ method }) => (method === 'PUT' ? problem(409, 'conflict') : undefined);
  await page.seen('held', ({ receipt }) => receipt?.delivery === 'held');
  const paper = await printed();
  expect(paper).toContain('请到服务台问');
  expect(paper).not.toContain('不用再来');

  // nor after a restart, where whoever was there is told else that there is no need to apply again
  await bench.restart();
  page = await bench.page();
  await page.call.session.reclaim({ submissionId, locale: 'zh' });
  const again = await page.seen('receipt', ({ step }) => step === 'receipt');
  expect(again).toMatchObject({ notice: 'none', receipt: { delivery: 'held' } });
});

it('a paper that came out before the item was held is taken back by one that may be printed there, once', async () => {
  await atReceipt('printed');
  await expect(page.call.receipt.print()).rejects.toThrow();
  bench.platform.behave = ({ method }) => (method === 'PUT' ? problem(409, 'conflict') : undefined);
  const held = await page.seen('held', ({ receipt }) => receipt?.delivery === 'held');
  expect(held.receipt).toMatchObject({ print: { state: 'printed' }, paperOutdated: true });
  await page.call.receipt.print();
  const after = await page.seen(
    'another',
    ({ receipt }) => receipt?.print.state === 'printed' && receipt.paperOutdated !== true,
  );
  expect(after.receipt?.delivery).toBe('held');
  const paper = await lastPaper();
  expect(paper).toContain('请到服务台问');
  expect(paper).toContain('以这张为准');
  await expect(page.call.receipt.print()).rejects.toThrow();
});

it('nor is what waits, once the platform has said that this terminal is revoked', async () => {
  // the item itself is on its way all the time, so that nothing else of it changes
  await bench.restart({ durable: { ...QUICK, requestDeadlineMs: 120_000 } });
  page = await bench.page();
  await until('catalogue', () => bench.terminal.durable.bundles.current().catalogue !== undefined);
  await atReceipt();
  bench.platform.behave = (request) => noItems(request) ?? problem(401, 'revoked');
  await page.seen('held', ({ receipt }) => receipt?.delivery === 'held');
  expect(await printed()).toContain('Please ask at the counter');
  // a revocation that was taken back is told as well
  bench.platform.behave = noItems;
  await page.seen('waits', ({ receipt }) => receipt?.delivery === 'waiting');
});
