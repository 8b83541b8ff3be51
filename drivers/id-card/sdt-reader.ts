import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import type { DriverClock, Unsubscribe } from '../device.ts';
import { ToldHardware } from '../hardware.ts';
import { LineStatus } from '../told-status.ts';
import type { Backoff, KeptConnection, LineSession } from '../transport/reconnecting.ts';
import { DEVICE_BACKOFF, keepConnected } from '../transport/reconnecting.ts';
import { sleep } from '../transport/system-clock.ts';
import type { ByteLine, Transport } from '../transport/transport.ts';
import { CardPresence } from './card-presence.ts';
import type { IdCardEvent, IdCardReader } from './contract.ts';
import { samIdText } from './sam-id.ts';
import { readCard } from './sdt-card.ts';
import { SDT, SW3 } from './sdt-commands.ts';
import { SdtLink } from './sdt-link.ts';

/** Times of the driver, in ms. */
export interface SdtTimings {
  /** Between two looks for a card. */
  readonly pollMs: number;
  /** For an answer to anything but a read. */
  readonly commandMs: number;
  /** For an answer to a read: the radio takes 0.8 to 1.5 s, the line at 115200 baud 0.11 s. */
  readonly readMs: number;
  /** Between two bytes of one answer. */
  readonly interByteMs: number;
  /** A card not found for so long is gone. */
  readonly removalAfterMs: number;
  /** An unreadable card that still lies there is tried again after so long. */
  readonly retryAfterMs: number;
  /** A lost line is told after so long, if it has not come back. */
  readonly offlineAfterMs: number;
  /** Between two questions to a reader that says it is broken. */
  readonly brokenPollMs: number;
}

/** Times that suit the readers known. */
export const SDT_TIMINGS: SdtTimings = {
  pollMs: 300,
  commandMs: 1_000,
  readMs: 4_000,
  interByteMs: 200,
  removalAfterMs: 800,
  retryAfterMs: 3_000,
  offlineAfterMs: 1_500,
  brokenPollMs: 5_000,
};

/** What the driver needs. */
export interface SdtReaderOptions {
  readonly transport: Transport;
  readonly clock: DriverClock;
  /** Today where the terminal stands, YYYYMMDD. */
  readonly today: () => string;
  readonly timings?: Partial<SdtTimings>;
  readonly backoff?: Backoff;
  /** In [0, 1); default `Math.random`. */
  readonly random?: () => number;
}

/** Unanswered greetings after which the line is opened anew; the second also resets the SAM. */
const GREETINGS = 3;
/**
 * Questions for the newest address that may go unanswered one after the other. A reader that does not know the
 * question may be silent for ever, and every citizen waits for that; one that missed it once answers the next.
 */
const UNANSWERED_ADDRESSES = 3;

/** The questions for newest addresses over one line. */
interface AskedAddresses {
  /** How many of the last ones in a row were not answered. */
  unanswered: number;
}

/**
 * Driver for ID-card readers that speak SDT (SAM_V) over any line. Looks for a card, selects and reads it,
 * again and again. Offline: the line is down. Unknown: the line is up and the reader says nothing.
 */
export function createSdtReader(options: SdtReaderOptions): IdCardReader {
  return new SdtReader(options);
}

class SdtReader implements IdCardReader {
  readonly capabilities = {
    kinds: ['resident', 'hkMoTwResidence', 'foreigner2017', 'foreigner2023'],
    photo: true,
  } as const;
  readonly hardware = new ToldHardware();
  readonly #options: SdtReaderOptions;
  readonly #timings: SdtTimings;
  readonly #presence: CardPresence;
  readonly #told: LineStatus;
  readonly #eventListeners = new Set<(event: IdCardEvent) => void>();
  #connection: KeptConnection | undefined;
  #lineUp = false;
  #closing = false;

  constructor(options: SdtReaderOptions) {
    this.#options = options;
    this.#timings = { ...SDT_TIMINGS, ...options.timings };
    const { offlineAfterMs } = this.#timings;
    const isBack = (): boolean => this.#lineUp;
    this.#told = new LineStatus({ clock: options.clock, offlineAfterMs, isBack });
    this.#presence = new CardPresence(this.#timings, (event) => {
      for (const listener of [...this.#eventListeners]) listener(event);
    });
  }

  get status(): DeviceStatus {
    return this.#told.now;
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    return this.#told.onStatus(listener);
  }

  onEvent(listener: (event: IdCardEvent) => void): Unsubscribe {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  open(): Promise<void> {
    const { transport, clock, backoff = DEVICE_BACKOFF, random = Math.random } = this.#options;
    this.#connection ??= keepConnected({
      transport,
      clock,
      backoff,
      random,
      session: (line, context) => this.#session(line, context),
      onUnreachable: (reason) => {
        this.#lineLost(reason);
      },
    });
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#connection?.close();
    this.#connection = undefined;
    this.#closing = false;
    this.#presence.interrupted(fault('device.cancelled'));
    this.#told.tell({ state: 'offline' });
  }

  async #session(line: ByteLine, { signal, proved }: LineSession): Promise<void> {
    this.#lineUp = true;
    const { clock } = this.#options;
    const link = new SdtLink(line, clock, signal, this.#timings.interByteMs);
    const addresses = { unanswered: 0 };
    let unanswered = 0;
    while (!signal.aborted && unanswered < GREETINGS) {
      switch (await this.#greet(link)) {
        case 'fine':
          proved();
          unanswered = 0;
          await this.#serve(link, signal, addresses);
          break;
        case 'broken':
          proved();
          unanswered = 0;
          await sleep(clock, this.#timings.brokenPollMs, signal);
          break;
        case 'silent':
          unanswered += 1;
          this.#told.tell({ state: 'unknown', fault: fault('device.timeout') });
          if (unanswered === GREETINGS - 1) {
            await link.exchange(SDT.resetSam, this.#timings.commandMs);
          }
          break;
        case 'gone':
          // The loop ends by its signal, or by not being answered any more.
          unanswered += 1;
      }
    }
    this.#lineUp = false;
    if (!signal.aborted) {
      this.#presence.interrupted(fault('device.timeout'));
    } else if (!this.#closing) {
      const lost = fault('device.offline', { detail: 'the line closed' });
      this.#presence.interrupted(lost);
      this.#lineLost(lost);
    }
  }

  /** Looks for cards as long as reader and driver are in step. */
  async #serve(link: SdtLink, signal: AbortSignal, addresses: AskedAddresses): Promise<void> {
    while (!signal.aborted) {
      if ((await this.#look(link, addresses)) === 'outOfStep') return;
      await sleep(this.#options.clock, this.#timings.pollMs, signal);
    }
  }

  /** Gets in step with the reader, asks who it is, and how its self-test went. */
  async #greet(link: SdtLink): Promise<'fine' | 'broken' | 'silent' | 'gone'> {
    const { commandMs, interByteMs } = this.#timings;
    await link.quiet(interByteMs, commandMs);
    // Only once this is answered have all answers to earlier requests gone by.
    const id = await link.exchange(SDT.samId, commandMs);
    if (id.type === 'silent' || id.type === 'gone') return id.type;
    const samId = id.type === 'good' ? samIdText(id.data) : undefined;
    this.hardware.told({ samId });
    const status = await link.exchange(SDT.samStatus, commandMs);
    if (status.type === 'silent' || status.type === 'gone') return status.type;
    if (status.type === 'good') {
      this.#told.tell({ state: 'online' });
      return 'fine';
    }
    const broken = fault('idCard.samFault', { vendorCode: status.code });
    this.#told.tell({ state: 'hardwareError', fault: broken });
    return 'broken';
  }

  /** Looks for a card once, and reads it if it is to be read. */
  async #look(link: SdtLink, addresses: AskedAddresses): Promise<'inStep' | 'outOfStep'> {
    const { clock, today } = this.#options;
    const { commandMs, readMs } = this.#timings;
    const found = await link.exchange(SDT.find, commandMs);
    if (found.type === 'silent' || found.type === 'gone') return 'outOfStep';
    if (found.type === 'refused') {
      if (found.sw3 === SW3.noCard) this.#presence.absent(clock.now());
      // A broken SAM says so to any request; the next greeting names it.
      const broken = found.sw3 === SW3.samNotAuthorised || found.sw3 === SW3.samSelfTestFailed;
      return broken ? 'outOfStep' : 'inStep';
    }
    if (!this.#presence.found(clock.now())) return 'inStep';
    const reading = await readCard(link, {
      ...{ commandMs, readMs, today: today() },
      newestAddress: addresses.unanswered < UNANSWERED_ADDRESSES,
    });
    switch (reading.type) {
      case 'read':
        this.#presence.read(reading.readout);
        if (reading.newestAddress === 'answered') addresses.unanswered = 0;
        if (reading.newestAddress !== 'unanswered') return 'inStep';
        addresses.unanswered += 1;
        return 'outOfStep';
      case 'failed':
        this.#presence.failed(reading.fault, reading.lies, clock.now());
        return 'inStep';
      case 'silent':
        this.#presence.interrupted(fault('device.timeout'));
        return 'outOfStep';
      case 'gone':
        return 'outOfStep';
    }
  }

  #lineLost(reason: Fault): void {
    this.#told.lineLost({ state: 'offline', fault: reason });
  }
}
