import type { CaseState } from '../application-state.ts';
import type { AuditHeld } from './audit.ts';

/**
 * What goes over the wire between a terminal and the platform. docs/platform-contract.md is made from
 * the platform's schemas of the same shapes. All times are ISO 8601 with zone.
 */

/** POST /v1/enrolments → 201. The code works once. */
export interface EnrolRequest {
  readonly code: string;
  /** Ed25519 public key, raw 32 bytes as base64url. Its SHA-256 prefix of 8 hex digits is the key id. */
  readonly publicKey: string;
  readonly softwareVersion: string;
}

/** What enrolment gives a terminal for life, or until it is enrolled again. */
export interface EnrolResponse {
  readonly terminalId: string;
  /** 9 digits */
  readonly region: string;
  /** 3 digits */
  readonly terminal: string;
  /** Counts enrolments of this place; a replaced terminal has a higher one. */
  readonly generation: number;
  /** The last receipt number the platform has seen of this place, or null. */
  readonly lastReceiptNumber: string | null;
  /** The bundle root: Ed25519 public key, raw 32 bytes as base64url. Pinned. */
  readonly bundleRoot: string;
  /** What QR codes begin with; `/r/<token>` is appended. */
  readonly verifyBaseUrl: string;
  /** Unlock key: 32 bytes as base64url, of this terminal alone; see `unlock.ts`. A platform may have none. */
  readonly unlockKey?: string;
  readonly serverTime: string;
}

/**
 * POST /v1/tokens → 201. The assertion is a compact JWS (EdDSA) by the terminal's key with claims
 * iss=sub=terminalId, aud='bianmin-platform', iat, exp (at most 5 minutes), jti.
 */
export interface TokenRequest {
  readonly assertion: string;
}

/** A short-lived bearer token. */
export interface TokenResponse {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly serverTime: string;
}

/** Kinds of bundle. `catalogue`: Catalogue. `keys`: KeyBundle. `policy`: the policy layer of a terminal's configuration, which the wire does not look into. */
export type BundleKind = 'catalogue' | 'keys' | 'policy';

/**
 * GET /v1/bundles/{kind} → 200 with a compact JWS (EdDSA by the bundle root, header typ
 * `bianmin-bundle+jws`, kind `<kind>`, version: number that only grows); 304 by ETag. The payload is
 * UTF-8 JSON of `Bundle`.
 */
export interface Bundle<T> {
  readonly kind: BundleKind;
  /** Only grows; a lower one than the terminal has is refused (rollback is a new, higher version). */
  readonly version: number;
  readonly issuedAt: string;
  readonly content: T;
}

/** Who envelopes are sealed to, and which terminals' signatures count. */
export interface KeyBundle {
  /** age recipients (`age1…`); id = first 16 hex digits of the SHA-256 of that text. */
  readonly recipients: readonly {
    readonly id: string;
    readonly recipient: string;
    readonly purpose: 'platform' | 'recovery';
  }[];
  /** Key directory: keys of every terminal, revoked ones marked. Verifies receipts offline. */
  readonly terminals: readonly {
    readonly terminalId: string;
    readonly keyId: string;
    readonly publicKey: string;
    /** region + terminal: the first 12 digits of its receipt numbers. */
    readonly place: string;
    readonly revokedAt?: string;
  }[];
}

/** PUT /v1/items/{submissionId}, body: the envelope file (application/vnd.bianmin.envelope) → 201, at a replay with the same content too. */
export interface ItemReceived {
  readonly result: 'received';
  readonly submissionId: string;
  /** SHA-256 of the whole envelope file as the platform stored it. */
  readonly envelopeSha256: string;
  readonly caseNumber: string;
  /** Reception cursor: archived when the feed's `archivedThrough` reaches it. */
  readonly cursor: number;
  readonly receivedAt: string;
}

/**
 * Attachments: HEAD /v1/attachments/{sha256} → 200 with `Upload-Offset` and `Upload-Length`, or 404.
 * PATCH with `Upload-Offset`, `Upload-Length`, body of bytes (application/offset+octet-stream) → 200
 * with this; 409 when the offset is not where the platform stands. `complete` only after the hash
 * was checked and the file fsynced; a wrong hash is 422 and the upload begins anew.
 */
export interface AttachmentProgress {
  readonly result: 'stored';
  readonly sha256: string;
  readonly offset: number;
  readonly complete: boolean;
}

/** One change of one of this terminal's items. */
export interface FeedEvent {
  /** Grows by at least 1. */
  readonly cursor: number;
  readonly receiptNumber: string;
  readonly submissionId: string;
  readonly state: CaseState;
  readonly caseNumber: string;
  readonly at: string;
}

/** GET /v1/feed?after=CURSOR&limit=N → 200. */
export interface Feed {
  readonly events: readonly FeedEvent[];
  /** Pass as `after` next time. */
  readonly cursor: number;
  readonly more: boolean;
  /**
   * Items whose reception cursor is not above this one lie in a backup that the platform has verified, but for those
   * of which people have given lost files up: these are told by the answer to handing them over once more.
   */
  readonly archivedThrough: number;
  /**
   * Highest cursor that the platform has given out. Lower than one that a terminal was given: the platform
   * came back from a backup and may have forgotten what it had received.
   */
  readonly lastCursor?: number;
  /**
   * Items of this place that were received and of which the platform has lost files since: a terminal that still has
   * one hands it over once more, wherever the watermark stands. Not all of them at once.
   */
  readonly incomplete?: readonly string[];
  readonly serverTime: string;
}

/** POST /v1/heartbeats → 202. States only, no personal data. */
export interface Heartbeat {
  readonly softwareVersion: string;
  readonly waitingItems: number;
  readonly oldestWaitingSeconds: number;
  readonly devices: Readonly<Record<string, string>>;
  readonly bundleVersions: Readonly<Partial<Record<BundleKind, number>>>;
  readonly clock: string;
  /** Since when somebody at the terminal asks for help; left out when nobody does. */
  readonly helpSince?: string;
  /** Number of the newest event of its audit chain; older terminals leave it out. */
  readonly auditSeq?: number;
}

/** 202 body of a heartbeat. */
export interface HeartbeatReceived {
  readonly result: 'noted';
  readonly serverTime: string;
  /**
   * Where the platform stands in this terminal's audit chain, the one that was last added to. Left out by a
   * platform that takes no audit.
   */
  readonly audit?: AuditHeld;
  /**
   * ETag of each bundle in force: a terminal asks for those that are not its own. Left out by a platform that
   * wants to be asked for each.
   */
  readonly bundles?: Readonly<Partial<Record<BundleKind, string>>>;
}

/** GET /v1/receipts/{token} → 200, also with a bad signature. */
export interface ReceiptVerification {
  readonly signature: 'valid' | 'invalid' | 'unknownKey' | 'revokedKey';
  /**
   * `notYetArrived`: the signature is right, the item has not come in yet, or its envelope was lost and is awaited
   * again. Whether the terminal can still send it (it may hold it for a person to decide) the platform cannot know.
   */
  readonly item: 'arrived' | 'notYetArrived' | 'differs' | 'unknown';
  readonly receiptNumber: string | null;
  readonly state: CaseState | null;
}

/** GET /v1/time → 200, answer signed: header `x-bianmin-signature` = Ed25519 by the bundle root over the body. */
export interface SignedTime {
  readonly nonce: string;
  readonly serverTime: string;
}

/** Every error of the platform: application/problem+json with these members. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly code:
    | 'unauthorised'
    | 'revoked'
    | 'malformed'
    | 'conflict'
    | 'offsetMismatch'
    | 'hashMismatch'
    | 'tooLarge'
    | 'slowDown'
    | 'notFound'
    | 'attachmentsMissing'
    | 'internal';
  readonly detail?: string;
  /** More than the code says, of an item: why nobody takes it from this terminal, whatever it sends. */
  readonly reason?: SealerReason;
}

/**
 * With `malformed`, which is all that an earlier terminal reads. `sealerUnknown`: no terminal that the platform knows
 * signed the item. `sealerRevoked`: one of another place did, whose key was revoked since; a stick may take it.
 */
export type SealerReason = 'sealerUnknown' | 'sealerRevoked';
