import { z } from 'zod';
import { CASE_STATES, type CaseState } from '../../../domain/application-state.ts';
import type { AuditHeld } from '../../../domain/wire/audit.ts';
import type * as Wire from '../../../domain/wire/platform.ts';

/** Shapes of the platform's answers: only what fits one of them was said by the platform. */

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const submissionId = z.string().regex(/^[0-9a-f]{32}$/);
const time = z.iso.datetime({ offset: true });
const cursor = z.int().nonnegative();
const rawKey = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const knownState = z.enum(Object.keys(CASE_STATES) as [CaseState, ...CaseState[]]);
/** `undefined`: a word of a later version, which keeps nothing else of the answer from counting. */
const caseState = z
  .string()
  .transform((word): CaseState | undefined => knownState.safeParse(word).data);

/** 201 of an enrolment. */
export const enrolResponse: z.ZodType<Wire.EnrolResponse> = z.object({
  terminalId: z.string().min(1).max(100),
  region: z.string().regex(/^\d{9}$/),
  terminal: z.string().regex(/^\d{3}$/),
  generation: z.int().positive(),
  lastReceiptNumber: z
    .string()
    .regex(/^\d{23}$/)
    .nullable(),
  bundleRoot: rawKey,
  verifyBaseUrl: z.url(),
  unlockKey: rawKey.exactOptional(),
  serverTime: time,
});

/** 201 of a token. */
export const tokenResponse: z.ZodType<Wire.TokenResponse> = z.object({
  accessToken: z.string().min(1).max(8192),
  expiresInSeconds: z.number().positive(),
  serverTime: time,
});

/** 201 of an item: the one answer that counts. */
export const itemReceived: z.ZodType<Wire.ItemReceived> = z.object({
  result: z.literal('received'),
  submissionId,
  envelopeSha256: sha256,
  caseNumber: z.string().min(1).max(100),
  cursor,
  receivedAt: time,
});

/** 200 of an attachment's PATCH. */
export const attachmentProgress: z.ZodType<Wire.AttachmentProgress> = z.object({
  result: z.literal('stored'),
  sha256,
  offset: cursor,
  complete: z.boolean(),
});

/** One without a state has one that this version does not know. */
type FeedEvent = Omit<Wire.FeedEvent, 'state'> & { readonly state: CaseState | undefined };
const feedEvent: z.ZodType<FeedEvent> = z.object({
  cursor,
  receiptNumber: z.string(),
  submissionId,
  state: caseState,
  caseNumber: z.string().max(100),
  at: time,
});

/** A page of the feed, with the events that can be read. */
export interface FeedPage extends Omit<Wire.Feed, 'events'> {
  readonly events: readonly FeedEvent[];
}

/** 200 of the feed. */
export const feed: z.ZodType<FeedPage> = z.object({
  // one that cannot be read would stop the feed at its page for ever, and with it the watermark
  events: z.array(z.unknown()).transform((events) =>
    events.flatMap((each) => {
      const read = feedEvent.safeParse(each);
      return read.success ? [read.data] : [];
    }),
  ),
  cursor,
  more: z.boolean(),
  archivedThrough: cursor,
  lastCursor: cursor.exactOptional(),
  incomplete: z.array(submissionId).exactOptional(),
  serverTime: time,
});

/** 200 of a question of audit, 201 of its events. */
export const auditHeld: z.ZodType<AuditHeld> = z.object({
  result: z.literal('held'),
  seq: cursor,
  hash: sha256,
  archivedSeq: cursor,
});

/** 202 of a heartbeat. */
export const heartbeatReceived: z.ZodType<Wire.HeartbeatReceived> = z.object({
  result: z.literal('noted'),
  serverTime: time,
  audit: auditHeld.exactOptional(),
  bundles: z
    .object({
      catalogue: z.string().exactOptional(),
      keys: z.string().exactOptional(),
      policy: z.string().exactOptional(),
    })
    .readonly()
    .exactOptional(),
});

/** 200 of a receipt's verification. */
export const receiptVerification: z.ZodType<Wire.ReceiptVerification> = z.object({
  signature: z.enum(['valid', 'invalid', 'unknownKey', 'revokedKey']),
  item: z.enum(['arrived', 'notYetArrived', 'differs', 'unknown']),
  receiptNumber: z.string().nullable(),
  state: caseState.nullable().transform((state) => state ?? null),
});

/** 200 of the signed time. */
export const signedTime: z.ZodType<Wire.SignedTime> = z.object({
  nonce: z.string(),
  serverTime: time,
});

const problemCodes = [
  'unauthorised',
  'revoked',
  'malformed',
  'conflict',
  'offsetMismatch',
  'hashMismatch',
  'tooLarge',
  'slowDown',
  'notFound',
  'attachmentsMissing',
  'internal',
] as const satisfies readonly Wire.Problem['code'][];

/** Any error of the platform. `detail` is for people and not kept. */
export const problem = z.object({
  type: z.literal('about:blank'),
  status: z.int(),
  code: z.enum(problemCodes),
  // what a newer platform says beyond that is no less its own word
  reason: z.enum(['sealerUnknown', 'sealerRevoked']).optional().catch(undefined),
});

/** Parses a body as JSON of a shape; `undefined` when it is anything else. */
export function readJson<T>(body: Uint8Array, shape: z.ZodType<T>): T | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const parsed = shape.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
