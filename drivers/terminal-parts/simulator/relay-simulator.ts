import type { Result } from '../../../domain/result.ts';
import { err, ok } from '../../../domain/result.ts';
import type {
  Simulator,
  SimulatorArtifact,
  SimulatorCommand,
  SimulatorState,
} from '../../simulator-host/simulator.ts';
import { SimulatedLine } from '../../transport/simulator/simulated-line.ts';

/** How the simulated relay board is made. */
export interface RelaySimulatorOptions {
  /** Default 4. */
  readonly channels?: number;
  /** Tells the state of its relays when it is asked, as later boards do. Default false. */
  readonly answers?: boolean;
  /** Milliseconds between two lines of an answer, as of a slow line. Default 0. */
  readonly lineMs?: number;
}

/**
 * A USB relay board of the LCUS kind on a simulated line: A0, channel, state, sum; FF asks. Relays stay as they
 * are whoever comes and goes. What is no command is passed over byte by byte and counted.
 */
export class RelaySimulator implements Simulator {
  readonly deviceClass = 'terminalParts' as const;
  readonly #line: SimulatedLine;
  readonly #relays: boolean[];
  readonly #answers: boolean;
  readonly #lineMs: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #pending: number[] = [];
  #failing = 0;
  #commands = 0;
  #questions = 0;
  #strayBytes = 0;

  constructor({ channels = 4, answers = false, lineMs = 0 }: RelaySimulatorOptions = {}) {
    this.#relays = Array.from({ length: channels }, () => false);
    this.#answers = answers;
    this.#lineMs = lineMs;
    this.#line = new SimulatedLine((bytes) => this.#take(bytes));
  }

  listen(port: number): Promise<number> {
    return this.#line.listen(port);
  }

  close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    return this.#line.close();
  }

  state(): SimulatorState {
    return {
      kind: 'relays',
      answers: this.#answers,
      relays: Object.fromEntries(this.#relays.map((on, i) => [`CH${String(i + 1)}`, on])),
      commands: this.#commands,
      questions: this.#questions,
      strayBytes: this.#strayBytes,
      ...this.#line.state,
    };
  }

  command(command: SimulatorCommand): Result<void, string> {
    switch (command.do) {
      case 'setRelay':
        if (this.#relays[command.channel - 1] === undefined) return err('no such channel');
        this.#relays[command.channel - 1] = command.on;
        return ok(undefined);
      case 'failNext':
        this.#failing = command.times ?? 1;
        return ok(undefined);
      default:
        return this.#line.command(command) ?? err(`a relay board cannot ${command.do}`);
    }
  }

  artifacts(): readonly string[] {
    return [];
  }

  artifact(_name: string): Promise<SimulatorArtifact | undefined> {
    return Promise.resolve(undefined);
  }

  #take(bytes: Uint8Array): void {
    this.#pending.push(...bytes);
    for (;;) {
      const [first, channel, state, sum] = this.#pending;
      if (first === undefined) return;
      if (first === 0xa0) {
        if (sum === undefined) return;
        const isWhole = ((first + (channel ?? 0) + (state ?? 0)) & 0xff) === sum;
        if (isWhole && (state === 0 || state === 1)) {
          this.#pending.splice(0, 4);
          this.#switch(channel ?? 0, state === 1);
          continue;
        }
      }
      this.#pending.shift();
      if (first === 0xff) this.#asked();
      else this.#strayBytes += 1;
    }
  }

  /** A relay that sticks, or a channel that is not there, changes nothing; no word is said of either. */
  #switch(channel: number, on: boolean): void {
    this.#commands += 1;
    if (this.#failing > 0) {
      this.#failing -= 1;
      return;
    }
    if (this.#relays[channel - 1] !== undefined) this.#relays[channel - 1] = on;
  }

  #asked(): void {
    this.#questions += 1;
    if (!this.#answers) return;
    const lines = this.#relays.map((on, i) => `CH${String(i + 1)}: ${on ? 'ON' : 'OFF'}\r\n`);
    if (this.#lineMs === 0) {
      this.#line.send(Buffer.from(lines.join('')));
      return;
    }
    for (const [i, line] of lines.entries()) {
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.#line.send(Buffer.from(line));
      }, i * this.#lineMs);
      this.#timers.add(timer);
    }
  }
}
