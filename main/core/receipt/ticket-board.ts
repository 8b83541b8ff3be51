import type { TicketFate } from '../../../domain/receipt/ticket.ts';
import type { AuditEventName } from '../../../domain/wire/audit-events.ts';
import type { Audit } from '../audit/contract.ts';

/** The printed item whose receipt is held out. */
export interface HeldReceipt {
  readonly receiptNumber: string;
  readonly submissionId?: string;
}

/** No hall prints more in a day that somebody still asks for. */
const REMEMBERED = 500;

const EVENTS: { readonly [Fate in TicketFate]?: AuditEventName } = {
  taken: 'receiptTaken',
  retracted: 'receiptRetracted',
  left: 'receiptLeft',
};

/**
 * What became of the receipts that the printer held out since the core started, for staff: who comes back for one
 * that was drawn in gets it printed again. Held in memory; the audit keeps it.
 */
export class TicketBoard {
  readonly #audit: Audit;
  readonly #log: (message: string, details?: Readonly<Record<string, string>>) => void;
  readonly #fates = new Map<string, TicketFate>();
  readonly #listeners = new Set<() => void>();

  constructor(
    audit: Audit,
    log: (message: string, details?: Readonly<Record<string, string>>) => void,
  ) {
    this.#audit = audit;
    this.#log = log;
  }

  /** The last that was told of the receipt of this number; undefined of one that was not held out. */
  fateOf(receiptNumber: string): TicketFate | undefined {
    return this.#fates.get(receiptNumber);
  }

  /** Called at every change; the answer takes it back. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** What a printer is to tell of this receipt; the caller hears it as well. */
  follow(receipt: HeldReceipt, heard: (fate: TicketFate) => void): (fate: TicketFate) => void {
    const { receiptNumber } = receipt;
    return (fate) => {
      this.#fates.delete(receiptNumber);
      this.#fates.set(receiptNumber, fate);
      const [oldest] = this.#fates.keys();
      if (this.#fates.size > REMEMBERED && oldest !== undefined) this.#fates.delete(oldest);
      this.#record(receipt, fate);
      heard(fate);
      for (const listener of [...this.#listeners]) listener();
    };
  }

  #record(receipt: HeldReceipt, fate: TicketFate): void {
    const event = EVENTS[fate];
    if (event === undefined) return;
    const { receiptNumber, submissionId } = receipt;
    try {
      this.#audit.record(event, {
        receiptNumber,
        ...(submissionId === undefined ? {} : { submissionId }),
      });
    } catch {
      this.#log('audit event could not be recorded', { event });
    }
  }
}
