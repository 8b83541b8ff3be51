import type { Socket } from 'node:net';
import type { Result } from '../../../domain/result.ts';
import { err, ok } from '../../../domain/result.ts';
import { demoPersona } from '../../simulator-host/personas.ts';
import type {
  Simulator,
  SimulatorArtifact,
  SimulatorCommand,
  SimulatorState,
} from '../../simulator-host/simulator.ts';
import { SimulatedPort } from '../../transport/simulator/simulated-port.ts';
import { encodeLengthFrame, LengthFrames } from '../length-frames.ts';
import { DEMO_ENVIRONMENT, encodeSecurityCard, securityCardOf } from './card-files.ts';
import { SimulatedChip, type ChipOptions } from './chip.ts';
import { VpcdCard } from './vpcd-card.ts';

/** How the simulated reader and its cards are made. */
export interface SecurityCardSimulatorOptions {
  /** Also puts the card into a slot of pcscd's virtual reader, which listens there on this machine. */
  readonly vpcdPort?: number;
  /** Cards of the first generation: no extension of the name, other record numbers. */
  readonly earlierCards?: boolean;
  readonly chip?: Pick<
    ChipOptions,
    'says61' | 'exactLengths' | 'shortIdentifiersOnly' | 'protectedTags'
  >;
}

/** A card in the slot. */
interface Inserted {
  /** What the control plane shows of it: a persona's id, never a name. */
  readonly label: string;
  readonly chip: SimulatedChip;
  /** Put in the wrong way round: it answers nothing. */
  readonly dead: boolean;
  readonly vpcd: VpcdCard | undefined;
}

/** Direct convention, T=0 or T=1, one historical byte: a common chip. */
const ATR = Uint8Array.of(0x3b, 0x81, 0x80, 0x01, 0x80, 0x80);

/**
 * A reader with social security cards. On its own port it speaks the line of `line-connection.ts`; with
 * `vpcdPort` the same card lies in a reader of pcscd as well, for any program that speaks PC/SC.
 */
export class SecurityCardSimulator implements Simulator {
  readonly deviceClass = 'securityCard' as const;
  readonly #options: SecurityCardSimulatorOptions;
  readonly #port = new SimulatedPort((socket) => {
    this.#serve(socket);
  });
  #inserted: Inserted | undefined;
  #insertions = 0;
  #reads = 0;
  #failures = 0;
  #delayMs = 0;
  #mute = false;

  constructor(options: SecurityCardSimulatorOptions = {}) {
    this.#options = options;
  }

  listen(port: number): Promise<number> {
    return this.#port.listen(port);
  }

  async close(): Promise<void> {
    this.#pull();
    await this.#port.close();
  }

  state(): SimulatorState {
    return {
      card: this.#inserted?.label ?? null,
      inPcscReader: this.#inserted?.vpcd?.inReader ?? false,
      insertions: this.#insertions,
      reads: this.#reads,
      connections: this.#port.sockets.size,
      delayMs: this.#delayMs,
      mute: this.#mute,
      refusing: this.#port.refusing,
    };
  }

  command(command: SimulatorCommand): Result<void, string> {
    switch (command.do) {
      case 'insertCard':
        return this.#insertPersona(command.persona);
      case 'insertOtherCard':
        this.#insertOther(command.kind);
        return ok(undefined);
      case 'removeCard':
        this.#pull();
        return ok(undefined);
      case 'failNext':
        this.#failures = command.times ?? 1;
        this.#inserted?.chip.failNext(this.#failures);
        return ok(undefined);
      case 'setDelay':
        this.#delayMs = Math.max(0, command.ms);
        return ok(undefined);
      case 'setMute':
        this.#mute = command.mute;
        return ok(undefined);
      case 'dropLine':
        this.#port.drop(command.forMs ?? 0);
        return ok(undefined);
      default:
        return err(`a reader of social security cards cannot ${command.do}`);
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
    const files = encodeSecurityCard(securityCardOf(persona), this.#options.earlierCards);
    this.#insert(persona.id, { environment: DEMO_ENVIRONMENT, files });
    return ok(undefined);
  }

  #insertOther(kind: 'bankCard' | 'upsideDown'): void {
    this.#insert(kind, { environment: undefined, files: new Map() }, kind === 'upsideDown');
  }

  #insert(label: string, card: Pick<ChipOptions, 'environment' | 'files'>, dead = false): void {
    this.#pull();
    this.#insertions += 1;
    const chip = new SimulatedChip({ ...this.#options.chip, ...card });
    chip.failNext(this.#failures);
    const { vpcdPort } = this.#options;
    const virtual = {
      atr: ATR,
      dead,
      reset: () => chip.reset(),
      transmit: (command: Uint8Array) => this.#transmit(chip, command),
    };
    const vpcd = vpcdPort === undefined ? undefined : new VpcdCard(vpcdPort, virtual);
    this.#inserted = { label, chip, dead, vpcd };
  }

  #pull(): void {
    this.#inserted?.vpcd?.pull();
    this.#inserted = undefined;
  }

  #serve(socket: Socket): void {
    const frames = new LengthFrames();
    socket.on('data', (bytes: Uint8Array) => {
      for (const frame of frames.push(bytes)) {
        // side by side: a slow card does not keep the reader from saying that it was pulled
        this.#answer(frame).then(
          (answer) => {
            if (answer === undefined || this.#mute || socket.destroyed) return;
            socket.write(encodeLengthFrame(Uint8Array.of(frame[0] ?? 0, ...answer)));
          },
          () => socket.destroy(),
        );
      }
      if (frames.broken) socket.destroy();
    });
  }

  /** The slot of the line: S asks what is in, P switches the power, A is a command. */
  async #answer(frame: Uint8Array): Promise<Uint8Array | undefined> {
    const inserted = this.#inserted;
    switch (String.fromCharCode(frame[0] ?? 0)) {
      case 'S':
        return Uint8Array.of(inserted === undefined ? 0 : 1, this.#insertions & 0xff);
      case 'P':
        if (frame[1] === 1) inserted?.chip.reset();
        return Uint8Array.of(inserted === undefined || inserted.dead ? 0 : 1);
      case 'A':
        if (inserted === undefined || inserted.dead) return new Uint8Array(0);
        return this.#transmit(inserted.chip, frame.slice(1));
      default:
        return undefined;
    }
  }

  /** The answer of a card; nothing when it was pulled before it had answered. */
  async #transmit(chip: SimulatedChip, command: Uint8Array): Promise<Uint8Array> {
    await this.#port.wait(this.#delayMs);
    if (this.#inserted?.chip !== chip) return new Uint8Array(0);
    const answer = chip.transmit(command);
    if (command[1] === 0xb2) {
      this.#reads += 1;
      if (this.#failures > 0) this.#failures -= 1;
    }
    return answer;
  }
}
