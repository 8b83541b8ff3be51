// Test support: a serial port whose far end is a simulator's socket. Not part of the product.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long the port may take to come, in ms; a loaded machine starts a process slowly. */
const PATIENCE_MS = 15_000;

/**
 * A serial port (the near end of a pseudo-terminal) whose other end is a TCP port of 127.0.0.1. socat ends
 * when its TCP side breaks and is started again, so a line that is dropped comes back. Needs socat.
 */
export class PtyBridge {
  readonly path: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'bianmin-pty-'));
  readonly #port: number;
  #socat: ChildProcess | undefined;
  #closed = false;

  private constructor(port: number) {
    this.path = join(this.#directory, 'tty');
    this.#port = port;
    this.#start();
  }

  /** Resolves when the port is there. Throws when it never comes. */
  static async to(port: number): Promise<PtyBridge> {
    const bridge = new PtyBridge(port);
    const end = performance.now() + PATIENCE_MS;
    while (!existsSync(bridge.path)) {
      if (performance.now() > end) {
        await bridge.close();
        throw new Error('the pseudo-terminal never came');
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return bridge;
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
    const pty = `pty,rawer,link=${this.path}`;
    const far = `tcp:127.0.0.1:${String(this.#port)}`;
    // The far end first: no port without a device. -t 0: when the far end hangs up, so does the port.
    this.#socat = spawn('socat', ['-t', '0', far, pty], { stdio: 'ignore' });
    this.#socat.once('exit', () => {
      setTimeout(() => {
        if (!this.#closed) this.#start();
      }, 50);
    });
  }
}
