import { describe, it } from 'vitest';
import { hasProgram, notRun } from '../../tests/support/not-run.ts';
import { PtyBridge } from '../transport/pty-test-support.ts';
import { serialTransport } from '../transport/serial.ts';
import { describeTerminalParts } from './conformance.ts';
import { boardAt, relayOffer } from './relay-test-support.ts';
import { RelaySimulator } from './simulator/relay-simulator.ts';
import type { PartsAndSimulator } from './watched-parts.ts';

async function overPty(answers: boolean): Promise<PartsAndSimulator> {
  const simulator = new RelaySimulator({ answers });
  const bridge = await PtyBridge.to(await simulator.listen(0));
  const line = serialTransport({ path: bridge.path, baudRate: 9_600, watchMs: 50 });
  return { parts: boardAt(line, { answers }), simulator, dispose: () => bridge.close() };
}

for (const answers of [true, false]) {
  const name = `relays that ${answers ? 'answer' : 'never answer'}, over a serial port (pty pair)`;
  if (hasProgram('socat')) {
    describeTerminalParts(name, () => overPty(answers), relayOffer(answers));
  } else {
    notRun(`terminal parts: ${name}`, 'socat is not installed');
    describe.skip(`terminal parts: ${name}`, () => {
      it('NOT RUN: socat is not installed', () => undefined);
    });
  }
}
