import type { TicketFate } from '../../domain/receipt/ticket.ts';
import type { DriverClock, Unsubscribe } from '../device.ts';

/**
 * How the outlet stands. `gap`: for a time nobody could look. `held`: held out, not looked at yet. `retracting`: told to be drawn in. `stray`: a
 * receipt of which this process knows nothing; nobody is told of it.
 */
export type OutletState =
  | { readonly is: 'empty' }
  | { readonly is: 'held' }
  | { readonly is: 'waiting'; readonly gap: boolean; readonly late: boolean }
  | { readonly is: 'retracting'; readonly gap: boolean }
  | { readonly is: 'stray' };

/** What can happen to it. `silent`: for a time nobody could look. `timeUp`: it hung there long enough. */
export type OutletEvent = 'presented' | 'seen' | 'gone' | 'silent' | 'timeUp' | 'nextReceipt';

/** A step of the outlet: where it leads, what is told of the receipt, whether it is to be drawn in. */
export interface OutletStep {
  readonly state: OutletState;
  readonly fate?: TicketFate;
  readonly retract?: true;
}

const EMPTY: OutletState = { is: 'empty' };

/** The presenter as a pure machine. Never says taken or retracted of what was not seen there first. */
export function outletStep(
  state: OutletState,
  event: OutletEvent,
  canRetract: boolean,
): OutletStep {
  if (event === 'presented') return { state: { is: 'held' }, fate: 'waiting' };
  switch (state.is) {
    case 'empty':
      return event === 'seen' ? { state: { is: 'stray' } } : { state };
    case 'stray':
      if (event === 'gone') return { state: EMPTY };
      if (event === 'timeUp' || event === 'nextReceipt') {
        return canRetract
          ? { state: { is: 'retracting', gap: false }, retract: true }
          : { state: EMPTY };
      }
      return { state };
    case 'held':
      if (event === 'seen') return { state: { is: 'waiting', gap: false, late: false } };
      return event === 'silent' ? { state } : { state: EMPTY, fate: 'unknown' };
    case 'waiting':
      return waitingStep(state, event, canRetract);
    case 'retracting':
      return retractingStep(state, event);
  }
}

function retractingStep(
  state: Extract<OutletState, { is: 'retracting' }>,
  event: OutletEvent,
): OutletStep {
  switch (event) {
    case 'gone':
      return { state: EMPTY, fate: state.gap ? 'unknown' : 'retracted' };
    case 'silent':
      return { state: { ...state, gap: true } };
    case 'seen':
      return { state: { ...state, gap: false } };
    case 'timeUp':
      // It did not draw it in.
      return { state: { is: 'waiting', gap: state.gap, late: true }, fate: 'left' };
    case 'nextReceipt':
      return { state: EMPTY, fate: 'unknown' };
    case 'presented':
      return { state };
  }
}

function waitingStep(
  state: Extract<OutletState, { is: 'waiting' }>,
  event: OutletEvent,
  canRetract: boolean,
): OutletStep {
  switch (event) {
    case 'silent':
      return { state: { ...state, gap: true } };
    case 'seen':
      return { state: { ...state, gap: false } };
    case 'gone':
      // Who switches the printer off and on may have taken it, or the printer itself.
      return { state: EMPTY, fate: state.gap ? 'unknown' : 'taken' };
    case 'timeUp':
      if (canRetract && !state.late)
        return { state: { is: 'retracting', gap: state.gap }, retract: true };
      return state.late ? { state } : { state: { ...state, late: true }, fate: 'left' };
    case 'nextReceipt':
      if (canRetract && !state.late)
        return { state: { is: 'retracting', gap: state.gap }, retract: true };
      return { state: EMPTY, fate: state.gap ? 'unknown' : 'left' };
    default:
      return { state };
  }
}

/** What an outlet is watched with. */
export interface OutletOptions {
  readonly clock: DriverClock;
  /** A receipt may hang there for so long. */
  readonly takeMs: number;
  /** Tells the printer to draw it in; absent when it cannot. */
  readonly retract: (() => void) | undefined;
}

/** The printer draws a receipt in within this time, or not at all. */
const RETRACT_MS = 5_000;

/** Watches one outlet: fed with what the printer says, it tells what became of the receipt there. */
export class Outlet {
  readonly #options: OutletOptions;
  #state: OutletState = EMPTY;
  #onFate: (fate: TicketFate) => void = () => undefined;
  #cancelTimer: Unsubscribe = () => undefined;
  #awaitEmpty: (() => void)[] = [];

  constructor(options: OutletOptions) {
    this.#options = options;
  }

  /** Whether something hangs there that should be looked at often. */
  isBusy(): boolean {
    return this.#state.is !== 'empty';
  }

  /** A receipt was held out; from now on its fate is told. */
  presented(onFate: (fate: TicketFate) => void): void {
    this.#onFate = onFate;
    this.#step('presented');
    this.#setTimer(this.#options.takeMs);
  }

  /** What the printer says of the outlet; undefined when it cannot be asked. */
  saw(hanging: boolean | undefined): void {
    const wasEmpty = !this.isBusy();
    this.#step(hanging === undefined ? 'silent' : hanging ? 'seen' : 'gone');
    if (!wasEmpty || !this.isBusy()) return;
    // Of some receipt before our time: it is not left hanging there either.
    this.#onFate = () => undefined;
    this.#setTimer(this.#options.takeMs);
  }

  /** Before the next receipt: what hangs there is drawn in, or pushed out by it. Waits a little, never long. */
  async clear(wait: (ms: number) => Promise<unknown>): Promise<void> {
    if (!this.isBusy()) return;
    this.#step('nextReceipt');
    if (!this.isBusy()) return;
    const empty = new Promise<void>((resolve) => {
      this.#awaitEmpty.push(resolve);
    });
    await Promise.race([empty, wait(RETRACT_MS)]);
    if (this.isBusy()) this.#step('nextReceipt');
    this.#state = EMPTY;
    this.#cancelTimer();
  }

  /** Nobody will look any more. */
  close(): void {
    this.#cancelTimer();
    if (['held', 'waiting', 'retracting'].includes(this.#state.is)) this.#onFate('unknown');
    this.#state = EMPTY;
  }

  #step(event: OutletEvent): void {
    const { retract } = this.#options;
    const { state, fate, retract: drawIn } = outletStep(this.#state, event, retract !== undefined);
    this.#state = state;
    if (drawIn === true) {
      retract?.();
      this.#setTimer(RETRACT_MS);
    }
    if (state.is === 'empty') {
      this.#cancelTimer();
      for (const resolve of this.#awaitEmpty.splice(0)) resolve();
    }
    if (fate !== undefined) this.#onFate(fate);
  }

  #setTimer(ms: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.after(ms, () => {
      this.#step('timeUp');
    });
  }
}
