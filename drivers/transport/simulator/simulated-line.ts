import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Result } from '../../../domain/result.ts';
import { err, ok } from '../../../domain/result.ts';
import type { SimulatorCommand } from '../../simulator-host/simulator.ts';
import { systemClock } from '../system-clock.ts';

/**
 * The line of a simulated serial device, over TCP as behind a transparent serial server: the device does not
 * notice who connects, and what it says while nobody listens is lost. It does what the dock offers for every
 * line: a device that says nothing, slow answers, a line that breaks, noise.
 */
export class SimulatedLine {
  readonly #receive: (bytes: Uint8Array) => void;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<() => void>();
  #server: Server | undefined;
  #delayMs = 0;
  #freeAt = 0;
  #mute = false;
  #refusing = 0;
  #noiseBytes = 0;

  /** @param receive takes what comes, in whatever pieces; nothing while the device is mute */
  constructor(receive: (bytes: Uint8Array) => void) {
    this.#receive = receive;
  }

  /** Starts listening on loopback; port 0 takes any. The value is the port. */
  listen(port: number): Promise<number> {
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

  async close(): Promise<void> {
    for (const cancel of [...this.#timers]) cancel();
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) {
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    }
  }

  /** For the control plane, beside what the device itself shows. */
  get state() {
    return {
      connections: this.#sockets.size,
      delayMs: this.#delayMs,
      mute: this.#mute,
      refusing: this.#refusing > 0,
      noiseBytes: this.#noiseBytes,
    };
  }

  /** What every line can be told; undefined for what is the device's own. */
  command(command: SimulatorCommand): Result<void, string> | undefined {
    switch (command.do) {
      case 'noise':
        return this.#noise(command.hex);
      case 'setDelay':
        this.#delayMs = Math.max(0, command.ms);
        return ok(undefined);
      case 'dropLine':
        this.#drop(command.forMs ?? 0);
        return ok(undefined);
      case 'setMute':
        this.#mute = command.mute;
        return ok(undefined);
      default:
        return undefined;
    }
  }

  /** Says this. Bytes that are held back do not overtake earlier ones. */
  send(bytes: Uint8Array): void {
    const now = systemClock.now();
    const at = Math.max(now + this.#delayMs, this.#freeAt + 1);
    if (at <= now) {
      this.#write(bytes);
      return;
    }
    this.#freeAt = at;
    this.#after(at - now, () => {
      this.#write(bytes);
    });
  }

  #noise(hex: string): Result<void, string> {
    const digits = hex.replace(/\s/g, '');
    if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) return err('hex must be bytes in hex');
    const bytes = Uint8Array.from(Buffer.from(digits, 'hex'));
    this.#noiseBytes += bytes.length;
    for (const socket of this.#sockets) socket.write(bytes);
    return ok(undefined);
  }

  /** Hangs up. While refusing, whoever calls is hung up on at once: the port stays ours. */
  #drop(forMs: number): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    if (forMs <= 0) return;
    this.#refusing += 1;
    this.#after(forMs, () => {
      this.#refusing -= 1;
    });
  }

  #serve(socket: Socket): void {
    socket.on('error', () => undefined);
    if (this.#refusing > 0) {
      socket.resetAndDestroy();
      return;
    }
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (bytes: Uint8Array) => {
      if (!this.#mute) this.#receive(bytes);
    });
  }

  #write(bytes: Uint8Array): void {
    if (this.#mute) return;
    for (const socket of this.#sockets) socket.write(bytes);
  }

  #after(ms: number, callback: () => void): void {
    const cancel = systemClock.after(ms, () => {
      this.#timers.delete(cancel);
      callback();
    });
    this.#timers.add(cancel);
  }
}
