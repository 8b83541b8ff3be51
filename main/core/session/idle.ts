import type { Cancel, Clock } from '../ports.ts';

/** How long nobody may touch anything, in ms. */
export interface IdleTimes {
  readonly quietMs: number;
  readonly warningMs: number;
}

/** What the page draws of it. */
export interface IdleView {
  readonly state: 'active' | 'warning';
  /** ISO 8601 */
  readonly endsAt: string | null;
}

/**
 * Watches whether somebody is there: quiet for a while, then a warning that counts down, then the session
 * is over. Every touch begins anew, as often as one likes. While the terminal itself works it does not count.
 */
export class IdleWatch {
  readonly #clock: Clock;
  readonly #times: () => IdleTimes;
  readonly #onChange: () => void;
  readonly #onEnd: () => void;
  #cancel: Cancel = () => undefined;
  #running = false;
  #paused = false;
  #view: IdleView = { state: 'active', endsAt: null };

  constructor(
    clock: Clock,
    times: () => IdleTimes,
    told: { readonly onChange: () => void; readonly onEnd: () => void },
  ) {
    this.#clock = clock;
    this.#times = times;
    this.#onChange = told.onChange;
    this.#onEnd = told.onEnd;
  }

  get view(): IdleView {
    return this.#view;
  }

  /** Somebody is there. Says whether a warning ended by it. */
  touch(): void {
    this.#running = true;
    const wasWarning = this.#view.state === 'warning';
    this.#view = { state: 'active', endsAt: null };
    this.#arm();
    if (wasWarning) this.#onChange();
  }

  /** While paused no time passes; afterwards the quiet time begins anew. */
  pause(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (this.#running) this.touch();
  }

  /** Nobody seems to be there: the warning comes after so long at the latest. A touch begins anew as ever. */
  hurry(atMostMs: number): void {
    if (!this.#running || this.#paused || this.#view.state === 'warning') return;
    this.#arm(atMostMs);
  }

  stop(): void {
    this.#running = false;
    this.#paused = false;
    this.#cancel();
    this.#view = { state: 'active', endsAt: null };
  }

  #arm(atMostMs = Infinity): void {
    this.#cancel();
    if (this.#paused) return;
    const { quietMs, warningMs } = this.#times();
    this.#cancel = this.#clock.after(Math.min(quietMs, atMostMs), () => {
      const endsAt = new Date(this.#clock.wall() + warningMs).toISOString();
      this.#view = { state: 'warning', endsAt };
      this.#cancel = this.#clock.after(warningMs, this.#onEnd);
      this.#onChange();
    });
  }
}
