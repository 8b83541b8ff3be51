import type { AuditEvent } from '../../../domain/wire/audit.ts';
import type { AuditEventName } from '../../../domain/wire/audit-events.ts';

/** What an event is about; never anything of a person. */
export interface AuditSubject {
  readonly submissionId?: string;
  readonly receiptNumber?: string;
  /** A code from a closed set: a state, a fault code, a bundle kind with its version. */
  readonly detail?: string;
}

/** One event of the chain as it lies in the index. */
export type AuditRow = AuditEvent & { readonly event: AuditEventName };

/** The append-only record of this terminal, for parts that have no transaction of their own. */
export interface Audit {
  /** Durable when it returns. */
  record(event: AuditEventName, subject?: AuditSubject): void;
  /** Newest first. */
  latest(limit: number): readonly AuditRow[];
}
