import type { Result } from '../../../domain/result.ts';
import { err, ok } from '../../../domain/result.ts';
import { demoPersona } from '../../simulator-host/personas.ts';
import type {
  Simulator,
  SimulatorArtifact,
  SimulatorCommand,
  SimulatorState,
} from '../../simulator-host/simulator.ts';
import { systemClock } from '../../transport/system-clock.ts';
import { SimulatedPort } from '../../transport/simulator/simulated-port.ts';
import { SdtFrameParser, encodeFrame } from '../sdt-frame.ts';
import { encodeCardText, encodeNewestAddress } from './encode-text.ts';
import { SimulatedCard, SimulatedSam } from './sam.ts';
import type { SamStatus } from './sam.ts';

/** How the simulated reader is made. */
export interface SdtSimulatorOptions {
  /** Takes as long on the line as a serial port at so many baud; default: as fast as TCP is. */
  readonly pacedBaud?: number;
  /** Finds a card that was read again and again while it lies there, as some readers do. Default false. */
  readonly refindsLyingCard?: boolean;
  /** How long the radio takes for a read, in ms; default 0. */
  readonly readMs?: number;
  /** 0x60 self-test failed, 0x66 not authorised. Default 0x90, all well. */
  readonly samStatus?: SamStatus;
}

/** Bytes that go to the line at once: one packet or report of USB; noise can come between them. */
const CHUNK_BYTES = 64;

/** How often a read that takes long sees whether its card still lies there. */
const RADIO_LOOK_MS = 20;

/** Whoever is connected to the simulated reader, over whatever line. */
export interface SimulatedWire {
  readonly gone: boolean;
  write(bytes: Uint8Array): void;
  /** The reader pulls the plug. */
  hangUp(): void;
}

/** The simulated reader's end of a wire. */
export interface AttachedWire {
  readonly receive: (bytes: Uint8Array) => void;
  /** The far end is gone. */
  readonly detach: () => void;
}

/**
 * An ID-card reader that speaks SDT over TCP, as a reader behind a transparent serial server does, and over
 * any other wire that is attached to it.
 */
export class SdtSimulator implements Simulator {
  readonly deviceClass = 'idCard' as const;
  readonly #options: SdtSimulatorOptions;
  readonly #sam: SimulatedSam;
  readonly #wires = new Set<SimulatedWire>();
  readonly #port = new SimulatedPort((socket) => {
    const { receive, detach } = this.attach({
      get gone() {
        return socket.destroyed;
      },
      write: (bytes) => void socket.write(bytes),
      hangUp: () => void socket.resetAndDestroy(),
    });
    socket.on('close', detach);
    socket.on('data', receive);
  });
  #delayMs = 0;
  #readMs: number;
  #mute = false;
  #noiseBytes = 0;

  constructor(options: SdtSimulatorOptions = {}) {
    this.#options = options;
    this.#readMs = options.readMs ?? 0;
    this.#sam = new SimulatedSam({
      refindsLyingCard: options.refindsLyingCard ?? false,
      status: options.samStatus ?? 0x90,
    });
  }

  listen(port: number): Promise<number> {
    return this.#port.listen(port);
  }

  async close(): Promise<void> {
    for (const wire of this.#wires) wire.hangUp();
    await this.#port.close();
  }

  state(): SimulatorState {
    return {
      card: this.#sam.card?.label ?? null,
      ...this.#sam.counts,
      connections: this.#wires.size,
      delayMs: this.#delayMs,
      readMs: this.#readMs,
      mute: this.#mute,
      refusing: this.#port.refusing,
      noiseBytes: this.#noiseBytes,
    };
  }

  command(command: SimulatorCommand): Result<void, string> {
    switch (command.do) {
      case 'insertCard':
        return this.#insertPersona(command.persona);
      case 'insertRawCard':
        return this.#insertRaw(command.textHex, command.photoHex);
      case 'removeCard':
        this.#sam.remove();
        return ok(undefined);
      case 'noise':
        return this.#noise(command.hex);
      case 'setDelay':
        this.#delayMs = Math.max(0, command.ms);
        return ok(undefined);
      case 'setReadTime':
        this.#readMs = Math.max(0, command.ms);
        return ok(undefined);
      case 'dropLine':
        this.#drop(command.forMs ?? 0);
        return ok(undefined);
      case 'failNext':
        this.#sam.failNext(command.times ?? 1);
        return ok(undefined);
      case 'setMute':
        this.#mute = command.mute;
        return ok(undefined);
      default:
        return err(`an ID-card reader cannot ${command.do}`);
    }
  }

  artifacts(): readonly string[] {
    return [];
  }

  artifact(_name: string): Promise<SimulatorArtifact | undefined> {
    return Promise.resolve(undefined);
  }

  #insertPersona(id: string): Result<void, string> {
    const persona = demoPersona(id);
    if (persona === undefined) return err(`no persona ${JSON.stringify(id)}`);
    const { newestAddress } = persona.card;
    this.#sam.insert(
      new SimulatedCard({
        label: persona.id,
        text: encodeCardText(persona.card),
        ...(newestAddress === undefined ? {} : { newest: encodeNewestAddress(newestAddress) }),
      }),
    );
    return ok(undefined);
  }

  #insertRaw(textHex: string, photoHex: string | undefined): Result<void, string> {
    const text = fromHex(textHex);
    const photo = photoHex === undefined ? undefined : fromHex(photoHex);
    if (text?.length !== 256) return err('textHex must be 256 bytes in hex');
    if (photoHex !== undefined && photo?.length !== 1_024) {
      return err('photoHex must be 1024 bytes in hex');
    }
    const card = { label: 'raw', text, ...(photo === undefined ? {} : { photo }) };
    this.#sam.insert(new SimulatedCard(card));
    return ok(undefined);
  }

  #noise(hex: string): Result<void, string> {
    const bytes = fromHex(hex);
    if (bytes === undefined) return err('hex must be bytes in hex');
    this.#noiseBytes += bytes.length;
    for (const wire of this.#wires) wire.write(bytes);
    return ok(undefined);
  }

  #drop(forMs: number): void {
    for (const wire of this.#wires) wire.hangUp();
    this.#port.drop(forMs);
  }

  /** Connects somebody. While the reader refuses, whoever comes is hung up on at once. */
  attach(wire: SimulatedWire): AttachedWire {
    if (this.#port.refusing) {
      wire.hangUp();
      return { receive: () => undefined, detach: () => undefined };
    }
    this.#wires.add(wire);
    const parser = new SdtFrameParser(3);
    let queue: Promise<void> = Promise.resolve();
    return {
      receive: (bytes) => {
        for (const frame of parser.push(bytes)) {
          const request = frame.type === 'frame' ? frame.body : undefined;
          queue = queue.then(() => this.#answer(wire, request));
        }
      },
      detach: () => void this.#wires.delete(wire),
    };
  }

  /** Goes on until the card is read, is taken away, or is told to take no longer. */
  async #overTheRadio(): Promise<void> {
    const { card } = this.#sam;
    const begun = systemClock.now();
    while (this.#sam.card === card && systemClock.now() - begun < this.#readMs) {
      await this.#port.wait(Math.min(RADIO_LOOK_MS, this.#readMs));
    }
  }

  #saysNothing(): boolean {
    return this.#mute;
  }

  async #answer(wire: SimulatedWire, request: Uint8Array | undefined): Promise<void> {
    if (this.#saysNothing()) return;
    const answering = this.#sam.begin(request);
    await this.#port.wait(this.#delayMs);
    if (answering.reads) await this.#overTheRadio();
    if (this.#saysNothing()) return;
    const frame = encodeFrame(answering.finish());
    for (let at = 0; at < frame.length; at += CHUNK_BYTES) {
      const chunk = frame.subarray(at, at + CHUNK_BYTES);
      const baud = this.#options.pacedBaud;
      // Ten bits a byte: start, eight of data, stop.
      if (baud !== undefined) await this.#port.wait((chunk.length * 10_000) / baud);
      else if (at > 0) await new Promise(setImmediate);
      if (wire.gone) return;
      wire.write(chunk);
    }
  }
}

function fromHex(hex: string): Uint8Array | undefined {
  const digits = hex.replace(/\s/g, '');
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
