import { afterEach, expect, it, vi } from 'vitest';
import type { ToHost } from '../../device-host/protocol.ts';
import type { ChildProcess, Clock } from '../ports.ts';
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

vi.setConfig({ testTimeout: 120_000 });

let bench: TerminalBench | undefined;
afterEach(() => bench?.close());

/** What a bug may say that nobody else may hear of. */
const PERSONAL = '住在测试路七号的人';

/** A citizen at the receipt of a terminal whose core throws at commands of a device, and who does nothing more. */
async function atReceipt(
  throwsAt: 'receiptPrinter' | 'documentPrinter',
): Promise<{ readonly at: TerminalBench; readonly page: BenchPage; readonly mend: () => void }> {
  let broken = true;
  let nobodyTouches = false;
  // the idle times are short from the bug on: 60 s until the warning, 20 s with it
  const clock: Clock = {
    wall: () => Date.now(),
    now: () => performance.now(),
    after(ms, callback) {
      const short = nobodyTouches && (ms === 60_000 || ms === 20_000);
      const timer = setTimeout(callback, short ? 300 : ms);
      return () => clearTimeout(timer);
    },
  };
  const host = (child: ChildProcess): ChildProcess => ({
    send(message) {
      const told = message as ToHost;
      if (broken && told.type === 'command' && told.device === throwsAt) {
        nobodyTouches = throwsAt === 'receiptPrinter';
        throw new TypeError(PERSONAL);
      }
      child.send(message);
    },
    onMessage: (listener) => child.onMessage(listener),
    onExit: (listener) => child.onExit(listener),
    kill: () => child.kill(),
  });
  const at = await makeTerminalBench({ clock, host, around: throwsAt === 'documentPrinter' });
  bench = at;
  await until('catalogue', () => at.terminal.durable.bundles.current().catalogue !== undefined);
  if (throwsAt === 'documentPrinter') {
    await until('A4 printer', () => at.terminal.deviceStates()[throwsAt] === 'online');
  }
  const page = await at.page();
  await toForm(at, page, 'returnee', 'unemployment-reg');
  tell(at.simulators.idCard, { do: 'removeCard' });
  await page.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
  await toReview(page);
  await page.call.session.submit();
  await page.seen('receipt', ({ step }) => step === 'receipt');
  return { at, page, mend: () => (broken = false) };
}

function audited(at: TerminalBench): readonly string[] {
  return at.terminal.durable.audit.latest(100).map(({ event }) => event);
}

it('a receipt whose printing ends in a bug is unknown, and its session ends when nobody is there', async () => {
  const { at, page } = await atReceipt('receiptPrinter');
  await page.gone();
  const states = page.views.flatMap((view) => view?.receipt?.print.state ?? []);
  expect(states.at(-1)).toBe('unknown');
  expect(page.views.some((view) => view?.idle.state === 'warning')).toBe(true);
  expect(audited(at)).toContain('receiptPrintUnknown');
  const told = at.log.filter((line) => line.includes('printing a receipt ended with a bug'));
  expect(told).toHaveLength(1);
  expect(JSON.parse(told[0] ?? '')).toMatchObject({
    bug: 'TypeError',
    at: expect.stringContaining('print-bug.full.test') as unknown,
  });
  expect(at.log.join('')).not.toContain(PERSONAL);
});

it('a summary whose printing ends in a bug is unknown, and can be printed again', async () => {
  const { at, page, mend } = await atReceipt('documentPrinter');
  await page.seen('offered', ({ receipt }) => receipt?.sheet?.state === 'none');
  await page.call.receipt.printSheet();
  await page.seen('unknown', ({ receipt }) => receipt?.sheet?.state === 'unknown');
  expect(audited(at)).toContain('summaryPrintUnknown');
  expect(at.log.join('')).toContain('printing a summary ended with a bug');
  expect(at.log.join('')).not.toContain(PERSONAL);
  mend();
  await page.call.receipt.printSheet();
  await page.seen('printed', ({ receipt }) => receipt?.sheet?.state === 'printed');
});
