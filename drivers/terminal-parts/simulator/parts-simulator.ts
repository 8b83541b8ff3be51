import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Result } from '../../../domain/result.ts';
import { err, ok } from '../../../domain/result.ts';
import type {
  Simulator,
  SimulatorArtifact,
  SimulatorCommand,
  SimulatorState,
} from '../../simulator-host/simulator.ts';
import { systemClock } from '../../transport/system-clock.ts';
import type { PartsCapabilities } from '../contract.ts';
import { MAX_BODY } from '../parts-line.ts';
import { SimulatedBoard } from './simulated-board.ts';
import type { BoardTimes } from './simulated-board.ts';

/** How the simulated board is made. */
export interface PartsSimulatorOptions {
  /** What is wired to it; default everything but digits. */
  readonly parts?: PartsCapabilities;
  readonly times?: Partial<BoardTimes>;
  /** The protocol version it answers with; default 1. */
  readonly version?: number;
}

/** How long a restart takes when nothing else is said, in ms. */
const RESTART_MS = 300;

/**
 * A board of terminal parts over TCP, as behind a transparent serial server: it does not notice who
 * connects, and what it says while nobody listens is lost.
 */
export class PartsSimulator implements Simulator {
  readonly deviceClass = 'terminalParts' as const;
  readonly #board: SimulatedBoard;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<() => void>();
  #server: Server | undefined;
  #delayMs = 0;
  #freeAt = 0;
  #mute = false;
  #refusing = 0;
  #noiseBytes = 0;

  constructor(options: PartsSimulatorOptions = {}) {
    this.#board = new SimulatedBoard({
      ...options,
      clock: systemClock,
      send: (bytes) => {
        this.#send(bytes);
      },
    });
  }

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
    this.#board.stop();
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

  state(): SimulatorState {
    return {
      ...this.#board.state,
      connections: this.#sockets.size,
      delayMs: this.#delayMs,
      mute: this.#mute,
      refusing: this.#refusing > 0,
      noiseBytes: this.#noiseBytes,
    };
  }

  command(command: SimulatorCommand): Result<void, string> {
    switch (command.do) {
      case 'pressKey':
        this.#board.press(command.key, true);
        this.#board.press(command.key, false);
        return ok(undefined);
      case 'setKey':
        this.#board.press(command.key, command.down);
        return ok(undefined);
      case 'pressCall':
        this.#board.press('call', true);
        this.#board.press('call', false);
        return ok(undefined);
      case 'setCall':
        this.#board.press('call', command.down);
        return ok(undefined);
      case 'setHeadphones':
        this.#board.sense({ headphones: command.plugged ? 'in' : 'out' });
        return ok(undefined);
      case 'setPresence':
        this.#board.sense({ presence: command.near ? 'near' : 'away' });
        return ok(undefined);
      case 'setDoor':
        this.#board.sense({ door: command.open ? 'open' : 'closed' });
        return ok(undefined);
      case 'setPower':
        this.#board.sense({
          mains: command.mains,
          ...(command.battery === undefined ? {} : { battery: command.battery }),
        });
        return ok(undefined);
      case 'restartBoard':
        this.#board.restart(Math.max(0, command.forMs ?? RESTART_MS));
        return ok(undefined);
      case 'spoilLines':
        this.#board.spoil(command.times ?? 1);
        return ok(undefined);
      case 'sendBody':
        return this.#sendBody(command.body);
      case 'failNext':
        this.#board.refuse(command.times ?? 1);
        return ok(undefined);
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
        return err(`a parts board cannot ${command.do}`);
    }
  }

  artifacts(): readonly string[] {
    return [];
  }

  artifact(_name: string): Promise<SimulatorArtifact | undefined> {
    return Promise.resolve(undefined);
  }

  #sendBody(body: string): Result<void, string> {
    if (!/^[\x20-\x7e]*$/.test(body) || /[<>*]/.test(body) || body.length > MAX_BODY) {
      return err('body must be printable ASCII without < > *');
    }
    this.#board.say(body);
    return ok(undefined);
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
      if (!this.#mute) this.#board.receive(bytes);
    });
  }

  /** A line that is held back does not overtake an earlier one. */
  #send(bytes: Uint8Array): void {
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
