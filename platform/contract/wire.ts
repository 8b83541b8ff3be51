import { z } from 'zod';
import { CASE_STATES, type CaseState } from '../../domain/application-state.ts';
import type * as Audit from '../../domain/wire/audit.ts';
import { AUDIT_BATCH } from '../../domain/wire/audit.ts';
import type * as Phone from '../../domain/wire/phone.ts';
import type * as Wire from '../../domain/wire/platform.ts';
import { shapeOf } from './shape-of.ts';

const CASE_STATE_NAMES = Object.keys(CASE_STATES) as [CaseState, ...CaseState[]];

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256, 64 lower-case hex digits');
const time = z.iso.datetime({ offset: true }).describe('ISO 8601 with zone');
const submissionId = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .describe('128 random bits, hex');
const rawKey = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .describe('Ed25519 public key: raw 32 bytes, base64url');
const cursor = z.int().min(0);
const bundleKind = z.enum(['catalogue', 'keys', 'policy']);

/** State of a case. */
export const caseState = shapeOf<CaseState>()(z.enum(CASE_STATE_NAMES));

/** Body of POST /v1/enrolments. */
export const enrolRequest = shapeOf<Wire.EnrolRequest>()(
  z.object({
    code: z.string().min(4).max(100).describe('One-time code'),
    publicKey: rawKey,
    softwareVersion: z.string().max(100),
  }),
);

/** Answer of POST /v1/enrolments. */
export const enrolResponse = shapeOf<Wire.EnrolResponse>()(
  z.object({
    terminalId: z.string(),
    region: z.string().regex(/^\d{9}$/),
    terminal: z.string().regex(/^\d{3}$/),
    generation: z.int().min(1).describe('Counts enrolments of this place'),
    lastReceiptNumber: z
      .string()
      .regex(/^\d{23}$/)
      .nullable()
      .describe(
        'Highest receipt number of today that the platform has seen of this place; when there is none, of any day',
      ),
    bundleRoot: rawKey.describe('Key that signs bundles and the time; to be pinned'),
    verifyBaseUrl: z.string().describe('`/r/<token>` is appended'),
    unlockKey: z
      .string()
      .regex(/^[A-Za-z0-9_-]{43}$/)
      .describe('Of this terminal alone, 32 bytes, base64url: see Unlocking a PIN. May be left out')
      .exactOptional(),
    serverTime: time,
  }),
);

/** Body of POST /v1/tokens. */
export const tokenRequest = shapeOf<Wire.TokenRequest>()(
  z.object({
    assertion: z
      .string()
      .max(4096)
      .describe(
        "Compact JWS, alg EdDSA, by the terminal's key: iss = sub = terminalId, aud = bianmin-platform, iat, exp (at most 5 minutes after iat), jti (used once)",
      ),
  }),
);

/** Answer of POST /v1/tokens. */
export const tokenResponse = shapeOf<Wire.TokenResponse>()(
  z.object({ accessToken: z.string(), expiresInSeconds: z.int().min(1), serverTime: time }),
);

/** Content of the bundle `keys`. */
export const keyBundle = shapeOf<Wire.KeyBundle>()(
  z.object({
    recipients: z
      .array(
        z.object({
          id: z
            .string()
            .regex(/^[0-9a-f]{16}$/)
            .describe("First 16 hex digits of the SHA-256 of the recipient's text"),
          recipient: z.string().startsWith('age1'),
          purpose: z.enum(['platform', 'recovery']),
        }),
      )
      .readonly(),
    terminals: z
      .array(
        z.object({
          terminalId: z.string(),
          keyId: z
            .string()
            .regex(/^[0-9a-f]{8}$/)
            .describe('First 8 hex digits of the SHA-256 of the raw public key'),
          publicKey: rawKey,
          place: z
            .string()
            .regex(/^\d{12}$/)
            .describe('region + terminal: how its receipt numbers begin'),
          revokedAt: time.exactOptional(),
        }),
      )
      .readonly(),
  }),
);

/** Payload of every bundle's JWS. */
export const bundle = shapeOf<Wire.Bundle<unknown>>()(
  z.object({
    kind: bundleKind,
    version: z.int().min(1).describe('Only grows'),
    issuedAt: time,
    content: z
      .unknown()
      .describe('`keys`: KeyBundle; `catalogue`: services and forms; `policy`: settings'),
  }),
);

/** Answer of PUT /v1/items/{submissionId}. */
export const itemReceived = shapeOf<Wire.ItemReceived>()(
  z.object({
    result: z.literal('received'),
    submissionId,
    envelopeSha256: sha256.describe('Hash of the whole envelope file as stored'),
    caseNumber: z.string(),
    cursor: cursor.describe("Archived when the feed's `archivedThrough` reaches it"),
    receivedAt: time,
  }),
);

/** Answer of PATCH /v1/attachments/{sha256}. */
export const attachmentProgress = shapeOf<Wire.AttachmentProgress>()(
  z.object({
    result: z.literal('stored'),
    sha256,
    offset: z.int().min(0),
    complete: z.boolean().describe('Only after the hash was checked and the file fsynced'),
  }),
);

/** One entry of the feed. */
export const feedEvent = shapeOf<Wire.FeedEvent>()(
  z.object({
    cursor,
    receiptNumber: z.string(),
    submissionId,
    state: caseState,
    caseNumber: z.string(),
    at: time,
  }),
);

/** Answer of GET /v1/feed. */
export const feed = shapeOf<Wire.Feed>()(
  z.object({
    events: z.array(feedEvent).readonly(),
    cursor: cursor.describe('Pass as `after` next time'),
    more: z.boolean(),
    archivedThrough: cursor.describe(
      'Items whose reception cursor is not above this lie in a backup that was read back and checked, but for those of which people have given lost files up: a PUT is answered with no such cursor as long as their files are not there. Ask with it before anything is let go of',
    ),
    lastCursor: cursor
      .exactOptional()
      .describe(
        'Highest cursor given out. Lower than one that a terminal was given: the platform came back from a backup, and the terminal asks for its items anew',
      ),
    incomplete: z
      .array(submissionId)
      .readonly()
      .exactOptional()
      .describe(
        'Items that were received and of which the platform has lost files since, not all at once. A terminal that still has one hands it over once more',
      ),
    serverTime: time,
  }),
);

const auditSeq = z.int().min(0);

/** One event of a terminal's audit chain. */
export const auditEvent = shapeOf<Audit.AuditEvent>()(
  z.object({
    seq: z.int().min(1).describe('Counts from 1, without a gap'),
    time: z.string().max(40).describe("By the terminal's clock; never trusted"),
    event: z
      .string()
      .regex(/^[a-zA-Z]{1,64}$/)
      .describe("Name of the terminal's catalogue; one that is not known is taken, too"),
    submissionId: z.string().max(64).nullable(),
    receiptNumber: z.string().max(64).nullable(),
    detail: z.string().max(1000).nullable().describe('Codes, versions, counts'),
    prevHash: sha256.describe('Hash of the event before; 64 zeros in the first'),
    hash: sha256.describe('See The audit chain'),
  }),
);

const auditPlace = z.object({
  seq: auditSeq.describe('0: before the first event'),
  hash: sha256,
});

/** Body of POST /v1/audit/positions. */
export const auditQuestion = shapeOf<Audit.AuditQuestion>()(
  z.object({
    known: z
      .array(auditPlace)
      .max(64)
      .readonly()
      .describe("Places of the terminal's own chain, dense at its end"),
  }),
);

/** Body of POST /v1/audit/events. */
export const auditBatch = shapeOf<Audit.AuditBatch>()(
  z.object({
    events: z.array(auditEvent).min(1).max(AUDIT_BATCH).readonly().describe('One after the other'),
    begins: z
      .boolean()
      .describe('The terminal has nothing before these: its chain was cut there, or is broken'),
  }),
);

/** How far the platform holds a terminal's chain. */
export const auditHeld = shapeOf<Audit.AuditHeld>()(
  z.object({
    result: z.literal('held'),
    seq: auditSeq.describe('Of the last event that is held of this chain; 0: none'),
    hash: sha256.describe('Its hash; 64 zeros when there is none'),
    archivedSeq: auditSeq.describe('Up to here the events lie in a backup that was checked'),
  }),
);

/** Body of POST /v1/heartbeats. */
export const heartbeat = shapeOf<Wire.Heartbeat>()(
  z.object({
    softwareVersion: z.string().max(100),
    waitingItems: z.int().min(0),
    oldestWaitingSeconds: z.number().min(0),
    devices: z.record(z.string().max(100), z.string().max(100)).readonly(),
    bundleVersions: z
      .object({
        catalogue: z.int().min(0).exactOptional(),
        keys: z.int().min(0).exactOptional(),
        policy: z.int().min(0).exactOptional(),
      })
      .readonly(),
    clock: time.describe("The terminal's own clock; never trusted"),
    helpSince: time.describe('Since when somebody there asks for help').exactOptional(),
    auditSeq: auditSeq.describe('Number of the newest event of its audit chain').exactOptional(),
  }),
);

/** Answer of POST /v1/heartbeats. */
export const heartbeatReceived = shapeOf<Wire.HeartbeatReceived>()(
  z.object({
    result: z.literal('noted'),
    serverTime: time,
    audit: auditHeld
      .describe('Where the platform stands in the chain that was last added to')
      .exactOptional(),
    bundles: z
      .object({
        catalogue: z.string().exactOptional(),
        keys: z.string().exactOptional(),
        policy: z.string().exactOptional(),
      })
      .readonly()
      .describe('ETag of each bundle in force: ask for those that are not yours')
      .exactOptional(),
  }),
);

/** Answer of GET /v1/receipts/{token}. */
export const receiptVerification = shapeOf<Wire.ReceiptVerification>()(
  z.object({
    signature: z.enum(['valid', 'invalid', 'unknownKey', 'revokedKey']),
    item: z
      .enum(['arrived', 'notYetArrived', 'differs', 'unknown'])
      .describe(
        '`notYetArrived`: the signature is right, the item has not come in yet, or its envelope was lost and is awaited again; whether the terminal can still send it the platform cannot know, so promise nothing. `differs`: another item came under this number, or files of this one were lost and given up',
      ),
    receiptNumber: z.string().nullable(),
    state: caseState.nullable(),
  }),
);

/** Answer of GET /v1/time. */
export const signedTime = shapeOf<Wire.SignedTime>()(
  z.object({ nonce: z.string(), serverTime: time }),
);

/** Answer of POST /v1/phone-transfers. */
export const phoneTransfer = shapeOf<Phone.PhoneTransfer>()(
  z.object({
    transferId: z
      .string()
      .regex(/^[A-Za-z0-9_-]{22}$/)
      .describe('128 random bits, base64url'),
    pageUrl: z.string().describe('`#` and the public key of the transfer are appended'),
    expiresAt: time,
  }),
);

/** Answer of GET /v1/phone-transfers/{transferId}. */
export const phoneTransferState = shapeOf<Phone.PhoneTransferState>()(
  z.object({
    state: z
      .enum(['waiting', 'claimed', 'finished'])
      .describe('No phone yet; one phone has it; that phone is done'),
    pages: z.int().min(0).describe('Sealed pages that lie ready, numbered from 1'),
  }),
);

/** Answer of POST /p/{transferId}/claim. */
export const phoneClaim = shapeOf<Phone.PhoneClaim>()(
  z.object({
    claim: z.string().describe('Goes as `x-bianmin-claim` with every page'),
    maxPages: z.int().min(1),
    maxPageBytes: z.int().min(1),
  }),
);

/** Codes of problems with the HTTP status of each and what a terminal should do. */
export const PROBLEMS = {
  unauthorised: { status: 401, advice: 'Get a new token, or enrol; never give an item up.' },
  revoked: { status: 401, advice: 'This terminal was revoked. Stop sending; call a technician.' },
  malformed: {
    status: 400,
    advice:
      'The request is not of this contract, or was cut short on the way. Hold the item when it is so again, minutes and an hour later.',
  },
  notFound: { status: 404, advice: 'Nothing here by that name.' },
  conflict: {
    status: 409,
    advice:
      'Same id, other content. Both are kept for a person. Hold the item. At an enrolment: the key stands at another place; call a technician.',
  },
  offsetMismatch: { status: 409, advice: 'Ask with HEAD where the platform stands, go on there.' },
  tooLarge: { status: 413, advice: 'Larger than the platform takes. Hold the item.' },
  hashMismatch: {
    status: 422,
    advice: 'Bytes and hash differ. The upload begins anew at 0; an item is sent again.',
  },
  attachmentsMissing: { status: 422, advice: 'Upload the attachments named in `detail` first.' },
  slowDown: { status: 429, advice: 'Wait as long as `Retry-After` says.' },
  internal: { status: 500, advice: "The platform's fault. Try again later with backoff." },
} as const satisfies Record<Wire.Problem['code'], { status: number; advice: string }>;

/** Every error body. */
export const problem = shapeOf<Wire.Problem>()(
  z.object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEMS) as [Wire.Problem['code'], ...Wire.Problem['code'][]]),
    detail: z.string().exactOptional(),
    reason: z
      .enum(['sealerUnknown', 'sealerRevoked'])
      .describe(
        'With `malformed`, of an item. `sealerUnknown`: no terminal that the platform knows signed it. `sealerRevoked`: one of another place did, and its key was revoked since: hold it for a person, who may bring it on a stick',
      )
      .exactOptional(),
  }),
);
