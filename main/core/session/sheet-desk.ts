import type { Fault } from '../../../domain/device/fault.ts';
import type { AuditEventName } from '../../../domain/wire/audit-events.ts';
import type { PrintOutcome } from '../../../drivers/document-printer/contract.ts';
import { bugWords } from '../log/bug-words.ts';
import type { SummaryInput, SummaryMaker } from '../pdf/contract.ts';
import type { SessionParts } from './parts.ts';
import type { PrintState } from './session-data.ts';

const PRINT_DEADLINE_MS = 180_000;

const EVENTS = {
  printed: 'summaryPrinted',
  failed: 'summaryPrintFailed',
  unknown: 'summaryPrintUnknown',
} as const satisfies Record<string, AuditEventName>;

/**
 * The summary of the application that was just stored, for the A4 printer: held in memory from storing until the
 * receipt is left, then overwritten. A print that has not ended by then is cancelled at the printer.
 */
export class SheetDesk {
  readonly #parts: SessionParts;
  readonly #changed: () => void;
  #pdf: Uint8Array | undefined;
  #receiptNumber = '';
  #print: PrintState = { state: 'none' };
  #stop = new AbortController();

  constructor(parts: SessionParts, changed: () => void) {
    this.#parts = parts;
    this.#changed = changed;
  }

  /** How printing stands; undefined where no summary can be printed. */
  get state(): PrintState | undefined {
    return this.#pdf === undefined ? undefined : this.#print;
  }

  /** Makes summaries, and keeps the newest where it can be printed. */
  keeping(maker: Pick<SummaryMaker, 'make'>): Pick<SummaryMaker, 'make'> {
    return {
      make: async (input: SummaryInput) => {
        const pdf = await maker.make(input);
        if (!this.#offered) return pdf;
        this.forget();
        this.#pdf = Uint8Array.from(pdf);
        this.#receiptNumber = input.receiptNumber;
        return pdf;
      },
    };
  }

  /** Prints; how it ends stands in `state`. Says whether there was something to print. */
  print(): boolean {
    const pdf = this.#pdf;
    const { state } = this.#print;
    if (pdf === undefined || state === 'printing' || state === 'printed') return false;
    if (!this.#parts.mayPrintSheets()) return false;
    const stop = new AbortController();
    this.#stop = stop;
    const receiptNumber = this.#receiptNumber;
    this.#ended(pdf, receiptNumber, stop.signal)
      .then(({ outcome, fault }) => {
        this.#record(EVENTS[outcome], receiptNumber, fault?.code);
        if (stop.signal.aborted) return;
        this.#show({ state: outcome, ...(fault === undefined ? {} : { fault }) });
      })
      .catch((error: unknown) => this.#bug(error));
    return true;
  }

  /** The receipt is left: the summary is overwritten, an unfinished print called off. */
  forget(): void {
    this.#stop.abort();
    this.#pdf?.fill(0);
    this.#pdf = undefined;
    this.#receiptNumber = '';
    this.#print = { state: 'none' };
  }

  /** How a print that begins now ends. Never rejects: after a bug nobody knows whether a sheet came out. */
  async #ended(
    pdf: Uint8Array,
    receiptNumber: string,
    signal: AbortSignal,
  ): Promise<{ readonly outcome: PrintOutcome['outcome']; readonly fault?: Fault }> {
    try {
      this.#show({ state: 'printing' });
      return await this.#parts.devices.documentPrinter.print(
        {
          bytes: pdf,
          mediaType: 'application/pdf',
          copies: 1,
          sides: 'one-sided',
          receiptNumber,
        },
        { deadlineMs: PRINT_DEADLINE_MS, signal },
      );
    } catch (error) {
      this.#bug(error);
      return { outcome: 'unknown' };
    }
  }

  #bug(error: unknown): void {
    this.#parts.log('printing a summary ended with a bug', bugWords(error));
  }

  get #offered(): boolean {
    const { state } = this.#parts.devices.documentPrinter.status;
    return state !== 'noDevice' && this.#parts.mayPrintSheets();
  }

  #show(print: PrintState): void {
    this.#print = print;
    this.#changed();
  }

  #record(event: AuditEventName, receiptNumber: string, detail: string | undefined): void {
    try {
      this.#parts.audit.record(event, {
        receiptNumber,
        ...(detail === undefined ? {} : { detail }),
      });
    } catch {
      this.#parts.log('audit event could not be recorded', { event });
    }
  }
}
