import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import { err, type Result } from '../../domain/result.ts';
import type { DriverClock, Unsubscribe } from '../device.ts';
import { ToldHardware } from '../hardware.ts';
import { ToldStatus } from '../told-status.ts';
import { sleep } from '../transport/system-clock.ts';
import type { CardConnection, SlotState } from './connection.ts';
import type { SecurityCardEvent, SecurityCardReader, SecurityCardReadout } from './contract.ts';
import { readSecurityCard } from './read-card.ts';

/** Times of the driver, in ms. */
export interface SecurityCardTimings {
  /** For the card to answer to power; slow ones take a second. */
  readonly connectMs: number;
  /** For the answer to one command. */
  readonly commandMs: number;
  /** Before the first try, and before each further one: contacts settle while the card slides in. */
  readonly settleMs: number;
  /** Readers say up to so much later than the card itself that it was pulled: pcscd looks every 400 ms. */
  readonly removalToldMs: number;
  /** A card that does not answer and stays in is tried again after so long. */
  readonly retryAfterMs: number;
  /** A reader that is lost is told after so long, if it has not come back. */
  readonly offlineAfterMs: number;
}

/** Times that suit contact cards. */
export const SECURITY_CARD_TIMINGS: SecurityCardTimings = {
  connectMs: 5_000,
  commandMs: 3_000,
  settleMs: 200,
  removalToldMs: 1_000,
  retryAfterMs: 3_000,
  offlineAfterMs: 1_500,
};

/** What the driver needs. */
export interface SecurityCardReaderOptions {
  readonly connection: CardConnection;
  readonly clock: DriverClock;
  /** Today where the terminal stands, YYYYMMDD. */
  readonly today: () => string;
  readonly timings?: Partial<SecurityCardTimings>;
}

/** Tries of one card; a chip that is dirty or was not yet fully in often answers at the second. */
const ATTEMPTS = 3;

/** Faults that another try does not change. */
const FINAL: ReadonlySet<string> = new Set([
  'securityCard.unknownKind',
  'securityCard.invalidContent',
  'device.offline',
  'securityCard.serviceDown',
]);

/**
 * Driver for social security cards with contacts, over any `CardConnection`. Each insertion is read once.
 * Offline: no reader, or no way to it. Unknown: the reader says nothing.
 */
export function createSecurityCardReader(options: SecurityCardReaderOptions): SecurityCardReader {
  return new ContactCardReader(options);
}

/** One stay of a card in the slot. */
interface Insertion {
  readonly number: number;
  readonly pulled: AbortController;
  /** Why it ended, when it was not by a hand. */
  lost?: Fault;
  /** `card` or `failed` was told of it while it was in: `removed` is owed. */
  told?: true;
}

class ContactCardReader implements SecurityCardReader {
  readonly capabilities = { authenticates: false } as const;
  readonly hardware = new ToldHardware();
  readonly #options: SecurityCardReaderOptions;
  readonly #timings: SecurityCardTimings;
  readonly #told = new ToldStatus();
  readonly #eventListeners = new Set<(event: SecurityCardEvent) => void>();
  #insertion: Insertion | undefined;
  /** Readings run one after the other: the power of one card is off before the next is looked at. */
  #queue: Promise<void> = Promise.resolve();
  #opened = false;
  #cancelOffline: Unsubscribe | undefined;

  constructor(options: SecurityCardReaderOptions) {
    this.#options = options;
    this.#timings = { ...SECURITY_CARD_TIMINGS, ...options.timings };
  }

  get status(): DeviceStatus {
    return this.#told.now;
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    return this.#told.onStatus(listener);
  }

  onEvent(listener: (event: SecurityCardEvent) => void): Unsubscribe {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  open(): Promise<void> {
    if (this.#opened) return Promise.resolve();
    this.#opened = true;
    this.#options.connection.open((state) => {
      if (this.#opened) this.#slot(state);
    });
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#opened = false;
    this.#endInsertion(fault('device.cancelled'));
    await this.#queue;
    await this.#options.connection.close();
    this.#setStatus({ state: 'offline' });
  }

  #slot(state: SlotState): void {
    if (state.type === 'gone' || state.type === 'silent') {
      this.#endInsertion(state.fault);
      this.#lost(state);
      return;
    }
    if (state.reader !== undefined) this.hardware.told({ model: state.reader });
    if (state.type === 'empty') {
      this.#endInsertion();
    } else if (state.insertion !== this.#insertion?.number) {
      this.#endInsertion();
      this.#begin({ number: state.insertion, pulled: new AbortController() });
    }
    this.#setStatus({ state: 'online' });
  }

  #begin(insertion: Insertion): void {
    this.#insertion = insertion;
    this.#queue = this.#queue.then(() => this.#read(insertion));
  }

  #endInsertion(lost?: Fault): void {
    const insertion = this.#insertion;
    if (insertion === undefined) return;
    this.#insertion = undefined;
    if (lost !== undefined) insertion.lost = lost;
    insertion.pulled.abort();
    // What comes after the reading ends comes after its end.
    this.#queue = this.#queue.then(() => {
      if (insertion.told === true && this.#opened) this.#emit({ type: 'removed' });
    });
  }

  /** Reads a card, and reads again one that did not answer, until it was read or pulled. */
  async #read(insertion: Insertion): Promise<void> {
    const { signal } = insertion.pulled;
    const pulled = (): boolean => signal.aborted;
    let before: string | undefined;
    while (!pulled()) {
      if (before === undefined) this.#emit({ type: 'reading' });
      const read = await this.#attempts(signal);
      // A card that was pulled while it was read has no say any more, even if the last byte had come.
      if (pulled()) {
        const reason = insertion.lost ?? fault('securityCard.removedEarly');
        if (before === undefined) this.#emit({ type: 'failed', fault: reason });
        return;
      }
      insertion.told = true;
      if (read.ok) {
        if (before !== undefined) this.#emit({ type: 'reading' });
        this.#emit({ type: 'card', readout: read.value });
        return;
      }
      const { code } = read.error;
      if (before !== undefined && before !== code) this.#emit({ type: 'reading' });
      if (before !== code) this.#emit({ type: 'failed', fault: read.error });
      if (FINAL.has(code)) return;
      before = code;
      await sleep(this.#options.clock, this.#timings.retryAfterMs, signal);
    }
  }

  async #attempts(pulled: AbortSignal): Promise<Result<SecurityCardReadout, Fault>> {
    const { clock } = this.#options;
    let result = await this.#once(pulled);
    for (let attempt = 2; attempt <= ATTEMPTS && !pulled.aborted; attempt++) {
      if (result.ok || FINAL.has(result.error.code)) return result;
      result = await this.#once(pulled);
    }
    if (result.ok || FINAL.has(result.error.code)) return result;
    // Silence is also what a card gives that is no longer in, and only the reader knows: let it say so first.
    await sleep(clock, this.#timings.removalToldMs, pulled);
    const { code, vendorCode, detail } = result.error;
    if (code === 'device.busy' || code === 'securityCard.unreadable') return result;
    // A chip that falls silent or talks nonsense is, to people, a card that cannot be read.
    const extra = vendorCode === undefined ? {} : { vendorCode };
    return err(fault('securityCard.unreadable', { ...extra, detail: detail ?? code }));
  }

  async #once(pulled: AbortSignal): Promise<Result<SecurityCardReadout, Fault>> {
    const { connection, clock, today } = this.#options;
    const { connectMs, commandMs, settleMs } = this.#timings;
    await sleep(clock, settleMs, pulled);
    if (pulled.aborted) return err(fault('securityCard.removedEarly'));
    const link = await connection.connect({ deadlineMs: connectMs });
    if (!link.ok) return link;
    try {
      return await readSecurityCard(link.value, { commandMs, today: today() });
    } finally {
      await link.value.close();
    }
  }

  #lost({ type, fault: reason }: Extract<SlotState, { type: 'gone' | 'silent' }>): void {
    const tell = (): void => {
      this.#setStatus({ state: type === 'gone' ? 'offline' : 'unknown', fault: reason });
    };
    if (this.status.state !== 'online') tell();
    else this.#cancelOffline ??= this.#options.clock.after(this.#timings.offlineAfterMs, tell);
  }

  #emit(event: SecurityCardEvent): void {
    for (const listener of [...this.#eventListeners]) listener(event);
  }

  #setStatus(status: DeviceStatus): void {
    this.#cancelOffline?.();
    this.#cancelOffline = undefined;
    this.#told.tell(status);
  }
}
