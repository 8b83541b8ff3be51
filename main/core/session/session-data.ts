import type { ServiceOnReceipt } from '../receipt/service-on-receipt.ts';
import type { Catalogue, ServiceItem } from '../../../domain/catalogue/catalogue.ts';
import type { Fault } from '../../../domain/device/fault.ts';
import type { ReadSecurityCard } from '../../../domain/envelope/body.ts';
import type { CardDoubt, IdCardData } from '../../../domain/identity/card.ts';
import type { TicketFate } from '../../../domain/receipt/ticket.ts';
import type { Locale } from '../../../domain/text.ts';
import type { SessionNotice, SessionView } from '../../contract/session-view.ts';
import type { MaterialStore } from '../materials/material-store.ts';
import type { Delivery, StoredItem } from '../outbox/contract.ts';
import type { PaperOnReceipt } from '../receipt/receipt-document.ts';
import type { FormState } from './form-state.ts';

/** The person whose card was read. */
export interface Applicant {
  readonly card: IdCardData;
  readonly doubts: readonly CardDoubt[];
}

/** Ink that was checked. */
export interface Ink {
  readonly mode: 'signature' | 'witnessedMark';
  readonly png: Uint8Array;
  readonly witnessName?: string;
}

/** A running or just ended scan. */
export interface ScanState {
  readonly materialId: string;
  readonly state: 'scanning' | 'done' | 'failed';
  readonly pagesSoFar: number;
  readonly fault?: Fault;
}

/** How printing stands. */
export interface PrintState {
  readonly state: 'none' | 'printing' | 'printed' | 'failed' | 'unknown';
  readonly fault?: Fault;
  /** Of a receipt that the printer holds out. */
  readonly ticket?: TicketFate;
}

/** What is shown of a stored application. */
export interface ReceiptState {
  readonly item: StoredItem;
  readonly service: ServiceOnReceipt;
  /** Unknown of what was stored before a restart. */
  readonly maskedName: string | undefined;
  readonly materials: readonly PaperOnReceipt[];
  readonly print: PrintState;
  /** What the paper printed last says of where the item is. */
  readonly said?: Delivery;
}

/** How the card reader stands towards this session. */
export interface CardState {
  readonly state: SessionView['card']['state'];
  readonly fault?: Fault;
}

/** How the reader of social security cards stands towards the open application. */
export interface SecurityCardState {
  readonly state: SessionView['securityCard']['state'];
  readonly fault?: Fault;
}

/**
 * Everything that the core knows of the people of one session, in one place, in memory only. Two ways
 * out: sealed into the outbox, or `forget`. What is drawn of it, beforehand or to be printed on A4, is held by
 * `ReceiptDesk` and `SheetDesk`, which overwrite it.
 */
export class SessionData {
  readonly store: MaterialStore;
  locale: Locale = 'zh';
  catalogue: Catalogue | undefined;
  applicant: Applicant | undefined;
  proxyCard: IdCardData | undefined;
  /** A further card that nobody asked for yet. */
  waitingCard: IdCardData | undefined;
  service: ServiceItem | undefined;
  form: FormState | undefined;
  committed: ReadonlySet<string> = new Set();
  scan: ScanState | undefined;
  securityCard: SecurityCardState = { state: 'none' };
  /** The applicant's own, read for this application. */
  givenSecurityCard: ReadSecurityCard | undefined;
  ink: Ink | undefined;
  /** Minted once per application, so that touching twice stores once. */
  submissionId: string | undefined;
  receipt: ReceiptState | undefined;
  card: CardState = { state: 'none' };
  notice: SessionNotice = 'none';

  constructor(store: MaterialStore) {
    this.store = store;
  }

  /** Overwrites the ink, so that what was signed cannot be shown again. */
  forgetInk(): void {
    this.ink?.png.fill(0);
    this.ink = undefined;
  }

  /** Forgets what was given for one application beside its answers: papers, ink, promises, the agent's card. */
  forgetGiven(): void {
    this.forgetInk();
    this.store.clear();
    this.proxyCard = undefined;
    this.committed = new Set();
    this.scan = undefined;
    this.securityCard = { state: 'none' };
    this.givenSecurityCard = undefined;
    this.submissionId = undefined;
  }

  /** Forgets the application: answers, papers, ink, receipt. Card and language stay for another matter. */
  forgetApplication(): void {
    this.forgetGiven();
    this.service = undefined;
    this.form = undefined;
    this.receipt = undefined;
    this.notice = 'none';
  }

  /** Forgets everybody and everything. Pictures are overwritten; texts lose their last holder. */
  forget(): void {
    this.forgetApplication();
    this.applicant = undefined;
    this.waitingCard = undefined;
    this.card = { state: 'none' };
  }
}
