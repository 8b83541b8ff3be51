import type { AuditEventName } from './catalogue.ts';

/** What an event is about; never anything of a person. */
export interface AuditSubject {
  readonly submissionId?: string;
  readonly receiptNumber?: string;
  /** A code from a closed set: a state, a fault code, a bundle kind with its version. */
  readonly detail?: string;
}

/** One event of the chain as it lies in the index. */
export interface AuditRow {
  readonly seq: number;
  /** ISO 8601 by the terminal's clock. */
  readonly time: string;
  readonly event: AuditEventName;
  readonly submissionId: string | null;
  readonly receiptNumber: string | null;
  readonly detail: string | null;
  /** Hash of the event before, 64 hex digits. */
  readonly prevHash: string;
  readonly hash: string;
}

/** The append-only record of this terminal, for parts that have no transaction of their own. */
export interface Audit {
  /** Durable when it returns. */
  record(event: AuditEventName, subject?: AuditSubject): void;
  /** Newest first. */
  latest(limit: number): readonly AuditRow[];
}
