import { describe, it } from 'vitest';
import { hasProgram, notRun } from '../../tests/support/not-run.ts';
import { PtyBridge } from '../transport/pty-test-support.ts';
import { serialTransport } from '../transport/serial.ts';
import { describeCodeScanner, describeTrigger, until } from './conformance.ts';
import type { ScannerAndSimulator } from './conformance.ts';
import { FAST_BACKOFF, STEERED_TIMINGS, SteeredClock } from './scanner-test-support.ts';
import { HONEYWELL_TRIGGER, createSerialScanner } from './serial-scanner.ts';
import { SerialScannerSimulator } from './simulator/serial-scanner-simulator.ts';

async function overPty(): Promise<ScannerAndSimulator> {
  const simulator = new SerialScannerSimulator();
  const bridge = await PtyBridge.to(await simulator.listen(0));
  await until(
    () => simulator.state().connections > 0,
    () => 'the pty',
  );
  const clock = new SteeredClock();
  const scanner = createSerialScanner({
    transport: serialTransport({ path: bridge.path, baudRate: 9_600, watchMs: 50 }),
    clock,
    timings: STEERED_TIMINGS,
    backoff: FAST_BACKOFF,
    trigger: HONEYWELL_TRIGGER,
  });
  return {
    scanner,
    simulator,
    atFirst: 'unknown',
    elapse: () => clock.elapse(),
    dispose: () => bridge.close(),
  };
}

if (hasProgram('socat')) {
  describeCodeScanner('serial over a pty pair', overPty);
  describeTrigger('serial over a pty pair', overPty);
} else {
  notRun('code scanner over a pty pair', 'socat is not installed');
  describe.skip('a code scanner: serial over a pty pair', () => {
    it('NOT RUN: socat is not installed', () => undefined);
  });
}
