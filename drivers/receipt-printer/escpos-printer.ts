import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import type { ReceiptDocument } from '../../domain/receipt/document.ts';
import type { Result } from '../../domain/result.ts';
import { err } from '../../domain/result.ts';
import type { CommandOptions, Unsubscribe } from '../device.ts';
import type { Bitmap } from '../glyph/bitmap.ts';
import { ToldHardware } from '../hardware.ts';
import { LineStatus } from '../told-status.ts';
import type { KeptConnection, LineSession } from '../transport/reconnecting.ts';
import { keepConnected } from '../transport/reconnecting.ts';
import { sleep } from '../transport/system-clock.ts';
import type { ByteLine } from '../transport/transport.ts';
import { Turns } from '../turns.ts';
import type { PrintOptions, PrintOutcome, ReceiptPrinter } from './contract.ts';
import { encodeReceipt } from './escpos-encoder.ts';
import { ESCPOS } from './escpos-commands.ts';
import { CLEARING_MS, clearUp, greeting } from './clearing.ts';
import { CommandLimit, endOf } from './command-limit.ts';
import { Leavings } from './leavings.ts';
import { runPrintJob } from './print-job.ts';
import type { KeptPicture } from './picture-memory.ts';
import { findKept, keptAs, storeAndFind } from './picture-memory.ts';
import { Outlet } from './presenter.ts';
import { askIdentity } from './printer-identity.ts';
import { PrinterLink } from './printer-link.ts';
import type { EscPosPrinterOptions } from './printer-options.ts';
import { PRINTER_DEFAULTS } from './printer-options.ts';
import type { Reading } from './status.ts';
import { statusFrom } from './status.ts';

/** A lost line is told after so long, if it has not come back. */
const OFFLINE_AFTER_MS = 1_500;
/** A receipt waits so long for a line that is being made anew. */
const RENEWAL_MS = 3_000 + CLEARING_MS;
/** How often the outlet is looked at while a receipt hangs there. */
const OUTLET_LOOK_MS = 300;
/** Writing to lasting memory takes its time. */
const STORING_MS = 10_000;
/** A printer that ran out of paper just then is asked once more who it is; one that never says is left alone. */
const MOST_ASKED_WHO = 2;

/** Makes a receipt printer; it is not open yet. */
export function escPosPrinter(options: EscPosPrinterOptions): ReceiptPrinter {
  return new EscPosPrinter(options);
}

/** A receipt printer that speaks ESC/POS over any line. Unknown: the line is up and nothing answers. */
export class EscPosPrinter implements ReceiptPrinter {
  readonly capabilities: ReceiptPrinter['capabilities'];
  readonly hardware = new ToldHardware();
  readonly #options: Required<Omit<EscPosPrinterOptions, 'logo'>>;
  readonly #logo: string | undefined;
  readonly #told: LineStatus;
  #connection: KeptConnection | undefined;
  #link: PrinterLink | undefined;
  #poke = new AbortController();
  #renewLine = new AbortController();
  readonly #leavings: Leavings;
  readonly #outlet: Outlet | undefined;
  /** The logo as the printer on this line keeps it, and whether it is still to be looked for. */
  #kept: KeptPicture | undefined;
  #seeksLogo = false;
  /** How often since it was away: lines that are only made anew lead to the same printer. */
  #askedWho = 0;
  #asksWho = false;
  #printing = false;
  /** Goes up when the outlet gets another receipt: what was asked before is no word about it. */
  #outletTurn = 0;
  readonly #turns = new Turns();

  constructor(options: EscPosPrinterOptions) {
    this.#options = { ...PRINTER_DEFAULTS, ...options };
    this.#logo = options.logo;
    this.#told = new LineStatus({
      clock: options.clock,
      offlineAfterMs: OFFLINE_AFTER_MS,
      first: { state: 'starting', paper: 'unknown' },
    });
    this.#told.onStatus(({ state }) => {
      if (state === 'offline') this.#askedWho = 0;
    });
    this.#leavings = new Leavings(options.profile);
    const { widthDots, cut, questions, presenter } = options.profile;
    this.capabilities = {
      widthDots,
      cutter: cut.length > 0,
      realTimeStatus: questions.length > 0,
      presenter: presenter !== undefined,
    };
    this.#outlet = presenter && this.#makeOutlet(presenter.retract);
  }

  get status(): DeviceStatus {
    return this.#told.now;
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    return this.#told.onStatus(listener);
  }

  open(): Promise<void> {
    const { transport, clock } = this.#options;
    this.#connection ??= keepConnected({
      transport,
      clock,
      session: (line, context) => this.#session(line, context),
      onUnreachable: (why) => {
        this.#lineLost(why);
      },
    });
    return Promise.resolve();
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.close();
    this.#outlet?.close();
    this.#told.tell({ state: 'offline', paper: 'unknown', fault: fault('device.offline') });
  }

  async print(document: ReceiptDocument, options: PrintOptions): Promise<PrintOutcome> {
    const limit = new CommandLimit(this.#options.clock, options);
    try {
      const turn = this.#turns.take(() => this.#print(document, limit, options));
      return await Promise.race([turn, limit.whileWaiting()]);
    } finally {
      limit.end();
    }
  }

  async #print(
    document: ReceiptDocument,
    limit: CommandLimit,
    { onTicket = () => undefined }: PrintOptions,
  ): Promise<PrintOutcome> {
    // From here the job itself tells how it ended.
    if (!limit.start()) return limit.refusal();
    const { clock, profile, patienceMs, quietMs } = this.#options;
    const link = await this.#linkSoon(limit);
    if (limit.isOver()) return limit.refusal();
    if (link === undefined) return { outcome: 'failed', fault: fault('device.offline') };
    if (this.#seeksLogo) await this.#findLogo(link);
    let pieces: readonly Uint8Array[];
    try {
      pieces = await encodeReceipt(document, profile, this.#kept);
    } catch (error) {
      // A QR code too long for any, a missing font: nothing was sent, and the caller gets a word for it.
      const detail = error instanceof Error ? error.name : 'encoder';
      return { outcome: 'failed', fault: fault('device.unsupported', { detail }) };
    }
    await this.#outlet?.clear((ms) => sleep(clock, ms, limit.signal));
    // From now on the outlet is of this receipt, and what is seen there while it prints says nothing.
    this.#outletTurn += 1;
    this.#printing = true;
    const end = await runPrintJob({
      ...{ link, clock, pieces, limit, patienceMs, quietMs },
      ...this.#leavings.known(),
      onCleared: () => {
        this.#leavings.wentAway();
      },
      onReading: (reading) => {
        this.#told.tell(statusFrom(reading));
      },
    });
    this.#printing = false;
    this.#leavings.left(end);
    this.#outletTurn += 1;
    if (end.result.outcome === 'printed' && this.#outlet !== undefined) {
      this.#outlet.presented(onTicket);
      this.#poke.abort();
    }
    // A late word of the printer about this receipt must not be taken for one about the next.
    if (end.renewLine) this.#renewLine.abort();
    return end.result;
  }

  async storeLogo(picture: Bitmap, options: CommandOptions): Promise<Result<string, Fault>> {
    const limit = new CommandLimit(this.#options.clock, options);
    const { profile } = this.#options;
    try {
      const turn = this.#turns.take(async () => {
        const link = await this.#linkSoon(limit);
        if (limit.isOver()) return err(fault('device.cancelled'));
        if (link === undefined) return err(fault('device.offline'));
        const stored = await storeAndFind(link, profile.pictureMemory, picture, STORING_MS);
        // A picture that went only in part would swallow the next receipt. In columns its height is rounded up.
        const isTorn = profile.pictureMemory !== 'none' && (!stored.ok || link.isGone());
        if (isTorn) this.#leavings.tornPicture((picture.height + 7) * picture.rowBytes + 64);
        return stored;
      });
      const ended = await Promise.race([turn, endOf(limit)]);
      if (ended.ok && ended.value === this.#logo) {
        this.#kept = keptAs(profile.pictureMemory, ended.value);
      }
      return ended;
    } finally {
      limit.end();
    }
  }

  /** The line; one that is just being made anew is waited for. */
  async #linkSoon(limit: CommandLimit): Promise<PrinterLink | undefined> {
    const { clock } = this.#options;
    const until = clock.now() + RENEWAL_MS;
    while (this.#usable() === undefined && this.#connection !== undefined) {
      const away = this.status.state === 'offline' || clock.now() >= until;
      if (away || limit.isOver()) break;
      await sleep(clock, 20, limit.signal);
    }
    return this.#usable();
  }

  /** A line that is to be made anew is of no more use, though it is not let go of yet. */
  #usable(): PrinterLink | undefined {
    return this.#link?.isGone() === true ? undefined : this.#link;
  }

  async #session(line: ByteLine, { signal, proved }: LineSession): Promise<void> {
    const { clock, pollMs, patienceMs, profile } = this.#options;
    // Of a printer that never answers, silence says nothing.
    const silence = profile.questions.length > 0 ? { fault: fault('device.timeout') } : {};
    this.#renewLine = new AbortController();
    const gone = AbortSignal.any([signal, this.#renewLine.signal]);
    const link = new PrinterLink(line, clock, gone, profile);
    link.onChange(() => {
      this.#poke.abort();
    });
    link.onDone(() => {
      this.#leavings.spoke();
    });
    // In the middle of a torn command it is swallowed, which does no harm.
    const told = await link.write(Uint8Array.from(greeting(profile)));
    if (!told.ok) {
      // it can be reached and takes nothing: some hold back all data while a cover is open
      this.#lineLost(told.error);
      return;
    }
    let why = fault('device.offline', { detail: 'the line closed' });
    try {
      while (!link.isGone()) {
        // whatever is told from here on is asked about at once
        this.#poke = new AbortController();
        const turn = this.#outletTurn;
        const look = this.#printing ? link.askStatus(patienceMs) : link.lookBetween(patienceMs);
        const reading = await look;
        if (link.isGone()) break;
        if (reading !== undefined) proved();
        if (turn === this.#outletTurn && !this.#printing) this.#look(reading);
        const status: DeviceStatus =
          reading === undefined
            ? { state: 'unknown', paper: 'unknown', ...silence }
            : statusFrom(reading);
        if (status.state === 'online' && this.#mustClear()) {
          // It is there, though not ready yet.
          this.#told.lineHolds();
          const unsent = await this.#clearUp(link);
          if (unsent === undefined) continue;
          why = unsent;
          break;
        }
        this.#told.tell(status);
        // Only now is it open for receipts: what the printer holds is known first.
        if (this.#link !== link) await this.#findLogo(link);
        this.#link = link;
        this.#askWho(link);
        const pause = this.#outlet?.isBusy() === true ? Math.min(OUTLET_LOOK_MS, pollMs) : pollMs;
        await sleep(clock, pause, AbortSignal.any([gone, this.#poke.signal]));
      }
    } finally {
      if (this.#link === link) this.#link = undefined;
      this.#outlet?.saw(undefined);
      this.#lineLost(why);
    }
  }

  /** What hangs in the outlet is not pushed out for it. */
  #mustClear(): boolean {
    return this.#leavings.goByThemselves && this.#outlet?.isBusy() !== true;
  }

  /**
   * Before it is called well, and before anybody asks for a receipt: whoever put the paper in still stands there
   * when a stranger's comes out. Gives why the line took no bytes.
   */
  async #clearUp(link: PrinterLink): Promise<Fault | undefined> {
    const { clock, profile, quietMs, patienceMs } = this.#options;
    const clear = async (): Promise<Fault | undefined> => {
      if (link.isGone() || !this.#mustClear()) return undefined;
      const look = async (): Promise<DeviceStatus | undefined> => {
        const reading = await link.askStatus(patienceMs);
        this.#look(reading);
        return reading && statusFrom(reading);
      };
      const isHeldOut = (): boolean => this.#outlet?.isBusy() === true;
      const cleared = await clearUp({
        ...{ link, clock, quietMs, look, isHeldOut, signal: link.signal },
        ...this.#leavings.known(),
      });
      this.#leavings.cleared(cleared);
      if (cleared.unsent !== undefined || !profile.automaticStatus) return cleared.unsent;
      const told = await link.write(Uint8Array.from(greeting(profile)));
      return told.ok ? undefined : told.error;
    };
    // Before the first look a receipt waits for the line, and has the turn.
    if (this.#link !== link) return clear();
    return this.#turns.take(clear);
  }

  /** Asked in its turn with the data, so only of a printer that goes on. */
  async #findLogo(link: PrinterLink): Promise<void> {
    this.#kept = undefined;
    const { profile, patienceMs } = this.#options;
    const isStopped = !['online', 'unknown'].includes(this.status.state);
    // A torn command swallows the question; there is none for one that is printed by its number.
    const isTorn = profile.pictureMemory !== 'fsq' && this.#leavings.isTorn;
    this.#seeksLogo = this.#logo !== undefined && (isStopped || isTorn);
    if (this.#logo === undefined || this.#seeksLogo) return;
    this.#kept = await findKept(link, profile.pictureMemory, this.#logo, patienceMs);
  }

  /** Asked in its turn with receipts and with the data, so only of a printer that goes on. */
  #askWho(link: PrinterLink): void {
    const { profile, patienceMs } = this.#options;
    const isFit = this.status.state === 'online' && !this.#leavings.isTorn;
    if (profile.tellsName !== true || this.#askedWho >= MOST_ASKED_WHO) return;
    if (!isFit || !link.hasAnswered || this.#asksWho) return;
    this.#asksWho = true;
    this.#askedWho += 1;
    const ask = async (): Promise<void> => {
      const words = link.isGone() ? undefined : await askIdentity(link, patienceMs);
      this.#asksWho = false;
      if (words !== undefined) {
        this.#askedWho = MOST_ASKED_WHO;
        this.hardware.told(words);
        return;
      }
      // a printer without GS I holds its letter as text: ESC @ empties the line buffer, nothing is printed
      const automatic = profile.automaticStatus ? ESCPOS.automaticStatusOn : [];
      const told = await link.write(Uint8Array.from([...ESCPOS.initialise, ...automatic]));
      if (!told.ok) this.#askedWho = 0;
    };
    this.#turns.take(ask).catch(() => undefined);
  }

  #makeOutlet(retract: readonly number[] | undefined): Outlet {
    const { clock, takeMs } = this.#options;
    // Said on whatever line there is; without one it is not drawn in, and told as left.
    const drawIn = (bytes: readonly number[]): void => {
      this.#link?.write(Uint8Array.from(bytes)).then(
        (told) => {
          if (!told.ok) this.#outlet?.saw(undefined);
        },
        () => undefined,
      );
    };
    const known =
      retract &&
      (() => {
        drawIn(retract);
      });
    return new Outlet({ clock, takeMs, retract: known });
  }

  #look(reading: Reading | undefined): void {
    this.#outlet?.saw(reading?.words.includes('ticketWaiting'));
  }

  #lineLost(why: Fault): void {
    this.#told.lineLost({ state: 'offline', paper: 'unknown', fault: why });
  }
}
