import type { DriverClock, Unsubscribe } from '../device.ts';
import type { KeyName, PartsEvent } from './contract.ts';

type Input = KeyName | 'call';

/** Keeps which keys are down, and tells once when one has been down for too long. */
export class HeldInputs {
  readonly #clock: DriverClock;
  readonly #stuckMs: number;
  readonly #sameKeyAfterMs: number;
  readonly #emit: (event: PartsEvent) => void;
  readonly #held = new Map<Input, Unsubscribe>();
  readonly #stuck = new Set<Input>();
  readonly #lastDown = new Map<Input, number>();

  /** `sameKeyAfterMs`: a second press of the same key within so long of the first is not told. */
  constructor(
    clock: DriverClock,
    times: { readonly stuckMs: number; readonly sameKeyAfterMs: number },
    emit: (event: PartsEvent) => void,
  ) {
    this.#clock = clock;
    this.#stuckMs = times.stuckMs;
    this.#sameKeyAfterMs = times.sameKeyAfterMs;
    this.#emit = emit;
  }

  /** Those that have been down for too long. */
  get stuck(): readonly Input[] {
    return [...this.#stuck];
  }

  /** The board told that an input went down or came up. */
  event(input: Input, down: boolean): void {
    if (!down) {
      this.#up(input);
      return;
    }
    const now = this.#clock.now();
    const soon = now - (this.#lastDown.get(input) ?? -Infinity) < this.#sameKeyAfterMs;
    this.#lastDown.set(input, now);
    this.#down(input);
    // A contact that sticks and chatters presses nothing any more.
    if (soon || this.#stuck.has(input)) return;
    this.#emit(input === 'call' ? { type: 'call' } : { type: 'key', key: input });
  }

  /** These are down now, and no others. That is no press: whoever pressed is told by the board's event. */
  only(inputs: readonly Input[]): void {
    for (const input of new Set([...this.#held.keys(), ...this.#stuck])) {
      if (!inputs.includes(input)) this.#up(input);
    }
    for (const input of inputs) this.#down(input);
  }

  /** The board is away: nothing is known to be down. What was told as stuck is not told again. */
  forget(): void {
    for (const cancel of this.#held.values()) cancel();
    this.#held.clear();
  }

  #down(input: Input): void {
    if (this.#held.has(input)) return;
    const cancel = this.#clock.after(this.#stuckMs, () => {
      if (this.#stuck.has(input)) return;
      this.#stuck.add(input);
      this.#emit({ type: 'stuck', input });
    });
    this.#held.set(input, cancel);
  }

  #up(input: Input): void {
    this.#held.get(input)?.();
    this.#held.delete(input);
    if (this.#stuck.delete(input)) this.#emit({ type: 'loose', input });
  }
}
