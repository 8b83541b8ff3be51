import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { serialTransport } from '../transport/serial.ts';
import { systemClock } from '../transport/system-clock.ts';
import { CONFORMANCE_TODAY, describeIdCardReader, until } from './conformance.ts';
import type { ReaderAndSimulator } from './conformance.ts';
import { createSdtReader } from './sdt-reader.ts';
import { FAST_BACKOFF, FAST_TIMINGS } from './sdt-test-support.ts';
import { SdtSimulator } from './simulator/sdt-simulator.ts';

const socatInstalled = spawnSync('socat', ['-V']).status === 0;

/** A serial port (the near end of a pty) whose other end is the simulator's socket; comes back when it breaks. */
class PtyBridge {
  readonly path: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'sdt-pty-'));
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

async function overPty(): Promise<ReaderAndSimulator> {
  const simulator = new SdtSimulator();
  const bridge = new PtyBridge(await simulator.listen(0));
  await until(
    () => existsSync(bridge.path),
    () => 'the pty',
  );
  const reader = createSdtReader({
    transport: serialTransport({ path: bridge.path, baudRate: 115_200, watchMs: 50 }),
    clock: systemClock,
    today: () => CONFORMANCE_TODAY,
    timings: FAST_TIMINGS,
    backoff: FAST_BACKOFF,
  });
  return { reader, simulator, dispose: () => bridge.close() };
}

if (socatInstalled) {
  describeIdCardReader('SDT over a serial port (pty pair)', overPty);

  describe('a serial port', () => {
    it('is busy for a second program, and free again afterwards', async () => {
      const simulator = new SdtSimulator();
      const bridge = new PtyBridge(await simulator.listen(0));
      await until(
        () => existsSync(bridge.path),
        () => 'the pty',
      );
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
  console.log('NOT RUN: serial over a pty pair: socat is not installed');
  describe.skip('an ID-card reader: SDT over a serial port (pty pair)', () => {
    it('NOT RUN: socat is not installed', () => undefined);
  });
}
