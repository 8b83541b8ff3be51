import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { hasProgram, notRun } from '../../tests/support/not-run.ts';
import { serialTransport } from '../transport/serial.ts';
import { systemClock } from '../transport/system-clock.ts';
import { describeTerminalParts, until } from './conformance.ts';
import type { PartsAndSimulator } from './conformance.ts';
import { createTerminalParts } from './parts-driver.ts';
import { FAST_BACKOFF, FAST_BOARD, FAST_TIMINGS } from './parts-test-support.ts';
import { PartsSimulator } from './simulator/parts-simulator.ts';

/** A serial port (the near end of a pty) whose other end is the simulator's socket; comes back when it breaks. */
class PtyBridge {
  readonly path: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'parts-pty-'));
  readonly #port: number;
  #socat: ChildProcess | undefined;
  #closed = false;

  constructor(port: number) {
    this.path = join(this.#directory, 'tty');
    this.#port = port;
    this.#start();
  }

  async close(): Promise<void> {
    this.#closed = true;
    const socat = this.#socat;
    if (socat !== undefined && socat.exitCode === null && socat.signalCode === null) {
      const exited = new Promise((resolve) => socat.once('exit', resolve));
      socat.kill();
      await exited;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #start(): void {
    const pty = `pty,raw,echo=0,link=${this.path}`;
    this.#socat = spawn('socat', [pty, `tcp:127.0.0.1:${this.#port}`], { stdio: 'ignore' });
    this.#socat.once('exit', () => {
      setTimeout(() => {
        if (!this.#closed) this.#start();
      }, 50);
    });
  }
}

async function overPty(): Promise<PartsAndSimulator> {
  const simulator = new PartsSimulator({ times: FAST_BOARD });
  const bridge = new PtyBridge(await simulator.listen(0));
  await until(
    () => existsSync(bridge.path),
    () => 'the pty',
  );
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
