import type { CommandOptions, DriverClock } from '../device.ts';
import type { ByteLine } from '../transport/transport.ts';
import { CommandTurns, type Ending } from './command-turns.ts';
import { PartsLineParser, encodeLine } from './parts-line.ts';
import { nextNumber, numberText, parseBoardMessage } from './parts-messages.ts';
import type { BoardEvent, BoardMessage } from './parts-messages.ts';

/** How often a line is sent at all before the board counts as silent. */
const TRIES = 3;

/** How a command ended. */
export type PartsExchange =
  | { readonly type: 'answered'; readonly message: BoardMessage }
  /** The board said no, with its word for why. */
  | { readonly type: 'refused'; readonly reason: string }
  /** Nothing came in time, though the command was sent as often as may be. */
  | { readonly type: 'silent' }
  | Ending;

/** Commands and their answers over a line, one at a time, and the events of the board with their numbers. */
export class PartsLink {
  readonly #line: ByteLine;
  readonly #clock: DriverClock;
  readonly #signal: AbortSignal;
  readonly #answerMs: number;
  readonly #onEvent: (event: BoardEvent) => void;
  readonly #turns: CommandTurns;
  readonly #parser = new PartsLineParser('<');
  #waiting: ((message: BoardMessage) => void) | undefined;
  #number = 0;
  #lastEvent = 0;
  #listens = false;
  #strange = new AbortController();

  constructor(
    line: ByteLine,
    clock: DriverClock,
    signal: AbortSignal,
    answerMs: number,
    onEvent: (event: BoardEvent) => void,
  ) {
    this.#line = line;
    this.#clock = clock;
    this.#signal = signal;
    this.#answerMs = answerMs;
    this.#onEvent = onEvent;
    this.#turns = new CommandTurns(clock, signal);
    line.onData((bytes) => {
      for (const body of this.#parser.push(bytes)) this.#take(body);
    });
  }

  /** Aborts when the board does not know this terminal any more: it restarted, or gave the terminal up. */
  get strange(): AbortSignal {
    return this.#strange.signal;
  }

  /** A greeting follows: no event counts until `listen`. */
  renew(): void {
    this.#listens = false;
    this.#strange = new AbortController();
  }

  /** The board was greeted and its state is known: from here on its events count, whatever their number. */
  listen(): void {
    this.#lastEvent = 0;
    this.#listens = true;
  }

  /**
   * Sends a command as soon as it is its turn and waits for the answer that `fits`, sending it again while
   * none comes. Never rejects.
   */
  exchange(
    body: string,
    fits: (message: BoardMessage) => boolean,
    options: Partial<CommandOptions> = {},
  ): Promise<PartsExchange> {
    return this.#turns.take((ended) => this.#send(body, fits, ended), options);
  }

  async #send(
    body: string,
    fits: (message: BoardMessage) => boolean,
    ended: Promise<Ending>,
  ): Promise<PartsExchange> {
    this.#number = nextNumber(this.#number);
    const number = this.#number;
    const answered = Promise.withResolvers<PartsExchange>();
    this.#waiting = (message) => {
      if (message.type === 'boot' || message.number !== number) return;
      if (message.type === 'nak') answered.resolve({ type: 'refused', reason: message.reason });
      else if (fits(message)) answered.resolve({ type: 'answered', message });
    };
    const line = encodeLine('>', `${numberText(number)} ${body}`);
    let outcome: PartsExchange | undefined;
    for (let sent = 0; sent < TRIES && outcome === undefined; sent++) {
      outcome = await this.#try(line, answered.promise, ended);
    }
    this.#waiting = undefined;
    return outcome ?? { type: 'silent' };
  }

  async #try(
    line: Uint8Array,
    answered: Promise<PartsExchange>,
    ended: Promise<Ending>,
  ): Promise<PartsExchange | undefined> {
    const waited = Promise.withResolvers<undefined>();
    const cancel = this.#clock.after(this.#answerMs, () => {
      waited.resolve(undefined);
    });
    const lost = this.#line.write(line).then((written): Promise<PartsExchange> | PartsExchange => {
      return written.ok ? answered : { type: 'gone' };
    });
    const outcome = await Promise.race([answered, ended, lost, waited.promise]);
    cancel();
    return outcome;
  }

  #take(body: string): void {
    const message = parseBoardMessage(body);
    if (message === undefined) return;
    if (message.type === 'event') {
      this.#takeEvent(message.number, message.event);
      return;
    }
    if (message.type === 'boot' || (message.type === 'nak' && message.reason === 'WHO')) {
      this.#strange.abort();
    }
    this.#waiting?.(message);
  }

  #takeEvent(number: number, event: BoardEvent | undefined): void {
    // Not acknowledged before the state is known: the board sends it again.
    if (!this.#listens || this.#signal.aborted) return;
    const again = number === this.#lastEvent;
    this.#lastEvent = number;
    if (event !== undefined && !again) this.#onEvent(event);
    this.#acknowledge(number);
  }

  #acknowledge(number: number): void {
    const ack = encodeLine('>', `${numberText(number)} ACK`);
    this.#line.write(ack).then(
      // An acknowledgement that did not get through is asked for again by the board.
      () => undefined,
      () => undefined,
    );
  }
}
