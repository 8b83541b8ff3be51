/**
 * A terminal's audit chain and how it goes to the platform. Every event holds the SHA-256 of the one before
 * it; in a checkpoint the terminal signs all before it. Nothing of a person stands in any event.
 */

/** What the first event of a chain names as the one before it. */
export const AUDIT_START = '0'.repeat(64);

/** By law network logs are kept for six months: no setting is lower, on either side. */
export const LEAST_AUDIT_DAYS = 180;

/** Most events of one request. */
export const AUDIT_BATCH = 100;

/** One event of a chain. */
export interface AuditEvent {
  /** Counts from 1, without a gap. */
  readonly seq: number;
  /** ISO 8601 by the terminal's clock; what is not believed elsewhere is not believed here. */
  readonly time: string;
  /** Name of the terminal's catalogue of events; a newer program may know more names. */
  readonly event: string;
  readonly submissionId: string | null;
  readonly receiptNumber: string | null;
  /** Codes, versions, counts; of a checkpoint `<key id>.<signature, base64url>`. */
  readonly detail: string | null;
  /** Hash of the event before, 64 hex digits. */
  readonly prevHash: string;
  readonly hash: string;
}

/** A place in a chain: everything up to one event. */
export interface AuditPlace {
  /** 0: before the first event; its hash is `AUDIT_START`. */
  readonly seq: number;
  readonly hash: string;
}

/** POST /v1/audit/positions → 200 with `AuditHeld`. Places of the terminal's chain, dense at its end. */
export interface AuditQuestion {
  readonly known: readonly AuditPlace[];
}

/** How far the platform holds a terminal's chain, durably. */
export interface AuditHeld extends AuditPlace {
  readonly result: 'held';
  /** The events up to here lie in a backup that the platform has verified. Never above `seq`. */
  readonly archivedSeq: number;
}

/** POST /v1/audit/events → 201 with `AuditHeld`. */
export interface AuditBatch {
  /** One after the other, at least one. */
  readonly events: readonly AuditEvent[];
  /** The terminal has nothing that stands before these: there its chain was cut, or is broken. */
  readonly begins: boolean;
}

/** What an event's hash covers: the SHA-256 of this in UTF-8, as hex. */
export function auditEventText(event: Omit<AuditEvent, 'hash'>): string {
  const { seq, time, submissionId, receiptNumber, detail, prevHash } = event;
  const fields = [seq, time, event.event, submissionId, receiptNumber, detail, prevHash];
  return `bianmin-audit/1\n${JSON.stringify(fields)}`;
}

/** What the terminal signs (Ed25519) in a checkpoint: its place and, by the hash before it, all before it. */
export function auditCheckpointText(seq: number, prevHash: string): string {
  return `bianmin-audit-checkpoint/1\n${seq}\n${prevHash}`;
}

/** Key id and signature of a checkpoint; of anything else nothing that any key has. */
export function auditSignature(event: Pick<AuditEvent, 'detail'>): {
  readonly keyId: string;
  /** base64url */
  readonly signature: string;
} {
  const [keyId = '', signature = ''] = (event.detail ?? '').split('.');
  return { keyId, signature };
}

/**
 * Why an event cannot stand after a place.
 * @param hashOf SHA-256 of a text in UTF-8, as hex
 */
export function auditBreak(
  event: AuditEvent,
  after: AuditPlace,
  hashOf: (text: string) => string,
): 'gap' | 'link' | 'hash' | undefined {
  if (event.seq !== after.seq + 1) return 'gap';
  if (event.prevHash !== after.hash) return 'link';
  return hashOf(auditEventText(event)) === event.hash ? undefined : 'hash';
}
