import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

/**
 * Where a simulated device is reached: a TCP port on loopback, as behind a transparent serial server. It can
 * hang up, refuse whoever calls for a while, and let something happen later; all of it ends when it closes.
 */
export class SimulatedPort {
  readonly #connected: (socket: Socket) => void;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<() => void>();
  #server: Server | undefined;
  #refusal: object | undefined;
  #closed = false;

  /** @param connected is given everybody who calls and is not refused */
  constructor(connected: (socket: Socket) => void) {
    this.#connected = connected;
  }

  /** Who is connected. */
  get sockets(): ReadonlySet<Socket> {
    return this.#sockets;
  }

  /** Whether whoever calls is hung up on. */
  get refusing(): boolean {
    return this.#refusal !== undefined;
  }

  /** Starts listening on loopback; port 0 takes any. The value is the port. */
  listen(port: number): Promise<number> {
    this.#closed = false;
    const server = createServer({ noDelay: true }, (socket) => {
      this.#serve(socket);
    });
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        if (address === null || typeof address === 'string') reject(new Error('no TCP address'));
        else resolve(address.port);
      });
    });
  }

  /** Hangs up on everybody; what was to happen later happens now, so that nothing waits for it. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const socket of this.#sockets) socket.destroy();
    for (const happen of [...this.#timers]) happen();
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  }

  /**
   * Hangs up, and refuses for so long (0: no longer, whatever was told before): whoever calls is hung up on at
   * once, the port stays ours.
   * @param how `reset` loses what was sent and not yet read there, as a pulled plug does; `end` does not
   */
  drop(forMs: number, how: 'reset' | 'end' = 'reset'): void {
    for (const socket of this.#sockets) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.destroy();
    }
    const refusal = forMs > 0 ? {} : undefined;
    this.#refusal = refusal;
    if (refusal === undefined) return;
    this.after(forMs, () => {
      if (this.#refusal === refusal) this.#refusal = undefined;
    });
  }

  /** Calls back after a while, or when the port closes. */
  after(ms: number, callback: () => void): void {
    if (this.#closed) {
      callback();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      this.#timers.delete(done);
      callback();
    };
    const timer = setTimeout(done, ms);
    this.#timers.add(done);
  }

  /** Resolves after a while, or when the port closes. */
  wait(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.after(ms, resolve);
    });
  }

  #serve(socket: Socket): void {
    socket.on('error', () => undefined);
    if (this.refusing) {
      socket.resetAndDestroy();
      return;
    }
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    this.#connected(socket);
  }
}
