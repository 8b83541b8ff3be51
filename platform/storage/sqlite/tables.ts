import type { Generated, Transaction } from 'kysely';
import type { GroupCommit } from './group-commit.ts';

/** Group commit of these tables. */
export type KyselyCommit = GroupCommit<Transaction<Tables>>;

/** Tables of migrations.ts as kysely reads them. Booleans are 0 and 1, lists are JSON. */
export interface Tables {
  meta: { key: string; value: string };
  enrolmentCodes: {
    sha256: string;
    region: string;
    terminal: string;
    reusable: number;
    spentBy: string | null;
  };
  terminals: {
    terminalId: string;
    region: string;
    terminal: string;
    generation: number;
    publicKey: string;
    keyId: string;
    codeSha256: string;
    softwareVersion: string;
    enrolledAt: string;
    revokedAt: string | null;
  };
  assertions: { terminalId: string; jti: string; expiresAt: number };
  heartbeats: { terminalId: string; at: string; body: string };
  bundles: {
    kind: string;
    version: number;
    issuedAt: string;
    contentSha256: string;
    contentJson: string;
    jws: string;
  };
  caseEvents: {
    cursor: Generated<number>;
    submissionId: string;
    place: string;
    receiptNumber: string;
    caseNumber: string;
    state: string;
    at: string;
    action: string | null;
    actor: string | null;
    reasons: string;
  };
  items: {
    submissionId: string;
    kind: string;
    receiptNumber: string;
    serviceId: string;
    handleItemCode: string;
    terminalId: string;
    place: string;
    envelopeSha256: string;
    createdAt: string;
    receivedAt: string;
    caseNumber: string;
    cursor: number;
    answer: string;
    state: string;
    reviewedAt: string | null;
    problems: string;
  };
  itemAttachments: { submissionId: string; position: number; sha256: string; size: number };
  conflicts: {
    submissionId: string;
    envelopeSha256: string;
    terminalId: string;
    at: string;
    afterCursor: number;
  };
  givenUp: { submissionId: string; sha256: string; cause: string; actor: string; at: string };
  broughtBy: { place: string; submissionId: string };
  feedReaders: { terminalId: string; cursor: number };
  caseSequences: { prefix: string; last: number };
  users: {
    name: string;
    role: string;
    passwordHash: string;
    failures: Generated<number>;
    lockedUntil: Generated<number>;
  };
  accessLog: {
    sequence: Generated<number>;
    at: string;
    actor: string;
    role: string;
    action: string;
    subject: string;
    previous: string;
    hash: string;
  };
  auditChains: {
    chain: Generated<number>;
    terminalId: string;
    origin: string;
    firstSeq: number;
    lastSeq: number;
    lastHash: string;
    lastTime: string;
    signedThrough: number;
    badCheckpoint: number | null;
    begunAt: string;
    receivedAt: string;
    lastArrival: number;
    foundCause: string | null;
    foundBy: string | null;
    foundAt: string | null;
  };
  auditEvents: {
    arrival: Generated<number>;
    chain: number;
    terminalId: string;
    seq: number;
    time: string;
    event: string;
    submissionId: string | null;
    receiptNumber: string | null;
    detail: string | null;
    prevHash: string;
    hash: string;
    receivedAt: string;
  };
  auditMarks: { ranMs: number; arrival: number };
}
