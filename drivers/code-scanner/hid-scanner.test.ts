import { describe, expect, it } from 'vitest';
import { hidTransport } from '../transport/hid.ts';
import type { HidLibrary } from '../transport/hid.ts';
import { describeCodeScanner, until } from './conformance.ts';
import type { ScannerAndSimulator } from './conformance.ts';
import type { CodeScannerEvent } from './contract.ts';
import { HID_POS_SCANNER } from './hid-report.ts';
import { createHidScanner } from './hid-scanner.ts';
import { FAST_BACKOFF, STEERED_TIMINGS, SteeredClock } from './scanner-test-support.ts';
import { HidScannerSimulator } from './simulator/hid-scanner-simulator.ts';

function overHid(): Promise<ScannerAndSimulator & { readonly simulator: HidScannerSimulator }> {
  const simulator = new HidScannerSimulator();
  const clock = new SteeredClock();
  const scanner = createHidScanner({
    transport: hidTransport({
      ...HID_POS_SCANNER,
      load: () => Promise.resolve(simulator.library),
    }),
    clock,
    timings: STEERED_TIMINGS,
    backoff: FAST_BACKOFF,
  });
  return Promise.resolve({ scanner, simulator, atFirst: 'online', elapse: () => clock.elapse() });
}

describeCodeScanner('HID POS', overHid);

describe('an HID POS scanner', () => {
  it('names the symbology of each code', async () => {
    const { scanner, simulator } = await overHid();
    const events: CodeScannerEvent[] = [];
    scanner.onEvent((event) => events.push(event));
    await scanner.open();
    await until(
      () => scanner.status.state === 'online',
      () => 'online',
    );
    for (const command of [
      { do: 'scan', text: '6901234567892', symbology: 'ean' },
      { do: 'scan', text: '回执', encoding: 'gb18030' },
    ] as const) {
      expect(simulator.command(command)).toEqual({ ok: true, value: undefined });
    }
    await until(
      () => events.length === 2,
      () => 'two codes',
    );
    expect(events).toMatchObject([
      { type: 'code', text: '6901234567892', symbology: 'ean', encoding: 'utf-8' },
      { type: 'code', text: '回执', symbology: 'qr', encoding: 'gb18030' },
    ]);
    await scanner.close();
    expect(simulator.state().connections).toBe(0);
  });

  it('is offline, and says why, when the library does not load', async () => {
    const load = (): Promise<HidLibrary> => Promise.reject(new Error('no such library'));
    const scanner = createHidScanner({
      transport: hidTransport({ ...HID_POS_SCANNER, load }),
      clock: new SteeredClock(),
      backoff: FAST_BACKOFF,
    });
    await scanner.open();
    await until(
      () => scanner.status.state === 'offline',
      () => 'offline',
    );
    expect(scanner.status.fault?.code).toBe('device.missingLibrary');
    await scanner.close();
  });
});
