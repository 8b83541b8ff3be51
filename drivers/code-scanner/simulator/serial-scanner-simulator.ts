import type { Socket } from 'node:net';
import type { Result } from '../../../domain/result.ts';
import { err, ok } from '../../../domain/result.ts';
import { SimulatedPort } from '../../transport/simulator/simulated-port.ts';
import { AIM_IDS, encodeText, fromHex } from './commands.ts';
import type {
  Simulator,
  SimulatorArtifact,
  SimulatorCommand,
} from '../../simulator-host/simulator.ts';
import type { CodeScannerSimulator, CodeScannerSimulatorState } from './commands.ts';

/** How the simulated scanner is set. */
export interface SerialScannerSimulatorOptions {
  /** After each code, in hex; default `0d`. */
  readonly suffixHex?: string;
  /** Sends a symbology identifier before each code. Default false. */
  readonly aimId?: boolean;
  /** Trigger commands it obeys, in hex; default SYN T CR and SYN U CR. */
  readonly triggerHex?: { readonly start: string; readonly stop: string };
  /** Sent to whoever connects, in hex: what a serial server kept while nobody listened. */
  readonly greetingHex?: string;
}

/** A code scanner on a serial line, over TCP as behind a transparent serial server (or a pty before it). */
export class SerialScannerSimulator implements CodeScannerSimulator, Simulator {
  readonly deviceClass = 'codeScanner' as const;
  readonly #options: SerialScannerSimulatorOptions;
  readonly #port = new SimulatedPort((socket) => {
    this.#serve(socket);
  });
  #sending: Promise<void> = Promise.resolve();
  #dropAfter: { bytes: number; readonly forMs: number } | undefined;
  #scans = 0;
  #triggered = false;

  constructor(options: SerialScannerSimulatorOptions = {}) {
    this.#options = options;
  }

  /** Starts listening on loopback; port 0 takes any. The value is the port. */
  listen(port: number): Promise<number> {
    return this.#port.listen(port);
  }

  close(): Promise<void> {
    return this.#port.close();
  }

  state(): CodeScannerSimulatorState {
    return {
      scans: this.#scans,
      connections: this.#port.sockets.size,
      refusing: this.#port.refusing,
      triggered: this.#triggered,
    };
  }

  command(command: SimulatorCommand): Result<void, string> {
    switch (command.do) {
      case 'scan': {
        const aimId = this.#options.aimId === true ? AIM_IDS[command.symbology ?? 'qr'] : '';
        const text = encodeText(command.text, command.encoding);
        this.#scan([Buffer.from(aimId), text], true, command.pieceBytes);
        return ok(undefined);
      }
      case 'scanRaw': {
        const bytes = fromHex(command.hex);
        if (bytes === undefined) return err('hex must be bytes in hex');
        this.#scan([bytes], command.ended ?? true);
        return ok(undefined);
      }
      case 'noise': {
        const bytes = fromHex(command.hex);
        if (bytes === undefined) return err('hex must be bytes in hex');
        this.#send([bytes]);
        return ok(undefined);
      }
      case 'dropLine': {
        const { forMs = 0, afterBytes } = command;
        if (afterBytes === undefined) this.#port.drop(forMs, 'end');
        else this.#dropAfter = { bytes: afterBytes, forMs };
        return ok(undefined);
      }
      default:
        return err(`扫码器不会做这个 / a code scanner has no command '${command.do}'`);
    }
  }

  artifacts(): readonly string[] {
    return [];
  }

  artifact(_name: string): Promise<SimulatorArtifact | undefined> {
    return Promise.resolve(undefined);
  }

  #scan(parts: readonly Uint8Array[], ended: boolean, pieceBytes?: number): void {
    const suffix = ended ? (fromHex(this.#options.suffixHex ?? '0d') ?? new Uint8Array()) : [];
    const bytes = Buffer.concat([...parts, Uint8Array.from(suffix)]);
    const size = pieceBytes ?? Math.max(1, bytes.length);
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
    if (ended) this.#scans += 1;
    this.#triggered = false;
    this.#send(pieces);
  }

  /** Sends in the order of the commands; whoever listens when a piece is sent gets it. */
  #send(pieces: readonly Uint8Array[]): void {
    this.#sending = this.#sending.then(async () => {
      for (const [i, piece] of pieces.entries()) {
        if (i > 0) await new Promise(setImmediate);
        const drop = this.#dropAfter;
        if (drop !== undefined && drop.bytes < piece.length) {
          await this.#write(piece.subarray(0, drop.bytes));
          this.#dropAfter = undefined;
          this.#port.drop(drop.forMs, 'end');
          return;
        }
        if (drop !== undefined) drop.bytes -= piece.length;
        await this.#write(piece);
      }
    });
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const written = [...this.#port.sockets].map((socket) => {
      return new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
    });
    await Promise.all(written);
  }

  #serve(socket: Socket): void {
    const { greetingHex, triggerHex = { start: '16540d', stop: '16550d' } } = this.#options;
    if (greetingHex !== undefined) socket.write(Buffer.from(greetingHex, 'hex'));
    let heard = '';
    socket.on('data', (bytes: Uint8Array) => {
      heard += Buffer.from(bytes).toString('hex');
      const start = heard.lastIndexOf(triggerHex.start);
      const stop = heard.lastIndexOf(triggerHex.stop);
      if (start < 0 && stop < 0) return;
      this.#triggered = start > stop;
      heard = '';
    });
  }
}
