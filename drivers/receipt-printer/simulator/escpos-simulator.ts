import type { Socket } from 'node:net';
import type { Result } from '../../../domain/result.ts';
import { err, ok } from '../../../domain/result.ts';
import type {
  Simulator,
  SimulatorArtifact,
  SimulatorCommand,
  SimulatorState,
} from '../../simulator-host/simulator.ts';
import { SimulatedPort } from '../../transport/simulator/simulated-port.ts';
import type { PrinterProfile } from '../profile.ts';
import { PROFILES } from '../profile.ts';
import { bitmapAsPng, paperAsBitmap, paperAsText } from './paper.ts';
import type { PrintedJob, PrinterCondition } from './simulated-printer.ts';
import { SimulatedPrinter } from './simulated-printer.ts';

const ENDINGS = ['bin', 'txt', 'png'] as const;

/** How the simulated printer is made. */
export interface EscPosSimulatorOptions {
  /** Width, cutter, what its font lacks. Default: 80 mm with cutter. */
  readonly profile?: PrinterProfile;
  /** `noRealTime`: never answers DLE EOT, as many cheap printers; `none`: prints and says nothing at all. */
  readonly answers?: 'all' | 'noRealTime' | 'none';
  /** Obeys DLE ENQ 2 after errors only: what the end of the paper or an open cover stopped is printed on afterwards. */
  readonly keepsWhatStopped?: boolean;
  /** Takes bytes as slowly as a serial port at so many baud; default: as fast as TCP is. */
  readonly pacedBaud?: number;
}

/** Bytes that a slow line brings at once. */
const CHUNK_BYTES = 64;

/** A receipt printer that speaks ESC/POS over TCP, as network printers do on port 9100. */
export class EscPosSimulator implements Simulator {
  readonly deviceClass = 'receiptPrinter' as const;
  readonly #profile: PrinterProfile;
  readonly #printer: SimulatedPrinter;
  readonly #pacedBaud: number | undefined;
  readonly #port = new SimulatedPort((socket) => {
    socket.on('data', (bytes: Uint8Array) => {
      this.#talker = socket;
      if (this.#pacedBaud === undefined) this.#take(socket, bytes);
      else this.#takeSlowly(socket, bytes, this.#pacedBaud);
    });
  });
  /** Who sent last: answers go there. */
  #talker: Socket | undefined;
  #delayMs = 0;
  #mute = false;
  #dropAfter: { left: number; readonly forMs: number } | undefined;

  constructor(options: EscPosSimulatorOptions = {}) {
    this.#profile = options.profile ?? PROFILES.generic80;
    this.#printer = new SimulatedPrinter({
      profile: this.#profile,
      answers: options.answers ?? 'all',
      keepsWhatStopped: options.keepsWhatStopped ?? false,
      answer: (bytes) => {
        this.#answer(bytes);
      },
      onRoom: () => {
        for (const socket of this.#port.sockets) socket.resume();
      },
    });
    this.#pacedBaud = options.pacedBaud;
  }

  listen(port: number): Promise<number> {
    return this.#port.listen(port);
  }

  close(): Promise<void> {
    return this.#port.close();
  }

  state(): SimulatorState {
    return {
      ...this.#printer.state(),
      connections: this.#port.sockets.size,
      delayMs: this.#delayMs,
      mute: this.#mute,
      refusing: this.#port.refusing,
    };
  }

  command(command: SimulatorCommand): Result<void, string> {
    switch (command.do) {
      case 'setPaper':
        return this.#atByte(command.afterBytes, { paper: command.paper });
      case 'setCover':
        return this.#atByte(command.afterBytes, { coverOpen: command.open });
      case 'setJam':
        return this.#atByte(command.afterBytes, { jammed: command.jammed });
      case 'setHead':
        return this.#atByte(command.afterBytes, { headHot: command.hot });
      case 'setCutter':
        return this.#atByte(undefined, { cutterStuck: command.stuck });
      case 'takeTicket':
        this.#printer.takeTicket();
        return ok(undefined);
      case 'failNext':
        this.#printer.failNext(Math.max(0, command.times ?? 1));
        return ok(undefined);
      case 'setDelay':
        this.#delayMs = Math.max(0, command.ms);
        return ok(undefined);
      case 'setMute': {
        const turn = (): void => {
          this.#mute = command.mute;
          this.#printer.restart();
        };
        if (command.afterBytes === undefined) turn();
        else this.#printer.after(command.afterBytes, turn);
        return ok(undefined);
      }
      case 'noise':
        for (const socket of this.#port.sockets) socket.write(Buffer.from(command.hex, 'hex'));
        return ok(undefined);
      case 'dropLine':
        if (command.afterBytes === undefined) this.#port.drop(command.forMs ?? 0);
        else this.#dropAfter = { left: command.afterBytes, forMs: command.forMs ?? 0 };
        return ok(undefined);
      default:
        return err(`a receipt printer cannot ${command.do}`);
    }
  }

  #atByte(afterBytes: number | undefined, change: Partial<PrinterCondition>): Result<void, string> {
    const printer = this.#printer;
    if (afterBytes === undefined) printer.setCondition(change);
    else {
      printer.after(afterBytes, () => {
        printer.setCondition(change);
      });
    }
    return ok(undefined);
  }

  artifacts(): readonly string[] {
    const { jobs } = this.#printer;
    const names = jobs.map(({ number }) => `jobs/${number}`);
    const last = jobs.length === 0 ? [] : ['last'];
    return [...names, ...last].flatMap((name) => ENDINGS.map((ending) => `${name}.${ending}`));
  }

  async artifact(name: string): Promise<SimulatorArtifact | undefined> {
    const match = /^(?:jobs\/([1-9]\d{0,8})|last)\.(bin|txt|png)$/.exec(name);
    if (match === null) return undefined;
    const { jobs } = this.#printer;
    const job =
      match[1] === undefined ? jobs.at(-1) : jobs.find((one) => one.number === Number(match[1]));
    return job === undefined ? undefined : this.#show(job, match[2] ?? '');
  }

  async #show({ bytes, marks }: PrintedJob, ending: string): Promise<SimulatorArtifact> {
    const { widthDots, columns } = this.#profile;
    if (ending === 'bin') return { mediaType: 'application/octet-stream', bytes };
    if (ending === 'txt') {
      const text = new TextEncoder().encode(paperAsText(marks, columns));
      return { mediaType: 'text/plain; charset=utf-8', bytes: text };
    }
    const png = await bitmapAsPng(await paperAsBitmap(marks, widthDots));
    return { mediaType: 'image/png', bytes: png };
  }

  /** A start bit, eight bits and a stop bit for each byte. */
  #takeSlowly(socket: Socket, bytes: Uint8Array, baud: number): void {
    socket.pause();
    const chunk = bytes.subarray(0, CHUNK_BYTES);
    this.#port.after((chunk.length * 10_000) / baud, () => {
      socket.resume();
      this.#take(socket, chunk);
      if (chunk.length < bytes.length) this.#takeSlowly(socket, bytes.subarray(CHUNK_BYTES), baud);
    });
  }

  #take(socket: Socket, bytes: Uint8Array): void {
    const drop = this.#dropAfter;
    const taken = drop === undefined ? bytes : bytes.subarray(0, drop.left);
    // A mute printer is as a dead one: it does not even hear.
    if (!this.#mute) this.#printer.receive(taken);
    if (this.#printer.isFull()) socket.pause();
    if (drop === undefined) return;
    drop.left -= taken.length;
    if (drop.left > 0) return;
    this.#dropAfter = undefined;
    this.#port.drop(drop.forMs);
  }

  #answer(bytes: readonly number[]): void {
    const socket = this.#talker;
    const send = (): void => {
      if (!this.#mute && socket?.writable === true) socket.write(Uint8Array.from(bytes));
    };
    if (this.#delayMs === 0) send();
    else this.#port.after(this.#delayMs, send);
  }
}
