import { describe, expect, it } from 'vitest';
import { hasProgram, notRun } from '../../tests/support/not-run.ts';
import { PtyBridge } from '../transport/pty-test-support.ts';
import { serialTransport } from '../transport/serial.ts';
import { systemClock } from '../transport/system-clock.ts';
import { CONFORMANCE_TODAY, describeIdCardReader } from './conformance.ts';
import type { ReaderAndSimulator } from './conformance.ts';
import { createSdtReader } from './sdt-reader.ts';
import { FAST_BACKOFF, FAST_TIMINGS } from './sdt-test-support.ts';
import { SdtSimulator } from './simulator/sdt-simulator.ts';

async function overPty(): Promise<ReaderAndSimulator> {
  const simulator = new SdtSimulator();
  const bridge = await PtyBridge.to(await simulator.listen(0));
  const reader = createSdtReader({
    transport: serialTransport({ path: bridge.path, baudRate: 115_200, watchMs: 50 }),
    clock: systemClock,
    today: () => CONFORMANCE_TODAY,
    timings: FAST_TIMINGS,
    backoff: FAST_BACKOFF,
  });
  return { reader, simulator, dispose: () => bridge.close() };
}

if (hasProgram('socat')) {
  describeIdCardReader('SDT over a serial port (pty pair)', overPty);

  describe('a serial port', () => {
    it('is busy for a second program, and free again afterwards', async () => {
      const simulator = new SdtSimulator();
      const bridge = await PtyBridge.to(await simulator.listen(0));
      const transport = serialTransport({ path: bridge.path, baudRate: 115_200 });
      const first = await transport.connect({ deadlineMs: 10_000 });
      if (!first.ok) throw new Error(first.error.detail);
      expect(await transport.connect({ deadlineMs: 10_000 })).toMatchObject({
        ok: false,
        error: { code: 'device.busy' },
      });
      await first.value.close();
      const again = await transport.connect({ deadlineMs: 10_000 });
      expect(again.ok).toBe(true);
      if (again.ok) await again.value.close();
      await bridge.close();
      await simulator.close();
    });
  });
} else {
  notRun('SDT over a serial port (pty pair)', 'socat is not installed');
  describe.skip('an ID-card reader: SDT over a serial port (pty pair)', () => {
    it('NOT RUN: socat is not installed', () => undefined);
  });
}
