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
  type BenchOptions,
  type BenchPage,
  type TerminalBench,
} from './terminal-bench.test-helper.ts';

vi.setConfig({ testTimeout: 120_000 });

let bench: TerminalBench | undefined;
afterEach(() => bench?.close());

/** What a bug may say that nobody else may hear of. */
const PERSONAL = '住在测试路七号的人';

async function open(
  options: BenchOptions = {},
): Promise<{ readonly at: TerminalBench; readonly page: BenchPage }> {
  const at = await makeTerminalBench(options);
  bench = at;
  await until('catalogue', () => at.terminal.durable.bundles.current().catalogue !== undefined);
  return { at, page: await at.page() };
}

/** Somebody who has looked everything through, and whose storing throws a bug. */
async function handsIn(
  when: 'beforeItIsStored' | 'afterwards',
): Promise<{ readonly at: TerminalBench; readonly page: BenchPage }> {
  const opened = await open();
  const { at, page } = opened;
  await toForm(at, page, 'returnee', 'unemployment-reg');
  await page.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
  await toReview(page);
  const { outbox } = at.terminal.durable;
  const submit = outbox.submit.bind(outbox);
  vi.spyOn(outbox, 'submit').mockImplementationOnce(async (submission) => {
    if (when === 'afterwards') expect((await submit(submission)).ok).toBe(true);
    throw new RangeError(PERSONAL);
  });
  await page.call.session.submit();
  const told = at.log.filter((line) => line.includes('storing ended with a bug'));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('RangeError');
  expect(at.log.join('')).not.toContain(PERSONAL);
  return opened;
}

it('an application that was stored before a bug is shown as stored, and gets its receipt', async () => {
  const { at, page } = await handsIn('afterwards');
  const shown = await page.seen('receipt', ({ step }) => step === 'receipt');
  await page.seen('print ended', ({ receipt }) => receipt?.print.state === 'printed');
  expect(at.terminal.durable.outbox.list().map(({ receiptNumber }) => receiptNumber)).toEqual([
    shown.receipt?.receiptNumber,
  ]);
  expect(shown).toMatchObject({ answers: {}, signature: null });
});

it('an application that was not stored because of a bug can be handed in again', async () => {
  const { at, page } = await handsIn('beforeItIsStored');
  await page.seen('refused', ({ step, notice }) => step === 'review' && notice === 'storeFailed');
  expect(at.terminal.durable.outbox.list()).toEqual([]);
  await page.call.session.submit();
  await page.seen('receipt', ({ step }) => step === 'receipt');
  expect(at.terminal.durable.outbox.list()).toHaveLength(1);
});

it('a bug while it is read once more costs nobody anything: what is handed in is stored', async () => {
  const { at, page } = await open();
  await toForm(at, page, 'returnee', 'unemployment-reg');
  await page.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
  vi.spyOn(at.terminal.durable.outbox, 'prepare').mockImplementation(() => {
    throw new RangeError(PERSONAL);
  });
  await toReview(page);
  await page.seen('review', ({ step }) => step === 'review');
  await page.call.session.submit();
  await page.seen('receipt', ({ step }) => step === 'receipt');
  expect(at.terminal.durable.outbox.list()).toHaveLength(1);
  expect(at.log.join('')).toContain('preparing ended with a bug');
  expect(at.log.join('')).not.toContain(PERSONAL);
});

it('a scan that ends in a bug has failed, and its session ends when nobody is there', async () => {
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
      if (told.type === 'command' && told.device === 'documentScanner') {
        nobodyTouches = true;
        throw new TypeError(PERSONAL);
      }
      child.send(message);
    },
    onMessage: (listener) => child.onMessage(listener),
    onExit: (listener) => child.onExit(listener),
    kill: () => child.kill(),
  });
  const { at, page } = await open({ clock, host });
  await toForm(at, page, 'returnee', 'pension-enroll');
  tell(at.simulators.idCard, { do: 'removeCard' });
  const { answers } = persona('returnee');
  await page.call.session.saveAnswers({
    answers: {
      address: { division: answers.residence.divisionCode, detail: '龙门街' },
      mobile: answers.mobile,
      payTier: '200',
      bankAccount: answers.bankAccount,
      commit: true,
    },
  });
  await page.call.session.formDone();
  await page.seen('materials', ({ step }) => step === 'materials');
  await until('scanner', () => at.terminal.deviceStates()['documentScanner'] === 'online');
  await page.call.materials.scan({ materialId: 'household', source: 'flatbed' });
  await page.gone();
  const scans = page.views.flatMap((view) => view?.scan ?? []);
  expect(scans.at(-1)).toEqual({ materialId: 'household', state: 'failed', pagesSoFar: 0 });
  expect(page.views.some((view) => view?.idle.state === 'warning')).toBe(true);
  expect(at.log.join('')).toContain('scanning ended with a bug');
  expect(at.log.join('')).not.toContain(PERSONAL);
});
