import { isDeepStrictEqual } from 'node:util';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import type { ReceiptDocument } from '../../domain/receipt/document.ts';
import type { CommandOptions, DriverClock, Unsubscribe } from '../device.ts';
import type { KeptConnection, LineSession } from '../transport/reconnecting.ts';
import { keepConnected } from '../transport/reconnecting.ts';
import { sleep } from '../transport/system-clock.ts';
import type { ByteLine, Transport } from '../transport/transport.ts';
import type { PrintOutcome, ReceiptPrinter } from './contract.ts';
import { encodeReceipt } from './escpos-encoder.ts';
import { ESCPOS } from './escpos-commands.ts';
import type { JobEnd, Leftover } from './print-job.ts';
import { CommandLimit, runPrintJob } from './print-job.ts';
import { PrinterLink } from './printer-link.ts';
import type { PrinterProfile } from './profile.ts';
import { statusFrom } from './status.ts';

/** A lost line is told after so long, if it has not come back. */
const OFFLINE_AFTER_MS = 1_500;
/** A receipt waits so long for a line that is being made anew. */
const RENEWAL_MS = 3_000;

/** What a receipt printer is driven with. */
export interface EscPosPrinterOptions {
  readonly transport: Transport;
  readonly clock: DriverClock;
  readonly profile: PrinterProfile;
  /** How often the status is asked, in ms. Default 2000. */
  readonly pollMs?: number;
  /** No answer for so long makes the status `unknown`, in ms. Default 800. */
  readonly patienceMs?: number;
}

/** Makes a receipt printer; it is not open yet. */
export function escPosPrinter(options: EscPosPrinterOptions): ReceiptPrinter {
  return new EscPosPrinter(options);
}

/** A receipt printer that speaks ESC/POS over any line. Unknown: the line is up and nothing answers. */
export class EscPosPrinter implements ReceiptPrinter {
  readonly capabilities: ReceiptPrinter['capabilities'];
  readonly #options: Required<EscPosPrinterOptions>;
  readonly #listeners = new Set<(status: DeviceStatus) => void>();
  #status: DeviceStatus = { state: 'starting', paper: 'unknown' };
  #connection: KeptConnection | undefined;
  #link: PrinterLink | undefined;
  #poke = new AbortController();
  #renewLine = new AbortController();
  #leftover: Leftover = 'none';
  #cancelOffline: Unsubscribe | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: EscPosPrinterOptions) {
    this.#options = { pollMs: 2_000, patienceMs: 800, ...options };
    const { widthDots, cutter, realTimeStatus } = options.profile;
    this.capabilities = { widthDots, cutter, realTimeStatus };
  }

  get status(): DeviceStatus {
    return this.#status;
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
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
    this.#publish({ state: 'offline', paper: 'unknown', fault: fault('device.offline') });
  }

  async print(document: ReceiptDocument, options: CommandOptions): Promise<PrintOutcome> {
    const limit = new CommandLimit(this.#options.clock, options);
    try {
      const turn = this.#turn.then(() => this.#print(document, limit));
      this.#turn = turn.catch(() => undefined);
      return await Promise.race([turn, limit.whileWaiting()]);
    } finally {
      limit.end();
    }
  }

  async #print(document: ReceiptDocument, limit: CommandLimit): Promise<PrintOutcome> {
    // From here the job itself tells how it ended.
    if (!limit.start()) return limit.refusal();
    const { clock, profile, patienceMs } = this.#options;
    let pieces: readonly Uint8Array[];
    try {
      pieces = await encodeReceipt(document, profile);
    } catch (error) {
      // A QR code too long for any, a missing font: nothing was sent, and the caller gets a word for it.
      const detail = error instanceof Error ? error.name : 'encoder';
      return { outcome: 'failed', fault: fault('device.unsupported', { detail }) };
    }
    const link = await this.#linkSoon(limit);
    if (limit.isOver()) return limit.refusal();
    if (link === undefined) return { outcome: 'failed', fault: fault('device.offline') };
    const end: JobEnd = await runPrintJob({
      link,
      clock,
      profile,
      pieces,
      limit,
      patienceMs,
      leftover: this.#leftover,
      onStatus: (status) => {
        this.#publish(status);
      },
    });
    this.#leftover = end.leftover;
    // A late word of the printer about this receipt must not be taken for one about the next.
    if (end.renewLine) this.#renewLine.abort();
    return end.result;
  }

  /** The line; one that is just being made anew is waited for. */
  async #linkSoon(limit: CommandLimit): Promise<PrinterLink | undefined> {
    const { clock } = this.#options;
    const until = clock.now() + RENEWAL_MS;
    while (this.#link === undefined && this.#connection !== undefined) {
      const away = this.#status.state === 'offline' || clock.now() >= until;
      if (away || limit.isOver()) break;
      await sleep(clock, 20, limit.signal);
    }
    return this.#link;
  }

  async #session(line: ByteLine, { signal, proved }: LineSession): Promise<void> {
    const { clock, pollMs, patienceMs, profile } = this.#options;
    // Of a printer that never answers, silence says nothing.
    const silence = profile.realTimeStatus ? { fault: fault('device.timeout') } : {};
    this.#renewLine = new AbortController();
    const gone = AbortSignal.any([signal, this.#renewLine.signal]);
    const link = new PrinterLink(line, clock, gone);
    link.onChange(() => {
      this.#poke.abort();
    });
    if (this.#leftover !== 'midCommand') {
      const silenced = await link.write(Uint8Array.from(ESCPOS.automaticStatusOff));
      if (!silenced.ok) return;
    }
    try {
      while (!link.isGone()) {
        const answers = profile.realTimeStatus ? await link.askStatus(patienceMs) : undefined;
        if (link.isGone()) break;
        if (answers !== undefined) proved();
        this.#publish(
          answers === undefined
            ? { state: 'unknown', paper: 'unknown', ...silence }
            : statusFrom(answers),
        );
        // Only now is it open for receipts: what the printer holds is known first.
        this.#link = link;
        this.#poke = new AbortController();
        await sleep(clock, pollMs, AbortSignal.any([gone, this.#poke.signal]));
      }
    } finally {
      if (this.#link === link) this.#link = undefined;
      this.#lineLost(fault('device.offline', { detail: 'the line closed' }));
    }
  }

  /** Tells it at once at the start, later only if the line does not come back soon. */
  #lineLost(why: Fault): void {
    const offline: DeviceStatus = { state: 'offline', paper: 'unknown', fault: why };
    if (this.#status.state === 'starting') {
      this.#publish(offline);
    } else if (this.#status.state !== 'offline') {
      this.#cancelOffline ??= this.#options.clock.after(OFFLINE_AFTER_MS, () => {
        this.#publish(offline);
      });
    }
  }

  #publish(status: DeviceStatus): void {
    this.#cancelOffline?.();
    this.#cancelOffline = undefined;
    if (isDeepStrictEqual(status, this.#status)) return;
    this.#status = status;
    for (const listener of [...this.#listeners]) listener(status);
  }
}
