import type { Result } from '../../../domain/result.ts';
import { err, ok } from '../../../domain/result.ts';
import type { SimulatorCommand } from '../../simulator-host/simulator.ts';
import { systemClock } from '../system-clock.ts';
import { SimulatedPort } from './simulated-port.ts';

/**
 * The line of a simulated serial device, over TCP as behind a transparent serial server: the device does not
 * notice who connects, and what it says while nobody listens is lost. It does what the dock offers for every
 * line: a device that says nothing, slow answers, a line that breaks, noise.
 */
export class SimulatedLine {
  readonly #port: SimulatedPort;
  #delayMs = 0;
  #freeAt = 0;
  #mute = false;
  #noiseBytes = 0;

  /** @param receive takes what comes, in whatever pieces; nothing while the device is mute */
  constructor(receive: (bytes: Uint8Array) => void) {
    this.#port = new SimulatedPort((socket) => {
      socket.on('data', (bytes: Uint8Array) => {
        if (!this.#mute) receive(bytes);
      });
    });
  }

  /** Starts listening on loopback; port 0 takes any. The value is the port. */
  listen(port: number): Promise<number> {
    return this.#port.listen(port);
  }

  close(): Promise<void> {
    return this.#port.close();
  }

  /** For the control plane, beside what the device itself shows. */
  get state() {
    return {
      connections: this.#port.sockets.size,
      delayMs: this.#delayMs,
      mute: this.#mute,
      refusing: this.#port.refusing,
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
        this.#port.drop(command.forMs ?? 0);
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
    this.#port.after(at - now, () => {
      this.#write(bytes);
    });
  }

  #noise(hex: string): Result<void, string> {
    const digits = hex.replace(/\s/g, '');
    if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) return err('hex must be bytes in hex');
    const bytes = Uint8Array.from(Buffer.from(digits, 'hex'));
    this.#noiseBytes += bytes.length;
    for (const socket of this.#port.sockets) socket.write(bytes);
    return ok(undefined);
  }

  #write(bytes: Uint8Array): void {
    if (this.#mute) return;
    for (const socket of this.#port.sockets) socket.write(bytes);
  }
}
