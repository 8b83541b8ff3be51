import type { Result } from '../../../domain/result.ts';
import { err, ok } from '../../../domain/result.ts';
import type {
  Simulator,
  SimulatorArtifact,
  SimulatorCommand,
  SimulatorState,
} from '../../simulator-host/simulator.ts';
import { SimulatedLine } from '../../transport/simulator/simulated-line.ts';
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

/** A board of terminal parts on a simulated line. */
export class PartsSimulator implements Simulator {
  readonly deviceClass = 'terminalParts' as const;
  readonly #board: SimulatedBoard;
  readonly #line = new SimulatedLine((bytes) => this.#board.receive(bytes));

  constructor(options: PartsSimulatorOptions = {}) {
    this.#board = new SimulatedBoard({
      ...options,
      clock: systemClock,
      send: (bytes) => {
        this.#line.send(bytes);
      },
    });
  }

  listen(port: number): Promise<number> {
    return this.#line.listen(port);
  }

  close(): Promise<void> {
    this.#board.stop();
    return this.#line.close();
  }

  state(): SimulatorState {
    return { ...this.#board.state, ...this.#line.state };
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
      default:
        return this.#line.command(command) ?? err(`a parts board cannot ${command.do}`);
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
}
