import { mayPrintAgain, type TicketFate } from '../../../domain/receipt/ticket.ts';
import type { Fault } from '../../../domain/device/fault.ts';
import { maskName } from '../../../domain/identity/names.ts';
import { displayForm } from '../../../domain/identity/private-use.ts';
import type { AuditEventName } from '../../../domain/wire/audit-events.ts';
import type { PrintOutcome } from '../../../drivers/receipt-printer/contract.ts';
import { chinaMinute } from '../china-day.ts';
import { bugWords } from '../log/bug-words.ts';
import type { Delivery, StoredItem, Submission, SubmitRefusal } from '../outbox/contract.ts';
import { summaryAhead, type SummaryAhead } from '../pdf/summary-ahead.ts';
import type { Cancel } from '../ports.ts';
import { receiptDocument } from '../receipt/receipt-document.ts';
import type { FlowState } from './flow.ts';
import { NotNow, type SessionParts } from './parts.ts';
import { SheetDesk } from './sheet-desk.ts';
import { serviceOnReceipt } from '../receipt/service-on-receipt.ts';
import type { ReceiptState, SessionData } from './session-data.ts';
import { submissionOf } from './submission.ts';
import { isOutdated, materialsOf } from './view.ts';

const PRINT_DEADLINE_MS = 30_000;
const MINUTE_MS = 60_000;

const PRINT_EVENTS = {
  printed: 'receiptPrinted',
  failed: 'receiptPrintFailed',
  unknown: 'receiptPrintUnknown',
} as const satisfies Record<string, AuditEventName>;

/** Stores the application, then prints its receipt. Only what is durable gets one. */
export class ReceiptDesk {
  readonly #parts: SessionParts;
  readonly #data: SessionData;
  readonly #changed: () => void;
  readonly #atReceipt: () => boolean;
  /** The summary on A4. */
  readonly sheets: SheetDesk;
  /** How many were printed: the fate of an earlier one says nothing about the one on the screen. */
  #prints = 0;
  readonly #summaries: SummaryAhead;
  #prepared: Submission | undefined;
  #nextMinute: Cancel | undefined;

  constructor(
    parts: SessionParts,
    data: SessionData,
    atReceipt: () => boolean,
    changed: () => void,
  ) {
    this.sheets = new SheetDesk(parts, changed);
    this.#atReceipt = atReceipt;
    this.#parts = parts;
    this.#data = data;
    this.#changed = changed;
    this.#summaries = summaryAhead(parts.summaries);
  }

  get busy(): boolean {
    return this.#data.receipt?.print.state === 'printing';
  }

  /** Whether the receipt may be printed now. */
  get mayPrint(): boolean {
    const { receipt } = this.#data;
    if (receipt === undefined) return false;
    const { state, ticket } = receipt.print;
    return mayPrintAgain(state, ticket, isOutdated(receipt, this.delivery));
  }

  /** Where the item on the screen is, as far as may be told; undefined while there is none. */
  get delivery(): Delivery | undefined {
    const { receipt } = this.#data;
    return receipt && this.#parts.outbox.delivery(receipt.item.receiptNumber);
  }

  /** The session is at this step now: what is read once more is prepared, of who goes another way nothing is left. */
  at(step: FlowState): void {
    if (step === 'review') this.#prepare();
    else if (step !== 'submitting') this.#forgetPrepared();
  }

  /** The session is over. */
  forget(): void {
    this.sheets.forget();
    this.#forgetPrepared();
  }

  /**
   * Draws and seals in memory what can be before it is handed in, so that nobody stands there waiting for that; anew
   * with each minute, for the summary names it. After a bug nothing is prepared, and handing in does it all.
   */
  #prepare(): void {
    try {
      this.#prepareNow();
    } catch (error) {
      this.#parts.log('preparing ended with a bug', bugWords(error));
    }
  }

  #prepareNow(): void {
    const { clock, outbox, terminal } = this.#parts;
    const submission = submissionOf(this.#data, this.#summaries, terminal());
    if (submission === undefined) return;
    outbox.prepare(submission);
    this.#prepared?.forget?.();
    this.#prepared = submission;
    this.#nextMinute?.();
    this.#nextMinute = clock.after(MINUTE_MS - (clock.wall() % MINUTE_MS), () => this.#prepare());
  }

  /** What was prepared is overwritten, or forgotten where it is sealed. */
  #forgetPrepared(): void {
    this.#nextMinute?.();
    this.#nextMinute = undefined;
    this.#parts.outbox.forgetPrepared();
    this.#prepared?.forget?.();
    this.#prepared = undefined;
    this.#summaries.forget();
  }

  /**
   * Durable when it gives `undefined`; papers, answers and ink are then forgotten, for they are sealed.
   * Otherwise nothing was stored and nothing is forgotten. Never rejects: after a bug, what is stored is looked up.
   */
  async store(): Promise<SubmitRefusal | undefined> {
    const { submissionId } = this.#data;
    try {
      return await this.#store();
    } catch (error) {
      this.#parts.log('storing ended with a bug', bugWords(error));
      this.sheets.forget();
      return this.#isStored(submissionId) ? undefined : 'storeFailed';
    }
  }

  /** Whether this lies in the outbox; it is shown then as what was stored before. */
  #isStored(submissionId: string | undefined): boolean {
    try {
      return submissionId !== undefined && this.takeBack(submissionId);
    } catch {
      return false;
    }
  }

  async #store(): Promise<SubmitRefusal | undefined> {
    const { outbox, terminal } = this.#parts;
    this.#nextMinute?.();
    const summaries = this.sheets.keeping(this.#summaries);
    const submission = submissionOf(this.#data, summaries, terminal());
    const { service, applicant } = this.#data;
    if (submission === undefined || !service || !applicant) return 'storeFailed';
    const stored = await outbox.submit(submission).finally(() => submission.forget?.());
    if (!stored.ok) {
      this.sheets.forget();
      return stored.error;
    }
    const { card } = applicant;
    const receipt = {
      item: stored.value,
      service,
      maskedName: maskName(displayForm(card.name === '' ? (card.latinName ?? '') : card.name)),
      materials: materialsOf(this.#data).flatMap(({ material, view, givenBy }) =>
        givenBy === 'scan' || givenBy === 'readCard' || givenBy === 'commitment'
          ? [{ name: material.name, means: givenBy, pages: view.pages.length }]
          : [],
      ),
      print: { state: 'none' },
    } as const satisfies ReceiptState;
    this.#data.forgetApplication();
    this.#data.receipt = receipt;
    return undefined;
  }

  /**
   * Shows again what was stored before the core restarted: number and code, without what only the sealed
   * files know. Nothing is printed by itself, for nobody knows whether it was.
   */
  takeBack(submissionId: string): boolean {
    const found = this.#parts.outbox.stored(submissionId);
    if (found === undefined) return false;
    const service = serviceOnReceipt(this.#data.catalogue?.services, found.serviceId);
    this.#data.forgetApplication();
    this.#data.receipt = {
      item: found.item,
      service,
      maskedName: undefined,
      materials: [],
      print: { state: 'unknown' },
    };
    return true;
  }

  /** Begins to print; how it goes stands in the view. */
  begin(): void {
    this.print().catch((error: unknown) => this.#bug(error));
  }

  /** Prints once more, where the last print did not come out for certain. */
  printAgain(): void {
    if (!this.#atReceipt()) throw new NotNow('WRONG_STEP');
    if (!this.mayPrint) throw new NotNow('DEVICE');
    this.begin();
  }

  /** Prints the summary on A4; how it goes stands in the view. */
  printSheet(): void {
    if (!this.#atReceipt()) throw new NotNow('WRONG_STEP');
    if (!this.sheets.print()) throw new NotNow('DEVICE');
  }

  /**
   * Prints, and says truthfully how it ended; does nothing while one is printing. A bug on the way is logged, and
   * nobody knows then whether a receipt came out: the session goes on to its end as after any other print.
   */
  async print(): Promise<void> {
    const { receipt } = this.#data;
    if (receipt === undefined || this.busy) return;
    const { submissionId } = receipt.item;
    this.#data.receipt = { ...receipt, print: { state: 'printing' } };
    this.#prints += 1;
    const turn = this.#prints;
    let ticket: TicketFate | undefined;
    const onTicket = (fate: TicketFate): void => {
      ticket = fate;
      if (turn === this.#prints) this.#show(submissionId, fate);
    };
    const { outcome, fault } = await this.#ended(receipt, onTicket);
    this.#record(PRINT_EVENTS[outcome], receipt.item, fault?.code);
    // the citizen may have gone on meanwhile
    const now = this.#data.receipt as ReceiptState | undefined;
    if (now?.item.submissionId !== submissionId) return;
    this.#data.receipt = {
      ...now,
      print: {
        state: outcome,
        ...(fault === undefined ? {} : { fault }),
        ...(ticket === undefined ? {} : { ticket }),
      },
    };
    this.#changed();
  }

  /** How a print that begins now ends. Never rejects. */
  async #ended(
    receipt: ReceiptState,
    onTicket: (fate: TicketFate) => void,
  ): Promise<{ readonly outcome: PrintOutcome['outcome']; readonly fault?: Fault }> {
    try {
      const said = this.#parts.outbox.delivery(receipt.item.receiptNumber);
      this.#data.receipt = { ...receipt, said, print: { state: 'printing' } };
      this.#changed();
      return await this.#parts.devices.receiptPrinter.print(this.#document(receipt, said), {
        deadlineMs: PRINT_DEADLINE_MS,
        // Told long afterwards as well, when the citizen may be gone; nothing waits for it.
        onTicket: this.#parts.tickets.follow(receipt.item, onTicket),
      });
    } catch (error) {
      this.#bug(error);
      return { outcome: 'unknown' };
    }
  }

  #bug(error: unknown): void {
    this.#parts.log('printing a receipt ended with a bug', bugWords(error));
  }

  /** What became of the paper, while it is this receipt that is on the screen. */
  #show(submissionId: string, ticket: TicketFate): void {
    const { receipt } = this.#data;
    if (receipt?.item.submissionId !== submissionId || this.busy) return;
    this.#data.receipt = { ...receipt, print: { ...receipt.print, ticket } };
    this.#changed();
  }

  #document(receipt: ReceiptState, delivery: Delivery): ReturnType<typeof receiptDocument> {
    // a paper that came out, or may have: also before a restart, of which nobody knows what it says
    const mayBeOut = ['printed', 'unknown'].includes(receipt.print.state);
    const isTakenBack = mayBeOut && delivery === 'held' && receipt.said !== 'held';
    const { terminalId, hall } = this.#parts.terminal();
    return receiptDocument({
      receiptNumber: receipt.item.receiptNumber,
      serviceName: receipt.service.name,
      hall,
      terminalId,
      submittedAt: chinaMinute(Date.parse(receipt.item.submittedAt)),
      maskedName: receipt.maskedName,
      materials: receipt.materials,
      hotline: receipt.service.contacts.consult,
      qr: receipt.item.qr,
      delivery,
      ...(isTakenBack
        ? { again: { at: chinaMinute(this.#parts.clock.wall()), earlierVoid: false } }
        : {}),
    });
  }

  #record(event: AuditEventName, item: StoredItem, detail: string | undefined): void {
    try {
      this.#parts.audit.record(event, {
        submissionId: item.submissionId,
        receiptNumber: item.receiptNumber,
        ...(detail === undefined ? {} : { detail }),
      });
    } catch {
      this.#parts.log('audit event could not be recorded', { event });
    }
  }
}
