import type { LocalizedText } from '../../../domain/text.ts';
import type { PrintView, ServiceView } from '../../contract/service-view.ts';
import type { AuditEventName } from '../../../domain/wire/audit-events.ts';
import { chinaDay, chinaMinute } from '../china-day.ts';
import type { CorePrinter } from '../devices/contract.ts';
import { bugWords } from '../log/bug-words.ts';
import type { Outbox } from '../outbox/contract.ts';
import type { Clock } from '../ports.ts';
import type { TicketBoard } from '../receipt/ticket-board.ts';
import { receiptDocument } from '../receipt/receipt-document.ts';
import { NotNow } from '../session/parts.ts';
import { faultView } from '../session/view.ts';
import { columnOf, daySheet, sheetDocument } from './day-sheet.ts';
import type { ReceiptMarks } from './receipt-marks.ts';

const PRINT_DEADLINE_MS = 30_000;
const SHOWN_ITEMS = 50;
/** States in which the platform has the item. */
const THERE: readonly string[] = ['received', 'archived'];

/** What the paper of the service page lives on. */
export interface PaperParts {
  readonly clock: Clock;
  readonly printer: Pick<CorePrinter, 'print'>;
  readonly outbox: Pick<Outbox, 'list' | 'stored' | 'find' | 'delivery'>;
  readonly marks: ReceiptMarks;
  /** What becomes of printed receipts, where the printer sees that. */
  readonly tickets: Pick<TicketBoard, 'follow' | 'fateOf'>;
  readonly terminal: () => { readonly terminalId: string; readonly hall: LocalizedText };
  /** Name and hotline of a service. */
  readonly service: (
    id: string,
  ) => { readonly name: LocalizedText; readonly hotline: string } | undefined;
  readonly record: (event: AuditEventName, detail: string) => void;
  readonly log: (message: string, details?: Readonly<Record<string, string>>) => void;
  readonly onChange: () => void;
}

/**
 * Receipts that are cancelled or printed again, and the sheet of the day. All of it from what the index
 * holds: nothing of a person stands on it. Cancelling is about the paper; the application goes its way.
 */
export class PaperDesk {
  readonly #parts: PaperParts;
  #reprint: ServiceView['reprint'] = null;
  #sheetPrint: PrintView | null = null;
  #printing = false;
  /** Goes up when somebody leaves: what was printed for them is not told to the next. */
  #visits = 0;

  constructor(parts: PaperParts) {
    this.#parts = parts;
  }

  get view(): Pick<ServiceView, 'items' | 'reprint' | 'today' | 'sheetPrint'> {
    const today = chinaDay(this.#parts.clock.wall());
    const all = this.#items();
    /** What somebody is sent to the counter with is never hidden by newer ones; what came in earlier goes last. */
    const rankOf = ({ state, createdAt }: (typeof all)[number]): number => {
      if (state === 'held') return 0;
      return !THERE.includes(state) || chinaDay(Date.parse(createdAt)) === today ? 1 : 2;
    };
    return {
      items: all
        .map((item) => ({ item, rank: rankOf(item) }))
        .toSorted((one, other) => one.rank - other.rank)
        .map(({ item }) => item)
        .slice(0, SHOWN_ITEMS)
        .map(({ receiptNumber, serviceId, createdAt, state, caseState }) => ({
          ...{ receiptNumber, serviceId, createdAt, state, caseState },
          ...this.#parts.marks.of(receiptNumber),
          ticket: this.#parts.tickets.fateOf(receiptNumber) ?? null,
        })),
      reprint: this.#reprint,
      today: daySheet(all, today),
      sheetPrint: this.#sheetPrint,
    };
  }

  /** Prints a receipt again; on it stands that it is one, and whether the earlier paper is void. */
  async reprint(receiptNumber: string): Promise<void> {
    const { outbox, marks, terminal, clock } = this.#parts;
    const item = outbox.find(receiptNumber);
    const stored = item && outbox.stored(item.submissionId);
    const service = item && this.#parts.service(item.serviceId);
    if (item === undefined || stored === undefined || service === undefined) {
      throw new NotNow('NOT_FOUND');
    }
    const document = receiptDocument({
      receiptNumber,
      serviceName: service.name,
      ...terminal(),
      submittedAt: chinaMinute(Date.parse(stored.item.submittedAt)),
      maskedName: undefined,
      materials: [],
      hotline: service.hotline,
      qr: stored.item.qr,
      delivery: outbox.delivery(receiptNumber),
      again: {
        at: chinaMinute(clock.wall()),
        earlierVoid: marks.of(receiptNumber).cancelledAt !== null,
      },
    });
    const show = (view: PrintView): void => {
      this.#reprint = { receiptNumber, ...view };
    };
    const onTicket = this.#parts.tickets.follow({ receiptNumber }, () => undefined);
    const print = await this.#print(document, show, onTicket);
    this.#parts.record('receiptReprinted', print.state);
    if (print.state === 'printed') {
      await this.#mark(receiptNumber, { reprintedAt: this.#now() });
    }
  }

  /** The paper that was printed of it is void. The application is not touched. */
  async cancel(receiptNumber: string): Promise<void> {
    if (this.#parts.outbox.find(receiptNumber) === undefined) throw new NotNow('NOT_FOUND');
    if (this.#parts.marks.of(receiptNumber).cancelledAt !== null) return;
    this.#parts.record('receiptCancelled', receiptNumber);
    await this.#mark(receiptNumber, { cancelledAt: this.#now(), reprintedAt: null });
  }

  /** Prints the counts of the day. */
  async printSheet(): Promise<void> {
    const { clock, terminal } = this.#parts;
    const sheet = daySheet(this.#items(), chinaDay(clock.wall()));
    const document = sheetDocument({
      sheet,
      at: chinaMinute(clock.wall()),
      ...terminal(),
      nameOf: (id) => this.#parts.service(id)?.name,
    });
    await this.#print(document, (view) => {
      this.#sheetPrint = view;
    });
  }

  /** Forgets how printing went. */
  reset(): void {
    this.#visits += 1;
    this.#reprint = null;
    this.#sheetPrint = null;
  }

  /** As receipts say it: what waits where the terminal sends nothing any more waits for a person. */
  #items(): ReturnType<Outbox['list']> {
    const { outbox } = this.#parts;
    const all = outbox.list();
    const waits = ({ state }: (typeof all)[number]): boolean => columnOf(state) === 'waiting';
    const first = all.find(waits);
    // of one as of all of them
    if (first === undefined || outbox.delivery(first.receiptNumber) !== 'held') return all;
    return all.map((item) => (waits(item) ? { ...item, state: 'held' } : item));
  }

  #now(): string {
    return new Date(this.#parts.clock.wall()).toISOString();
  }

  async #print(
    document: Parameters<CorePrinter['print']>[0],
    show: (view: PrintView) => void,
    onTicket?: ReturnType<TicketBoard['follow']>,
  ): Promise<PrintView> {
    if (this.#printing) throw new NotNow('DEVICE');
    this.#printing = true;
    const visit = this.#visits;
    show({ state: 'printing' });
    let view: PrintView;
    try {
      this.#parts.onChange();
      const outcome = await this.#parts.printer.print(document, {
        deadlineMs: PRINT_DEADLINE_MS,
        ...(onTicket === undefined ? {} : { onTicket }),
      });
      const fault = outcome.outcome === 'printed' ? {} : { fault: faultView(outcome.fault) };
      view = { state: outcome.outcome, ...fault };
    } catch (error) {
      // a bug: nobody knows whether it came out
      this.#parts.log('printing for staff ended with a bug', bugWords(error));
      view = { state: 'unknown' };
    } finally {
      this.#printing = false;
    }
    if (visit === this.#visits) show(view);
    this.#parts.onChange();
    return view;
  }

  async #mark(...[number, change]: Parameters<ReceiptMarks['mark']>): Promise<void> {
    try {
      await this.#parts.marks.mark(number, change);
    } catch {
      this.#parts.log('a mark on a receipt could not be kept');
    }
    this.#parts.onChange();
  }
}
