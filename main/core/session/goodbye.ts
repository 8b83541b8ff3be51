import type { Cancel, Clock } from '../ports.ts';

const GOODBYE_MS = 10_000;
/** A forgotten card is shown for so long, then the next citizen is let in. */
const LEFT_BEHIND_MS = 60_000;

/** How long the last screen stands: a while, longer when a card still lies there. */
export class Goodbye {
  readonly #clock: Clock;
  readonly #lies: () => boolean;
  readonly #onEnd: () => void;
  #cancel: Cancel = () => undefined;

  constructor(clock: Clock, lies: () => boolean, onEnd: () => void) {
    this.#clock = clock;
    this.#lies = lies;
    this.#onEnd = onEnd;
  }

  begin(): void {
    const since = this.#clock.now();
    const wait = (): void => {
      const waited = this.#clock.now() - since;
      if (this.#lies() && waited < LEFT_BEHIND_MS) this.#after(wait);
      else this.#onEnd();
    };
    this.#after(wait);
  }

  cancel(): void {
    this.#cancel();
  }

  #after(wait: () => void): void {
    this.#cancel = this.#clock.after(GOODBYE_MS, wait);
  }
}
