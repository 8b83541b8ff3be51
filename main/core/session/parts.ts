import type { ServiceItem } from '../../../domain/catalogue/catalogue.ts';
import type { FormValidator } from '../../../domain/catalogue/validate.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import type { PhotoDecoder } from '../../../drivers/id-card/photo-decoder.ts';
import type { Audit } from '../audit/contract.ts';
import type { Bundles } from '../bundles/contract.ts';
import type { Devices } from '../devices/contract.ts';
import type { DurableCore } from '../durable.ts';
import type { Images } from '../materials/images.ts';
import type { StoreLimits } from '../materials/material-store.ts';
import type { Outbox } from '../outbox/contract.ts';
import type { SummaryMaker } from '../pdf/contract.ts';
import type { PhoneLink } from '../phone/phone-link.ts';
import type { Clock, Randomness } from '../ports.ts';
import type { TicketBoard } from '../receipt/ticket-board.ts';
import type { Link } from '../sync/contract.ts';
import type { IdleTimes } from './idle.ts';

/** What a session lives on. */
export interface SessionParts {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly outbox: Outbox;
  readonly bundles: Bundles;
  readonly link: Link;
  /** That the terminal was revoked changes what may be told of a receipt. */
  readonly onProblems: DurableCore['onProblems'];
  readonly phone: PhoneLink;
  readonly audit: Audit;
  readonly devices: Devices;
  readonly tickets: TicketBoard;
  readonly images: Images;
  readonly summaries: SummaryMaker;
  readonly validator: FormValidator;
  /** Makes pictures of the photos on cards; undefined where no program does. */
  readonly photoDecoder: PhotoDecoder | undefined;
  /** False while the terminal may only finish what runs. */
  readonly mayBegin: () => boolean;
  /** The queue before the A4 printer keeps nothing. */
  readonly mayPrintSheets: () => boolean;
  readonly terminal: () => { readonly terminalId: string; readonly hall: LocalizedText };
  /** How sure one must be of who applies for a service. */
  readonly applyAsks: (service: ServiceItem) => ServiceItem['assurance'];
  /** Idle times, by the service that is open. */
  readonly idleTimes: (serviceId: string | undefined) => IdleTimes;
  /** Texts that must not appear in a log while this session runs; empty when it is over. */
  readonly protect: (texts: readonly string[]) => void;
  readonly limits?: StoreLimits;
  /** Codes and counts only. */
  readonly log: (message: string, details?: Readonly<Record<string, string | number>>) => void;
}

/** A step that cannot be done now. The page should draw the current view. */
export class NotNow extends Error {
  override readonly name = 'NotNow';
  readonly reason: 'WRONG_STEP' | 'NOT_FOUND' | 'DEVICE';

  constructor(reason: 'WRONG_STEP' | 'NOT_FOUND' | 'DEVICE') {
    super(reason);
    this.reason = reason;
  }
}
