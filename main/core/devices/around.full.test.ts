import { afterEach, describe, expect, it, vi } from 'vitest';
import type { CodeView } from '../../contract/code-view.ts';
import type { DeviceView } from '../../contract/shapes.ts';
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
} from '../session/terminal-bench.test-helper.ts';

// whole terminals with processes of their own: slow machines need room
vi.setConfig({ testTimeout: 120_000 });

let bench: TerminalBench;
afterEach(() => bench.close());

async function open(options: BenchOptions = {}): Promise<BenchPage> {
  bench = await makeTerminalBench({ around: true, ...options });
  const { bundles } = bench.terminal.durable;
  await until('catalogue', () => bundles.current().catalogue !== undefined);
  // with the directory of the terminals' keys
  await bench.platform.publish('keys', 2, bench.platform.keys());
  await until('keys', () => bundles.current().keys?.version === 2);
  return bench.page();
}

const state = (device: string): string => bench.terminal.deviceStates()[device] ?? '';

async function codesOf(page: BenchPage): Promise<(CodeView | null)[]> {
  const views: (CodeView | null)[] = [];
  const follow = async (): Promise<void> => {
    for await (const view of await page.call.codes.watch()) views.push(view);
  };
  follow().catch(() => undefined);
  await until('codes', () => views.length > 0);
  return views;
}

/** What the page is told of the code scanner. */
async function scannerOf(page: BenchPage): Promise<() => DeviceView | undefined> {
  let view: DeviceView | undefined;
  const follow = async (): Promise<void> => {
    for await (const { devices } of await page.call.terminal.watch()) view = devices.codeScanner;
  };
  follow().catch(() => undefined);
  await until('the state of the terminal', () => view !== undefined);
  return () => view;
}

async function toReceipt(page: BenchPage): Promise<string> {
  await toForm(bench, page, 'returnee', 'unemployment-reg');
  await page.call.session.saveAnswers({ answers: unemploymentAnswers(persona('returnee')) });
  await toReview(page);
  await until('A4 printer', () => state('documentPrinter') === 'online');
  await page.call.session.submit();
  const view = await page.seen('receipt', ({ step }) => step === 'receipt');
  expect(view.receipt?.sheet).toEqual({ state: 'none' });
  return view.receipt?.qr ?? '';
}

describe('a receipt before the code scanner', () => {
  it('is known again, also after the device host was killed (kill -9)', async () => {
    const page = await open();
    const qr = await toReceipt(page);
    await until('arrived', () => bench.platform.items.size === 1);
    const codes = await codesOf(page);
    await page.call.session.end();
    await page.seen('goodbye', ({ step }) => step === 'goodbye');
    tell(bench.simulators.idCard, { do: 'removeCard' });
    await page.call.session.end();
    await page.gone();
    const scanner = await scannerOf(page);
    const reads = (): boolean => scanner()?.state === 'unknown' && scanner()?.fault === undefined;
    await until('scanner', reads);
    bench.killDeviceHost();
    await until('gone', () => scanner()?.fault?.code === 'device.hostDown');
    await until('scanner again', reads);
    tell(bench.around.codes, { do: 'scan', text: qr });
    await until('checked', () => codes.at(-1)?.is === 'receipt');
    expect(codes.at(-1)).toMatchObject({ signature: 'valid' });
    expect(state('codeScanner')).toBe('online');
    expect(JSON.stringify(codes)).not.toContain(persona('returnee').card.name);
    tell(bench.around.codes, { do: 'scan', text: '6901234567892' });
    await until('unknown code', () => codes.at(-1)?.is === 'unknown');
    await page.call.codes.close();
    await until('closed', () => codes.at(-1) === null);
  });
});

describe('the summary on A4', () => {
  it('is printed at the citizen’s wish, whole, and cannot be printed once the receipt was left', async () => {
    const page = await open();
    await toReceipt(page);
    await page.call.receipt.printSheet();
    await page.seen('printed', ({ receipt }) => receipt?.sheet?.state === 'printed');
    const [name = ''] = bench.around.a4.artifacts();
    const printed = await bench.around.a4.artifact(name);
    expect(Buffer.from(printed?.bytes.subarray(0, 5) ?? []).toString()).toBe('%PDF-');
    await page.call.session.another();
    await page.seen('find', ({ step }) => step === 'find');
    await expect(page.call.receipt.printSheet()).rejects.toMatchObject({ code: 'WRONG_STEP' });
  });

  it('is called off at the printer when the citizen leaves before it is done', async () => {
    const page = await open({ pageMs: 600_000 });
    await toReceipt(page);
    await page.call.receipt.printSheet();
    await until('job', () => Number(bench.around.a4.state()['activeJobs']) === 1);
    await page.call.session.end();
    await until('no job', () => Number(bench.around.a4.state()['activeJobs']) === 0);
    expect(bench.around.a4.artifacts().every((name) => name.includes('partial'))).toBe(true);
    expect(
      bench.terminal.durable.audit.latest(20).some(({ event }) => event === 'summaryPrinted'),
    ).toBe(false);
  });

  it('is unknown when the device host is killed (kill -9) while it prints, and blocks nothing', async () => {
    const page = await open({ pageMs: 600_000 });
    await toReceipt(page);
    await page.call.receipt.printSheet();
    await until('job', () => Number(bench.around.a4.state()['activeJobs']) === 1);
    bench.killDeviceHost();
    const view = await page.seen('unknown', ({ receipt }) => receipt?.sheet?.state === 'unknown');
    expect(view.receipt?.sheet?.fault?.code).toBe('device.hostDown');
    await page.call.session.end();
    await page.seen('goodbye', ({ step }) => step === 'goodbye');
  });
});

describe('the parts around the screen', () => {
  const light = (place: string): unknown =>
    (bench.around.parts.state()['lights'] as Readonly<Record<string, string>>)[place];

  it('go with the session, are found again by the next device host (kill -9), and are dark at the end', async () => {
    const page = await open();
    await until('parts', () => state('terminalParts') === 'online');
    await page.call.session.begin({ locale: 'zh' });
    await until('light at the reader', () => light('cardReader') === 'blink');
    bench.killDeviceHost();
    await until('unknown', () => state('terminalParts') === 'unknown');
    await until('parts again', () => state('terminalParts') === 'online');
    await until('light at the reader again', () => light('cardReader') === 'blink');
    await page.call.session.end();
    await until('dark', () => light('cardReader') === 'off');
  });

  it('go with the session on a relay board that never answers, and are put out and set again after a kill -9', async () => {
    const page = await open({ relays: { answers: false } });
    const shines = (channel: string): boolean =>
      (bench.around.parts.state()['relays'] as Readonly<Record<string, boolean>>)[channel] === true;
    await until('relays', () => state('terminalParts') === 'unknown');
    await page.call.session.begin({ locale: 'zh' });
    await until('lamp at the reader', () => shines('CH1'));
    expect(state('terminalParts')).toBe('unknown');
    const before = Number(bench.around.parts.state()['commands']);
    bench.killDeviceHost();
    await until('put out', () => Number(bench.around.parts.state()['commands']) >= before + 4);
    await until('lamp at the reader again', () => shines('CH1'));
    await page.call.session.end();
    await until('dark', () => !shines('CH1'));
  });

  it('call the staff, pass keys on, and tell of cabinet and power; an empty battery lets nobody new begin', async () => {
    const page = await open();
    await until('parts', () => state('terminalParts') === 'online');
    const keys: string[] = [];
    const follow = async (): Promise<void> => {
      for await (const key of await page.call.keypad.keys()) keys.push(key);
    };
    follow().catch(() => undefined);
    const { parts } = bench.around;
    const terminal = async () => {
      for await (const view of await page.call.terminal.watch()) return view;
      throw new Error('no view');
    };
    const seen = async (
      what: string,
      is: (view: Awaited<ReturnType<typeof terminal>>) => boolean,
    ) => {
      for (const end = Date.now() + 60_000; !is(await terminal());) {
        if (Date.now() > end) throw new Error(`never came: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    tell(parts, { do: 'pressCall' });
    await seen('call', ({ helpCalledSince }) => helpCalledSince !== null);
    tell(parts, { do: 'setDoor', open: true });
    await seen('door', ({ problems }) => problems.includes('cabinetOpen'));
    await page.call.session.begin({ locale: 'zh' });
    // the stream may have been opened after the first of them
    await until('keys', () => {
      tell(parts, { do: 'pressKey', key: 'down' });
      return keys.includes('down');
    });
    tell(parts, { do: 'setPower', mains: 'lost', battery: 'low' });
    await seen('power', ({ problems }) => problems.includes('batteryLow'));
    // who is here goes on
    expect((await terminal()).taking).not.toBe('batteryLow');
    await page.call.session.browse();
    await page.call.session.end();
    await page.call.session.end();
    await page.gone();
    await seen('not taking', ({ taking }) => taking === 'batteryLow');
    await expect(page.call.session.begin({ locale: 'zh' })).rejects.toMatchObject({
      code: 'WRONG_STEP',
    });
    tell(parts, { do: 'setPower', mains: 'on', battery: 'ok' });
    await seen('taking', ({ taking }) => taking === 'yes');
    await page.call.session.begin({ locale: 'zh' });
  });
});
