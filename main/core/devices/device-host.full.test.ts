import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../adapters/system-clock.ts';
import type { Clock } from '../ports.ts';
import {
  makeTerminalBench,
  persona,
  tell,
  toForm,
  toReview,
  unemploymentAnswers,
  until,
  type BenchOptions,
  type TerminalBench,
} from '../session/terminal-bench.test-helper.ts';
import { HOST_TIMINGS } from './host-process.ts';

// whole terminals with processes of their own: slow machines need room
vi.setConfig({ testTimeout: 90_000 });

let bench: TerminalBench;
afterEach(() => bench.close());

async function open(options: BenchOptions = {}): Promise<TerminalBench> {
  bench = await makeTerminalBench(options);
  await until('catalogue', () => bench.terminal.durable.bundles.current().catalogue !== undefined);
  return bench;
}

const state = (device: string): string => bench.terminal.deviceStates()[device] ?? '';

describe('the device host is killed (kill -9), and the session goes on', () => {
  it('while a card is being read: the reading ends as failed, and laid down again the card is read by the next host', async () => {
    await open({ idCard: { readMs: 1_000 } });
    const page = await bench.page();
    tell(bench.simulators.idCard, { do: 'insertCard', persona: 'ext-g' });
    await page.seen('reading', ({ card }) => card.state === 'reading');
    bench.killDeviceHost();
    const failed = await page.seen('failed', ({ card }) => card.state === 'failed');
    expect(failed.card.fault?.code).toBe('device.hostDown');
    // as the screen asks: a reader may hold a card for read that nobody heard of
    tell(bench.simulators.idCard, { do: 'removeCard' });
    tell(bench.simulators.idCard, { do: 'insertCard', persona: 'ext-g' });
    const read = await page.seen('find', ({ step }) => step === 'find');
    expect(read.applicant?.name).toBe(persona('ext-g').card.name);
    expect(read.sessionId).toBe(failed.sessionId);
  });

  it('while papers are scanned: pages got so far are kept, and the scan can be done again', async () => {
    await open();
    const page = await bench.page();
    await toForm(bench, page, 'returnee', 'pension-enroll');
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
    const { documentScanner } = bench.simulators;
    tell(documentScanner, { do: 'loadPages', source: 'feeder', count: 6 });
    await until('scanner', () => state('documentScanner') === 'online');
    tell(documentScanner, { do: 'setDelay', ms: 500 });
    await page.call.materials.scan({ materialId: 'household', source: 'feeder' });
    await page.seen('a page', ({ scan }) => (scan?.pagesSoFar ?? 0) >= 1);
    bench.killDeviceHost();
    const failed = await page.seen('failed', ({ scan }) => scan?.state === 'failed');
    expect(failed.scan?.fault?.code).toBe('device.hostDown');
    const pages = failed.materials.find(({ materialId }) => materialId === 'household')?.pages;
    expect(pages?.length).toBeGreaterThan(0);
    tell(documentScanner, { do: 'setDelay', ms: 0 });
    tell(documentScanner, { do: 'loadPages', source: 'flatbed', count: 1 });
    await until('scanner', () => state('documentScanner') === 'online');
    await page.call.materials.scan({ materialId: 'household', source: 'flatbed' });
    await page.seen('again', ({ scan }) => scan?.state === 'done');
  });

  it('while the receipt is printed: unknown, never printed; stored it is, and printing can be asked for again', async () => {
    await open();
    const page = await bench.page();
    await toForm(bench, page, 'returnee', 'unemployment-reg');
    await page.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
    await toReview(page);
    await until('printer', () => state('receiptPrinter') === 'online');
    tell(bench.simulators.receiptPrinter, { do: 'setMute', mute: true });
    await page.call.session.submit();
    await page.seen('printing', ({ receipt }) => receipt?.print.state === 'printing');
    bench.killDeviceHost();
    const view = await page.seen('unknown', ({ receipt }) => receipt?.print.state === 'unknown');
    expect(view.receipt?.print.fault?.code).toBe('device.hostDown');
    expect(view.receipt?.qr).toContain('/r/');
    await until('arrived', () => bench.platform.items.size === 1);
    tell(bench.simulators.receiptPrinter, { do: 'setMute', mute: false });
    await until('printer', () => state('receiptPrinter') === 'online');
    await page.call.receipt.print();
    await page.seen('printed', ({ receipt }) => receipt?.print.state === 'printed');
    expect(bench.platform.items.size).toBe(1);
  });

  it('with nothing going on: devices are unknown meanwhile, and online again by the next host', async () => {
    const waits: number[] = [];
    const clock: Clock = {
      ...systemClock,
      after: (ms, callback) => {
        waits.push(ms);
        return systemClock.after(ms, callback);
      },
    };
    await open({ clock });
    await until('reader', () => state('idCard') === 'online');
    const before = waits.length;
    const killedAt = systemClock.now();
    bench.killDeviceHost();
    await until('unknown', () => state('idCard') === 'unknown');
    await until('online', () => state('idCard') === 'online');
    // when it is back depends on the machine; when it is begun does not
    expect(waits.slice(before)).toContain(HOST_TIMINGS.firstRestartMs);
    expect(HOST_TIMINGS.firstRestartMs).toBeLessThanOrEqual(2_000);
    const [first = NaN, second = NaN, ...more] = bench.hostStarts();
    expect(more).toEqual([]);
    expect(first).toBeLessThan(killedAt);
    expect(second).toBeGreaterThan(killedAt);
  });

  it('when somebody forgot the card and left: nobody is let in by it', async () => {
    await open({ idCard: { refindsLyingCard: true } });
    const page = await bench.page();
    tell(bench.simulators.idCard, { do: 'insertCard', persona: 'ext-a' });
    await page.seen('find', ({ step }) => step === 'find');
    bench.terminal.session.reset('idle');
    await page.gone();
    bench.killDeviceHost();
    await until('unknown', () => state('idCard') === 'unknown');
    const before = page.views.length;
    const reads = (): number => Number(bench.simulators.idCard.state()['reads']);
    const readSoFar = reads();
    // a whole card is two reads; the third begins when the first card was told
    await until('read by the next host', () => reads() >= readSoFar + 3);
    tell(bench.simulators.idCard, { do: 'removeCard' });
    // longer than the reader needs to miss a card
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(page.views.slice(before).every((view) => view === null)).toBe(true);
    tell(bench.simulators.idCard, { do: 'insertCard', persona: 'ext-a' });
    await page.seen('find', ({ step }) => step === 'find');
  });
});
