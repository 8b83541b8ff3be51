import type { Logger } from 'pino';
import type { Archive } from '../archive.ts';
import type { Bundles } from '../bundles.ts';
import type { CrashPoint } from '../crash-point.ts';
import type { PlatformKeys } from '../keys.ts';
import type { Opening } from '../opening.ts';
import type { PhoneTransfers } from '../phone/transfers.ts';
import type { Review } from '../review.ts';
import type { Envelopes } from '../storage/envelopes.ts';
import type { HashedFiles } from '../storage/files.ts';
import type { PlatformStorage } from '../storage/port.ts';
import type { Uploads } from '../storage/uploads.ts';
import type { Now } from '../time.ts';
import type { VerifySignature } from '../verify.ts';

/** Most that the platform takes. */
export interface Limits {
  /** Bytes of one attachment. */
  readonly attachmentBytes: number;
  /** Bytes of one envelope file. */
  readonly envelopeBytes: number;
  /** Requests a minute of one terminal, or of one address without a token. */
  readonly requestsPerMinute: number;
}

/** What is not said otherwise. */
export const DEFAULT_LIMITS: Limits = {
  attachmentBytes: 20 * 1024 * 1024,
  envelopeBytes: 1024 * 1024,
  requestsPerMinute: 3000,
};

/** Lifetime of an access token where nothing else is said: a quarter of an hour, in seconds. */
export const DEFAULT_TOKEN_SECONDS = 15 * 60;

/** How long audit events are kept where nothing else is said: three years, in days. */
export const DEFAULT_AUDIT_DAYS = 1095;

/** Everything the routes work with; put together in main.ts. */
export interface PlatformContext {
  readonly storage: PlatformStorage;
  readonly envelopes: Pick<Envelopes, 'read' | 'size' | 'put' | 'copyTo'>;
  readonly attachments: HashedFiles;
  readonly uploads: Uploads;
  readonly keys: PlatformKeys;
  readonly verify: VerifySignature;
  readonly bundles: Bundles;
  readonly opening: Opening;
  readonly review: Review;
  readonly archive: Archive;
  /** Photographs on their way from phones. */
  readonly phones: PhoneTransfers;
  readonly crash: CrashPoint;
  readonly limits: Limits;
  /** Lifetime of an access token, seconds. Whether its terminal was revoked is asked with each request. */
  readonly tokenSeconds: number;
  /** How long audit events of terminals are kept, from their arrival on: days in which the platform ran. */
  readonly auditDays: number;
  readonly adminToken: string;
  /** Proxies that are believed where a request comes from; of none, the nearest address counts. */
  readonly trustedProxies: readonly string[];
  readonly log: Logger;
  readonly now: Now;
  /** Milliseconds since some moment before it was put together: goes on evenly, however its clock is set. */
  readonly uptime: Now;
  /** Address that receipts' QR codes begin with, known once the server listens. */
  readonly publicUrl: () => string;
}
