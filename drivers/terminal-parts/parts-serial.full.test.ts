import { describe, it } from 'vitest';
import { hasProgram, notRun } from '../../tests/support/not-run.ts';
import { PtyBridge } from '../transport/pty-test-support.ts';
import { serialTransport } from '../transport/serial.ts';
import { systemClock } from '../transport/system-clock.ts';
import { describeTerminalParts } from './conformance.ts';
import type { PartsAndSimulator } from './watched-parts.ts';
import { createTerminalParts } from './parts-driver.ts';
import { FAST_BACKOFF, FAST_BOARD, FAST_TIMINGS } from './parts-test-support.ts';
import { PartsSimulator } from './simulator/parts-simulator.ts';

async function overPty(): Promise<PartsAndSimulator> {
  const simulator = new PartsSimulator({ times: FAST_BOARD });
  const bridge = await PtyBridge.to(await simulator.listen(0));
  const parts = createTerminalParts({
    transport: serialTransport({ path: bridge.path, baudRate: 115_200, watchMs: 50 }),
    clock: systemClock,
    timings: FAST_TIMINGS,
    backoff: FAST_BACKOFF,
  });
  return { parts, simulator, dispose: () => bridge.close() };
}

if (hasProgram('socat')) {
  describeTerminalParts('over a serial port (pty pair)', overPty);
} else {
  notRun('terminal parts over a serial port (pty pair)', 'socat is not installed');
  describe.skip('terminal parts: over a serial port (pty pair)', () => {
    it('NOT RUN: socat is not installed', () => undefined);
  });
}
