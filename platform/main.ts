import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import type { Catalogue } from '../domain/catalogue/catalogue.ts';
import { catalogueProblems } from '../domain/catalogue/check-catalogue.ts';
import type { DataLock } from '../domain/data-lock.ts';
import { hasWalResetBug } from '../domain/sqlite-version.ts';
import { LEAST_AUDIT_DAYS } from '../domain/wire/audit.ts';
import { createArchive } from './archive.ts';
import { createBundles } from './bundles.ts';
import { hashPassword, isPassword } from './console/passwords.ts';
import { createCrashPoint } from './crash-point.ts';
import { beginCursors } from './cursors.ts';
import { lockPlatform, mustHold } from './data-lock.ts';
import { openKeys, type PlatformKeys, secretFile } from './keys.ts';
import { PhoneTransfers } from './phone/transfers.ts';
import { createOpening } from './opening.ts';
import { checkKeys, noteKeys } from './published-keys.ts';
import { createReview } from './review.ts';
import { revokeByKey } from './revoked-keys.ts';
import {
  DEFAULT_AUDIT_DAYS,
  DEFAULT_LIMITS,
  DEFAULT_TOKEN_SECONDS,
  type Limits,
  type PlatformContext,
} from './server/context.ts';
import { createServer } from './server/server.ts';
import { DEFAULT_TOGETHER_BYTES, openEnvelopes } from './storage/envelopes.ts';
import { openHashedFiles, sha256Hex } from './storage/files.ts';
import type { ConsoleRole, PlatformStorage } from './storage/port.ts';
import type { BackupChecker } from './storage/sqlite/check-backup.ts';
import { versionOfSqlite } from './storage/sqlite/node-sqlite.ts';
import { openSqliteStorage } from './storage/sqlite/sqlite-storage.ts';
import { openUploads } from './storage/uploads.ts';
import type { Now } from './time.ts';
import { type VerifySignature, verifyOnThreads } from './verify.ts';

/** Name of the file with the token for /v1/admin. */
const ADMIN_TOKEN = 'admin-token';

/** How to start a platform. */
export interface PlatformOptions {
  /** Folder for everything it keeps; made when it is not there. */
  readonly dataDir: string;
  /** 0 or nothing: any free port. */
  readonly port?: number;
  /** Address to listen at; default 127.0.0.1. */
  readonly host?: string;
  /**
   * Addresses and ranges (10.0.0.0/8) of proxies whose word is taken for where a request comes from
   * (`X-Forwarded-For`, which they must set or append to); default none.
   */
  readonly trustedProxies?: readonly string[];
  /** What people reach the platform by, when that is another address than the one it listens at. */
  readonly publicUrl?: string;
  /** `production` refuses crash points and reusable enrolment codes. */
  readonly environment?: 'production' | 'demo';
  readonly catalogue: Catalogue;
  /** Content of the policy bundle; left out: none is published. */
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly enrolmentCodes?: readonly {
    readonly code: string;
    readonly region: string;
    readonly terminal: string;
    readonly reusable?: boolean;
  }[];
  readonly users?: readonly {
    readonly name: string;
    readonly role: ConsoleRole;
    readonly password: string;
  }[];
  /** A pass of the archive each so many milliseconds; 0: only on demand. Default 5000. */
  readonly archiveEveryMs?: number;
  readonly limits?: Partial<Limits>;
  /** The largest envelope that lies with others in one database, bytes; larger ones are files. Default 262144. */
  readonly togetherBytes?: number;
  /** What came is opened and checked once nothing has come for so long; default 50, 0: at once. */
  readonly reviewLullMs?: number;
  /** How long a platform that still runs on the folder may take to go, milliseconds; default 5000. */
  readonly lockWaitMs?: number;
  /** How long audit events are kept, days in which it runs; default 1095, never below 180. */
  readonly auditDays?: number;
  /** Lifetime of an access token, seconds; default 900. */
  readonly tokenSeconds?: number;
  /** `moment` or `moment:n`: where this process kills itself; for tests. */
  readonly crashAt?: string;
  /** Keys that are lost for good are made anew, and published at once; else they are not. */
  readonly newKeys?: boolean;
  readonly log?: Logger;
  readonly now?: Now;
  /** Milliseconds that setting the clock does not move; default `performance.now`. */
  readonly uptime?: Now;
  /** Default: on other threads. */
  readonly verify?: VerifySignature;
  /** How backups are read back; default: on a thread of their own. */
  readonly backups?: BackupChecker;
  /** In the place of what SQLite says of itself; for tests. */
  readonly sqliteVersion?: string;
}

/** A platform that serves. */
export interface RunningPlatform {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Holds the token for /v1/admin. */
  readonly adminTokenFile: string;
  /** Opens envelopes: an identity file of the age program. */
  readonly ageIdentityFile: string;
  /** Resolves when everything that came in has been reviewed. */
  reviewed(): Promise<void>;
  /** Takes no more, ends what runs, closes the database. */
  close(): Promise<void>;
}

/** What was asked for cannot be done; the message says why. */
export class PlatformOptionsError extends Error {}

async function putUsers(storage: PlatformStorage, users: PlatformOptions['users'] = []) {
  for (const { name, role, password } of users) {
    const before = await storage.users.find(name);
    if (before?.role === role && (await isPassword(password, before.passwordHash))) continue;
    await storage.users.put({ name, role, passwordHash: await hashPassword(password) });
  }
}

async function putCodes(storage: PlatformStorage, options: PlatformOptions): Promise<void> {
  for (const { code, region, terminal, reusable = false } of options.enrolmentCodes ?? []) {
    if (!/^\d{9}$/.test(region) || !/^\d{3}$/.test(terminal)) {
      throw new PlatformOptionsError(
        'an enrolment code needs a region of 9 and a terminal of 3 digits',
      );
    }
    if (reusable && options.environment === 'production') {
      throw new PlatformOptionsError('reusable enrolment codes are refused in production');
    }
    await storage.terminals.addCode({ sha256: sha256Hex(code), region, terminal, reusable });
  }
}

function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  // all of the world is no proxy
  return /^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** A platform that is put together and does not listen. */
export interface AssembledPlatform {
  readonly app: FastifyInstance;
  readonly context: PlatformContext;
  readonly adminTokenFile: string;
  /** Ends what runs and closes the database. */
  close(): Promise<void>;
}

/**
 * Puts a platform together: opens its keys, files and database, and makes its server, which does not listen
 * yet. A simulation hands it requests as they are.
 *
 * @param publicUrl - address that receipts' QR codes begin with, once it is known
 * @throws PlatformOptionsError when the catalogue, a code, a crash point, a proxy or `auditDays` is refused
 * @throws StorageError when a newer program has written the database, or another platform runs on the folder
 * @throws KeysRefused when the folder of keys is not the one with which it published
 */
export async function assemblePlatform(
  options: PlatformOptions,
  publicUrl: () => string,
): Promise<AssembledPlatform> {
  const { dataDir, environment = 'demo', catalogue } = options;
  const wrong = catalogueProblems(catalogue);
  if (wrong.length > 0) {
    const places = wrong.slice(0, 5).map(({ code, path }) => `${code} at ${path}`);
    throw new PlatformOptionsError(`the catalogue cannot be published: ${places.join('; ')}`);
  }
  const { auditDays = DEFAULT_AUDIT_DAYS } = options;
  if (!(auditDays >= LEAST_AUDIT_DAYS)) {
    throw new PlatformOptionsError(`audit events are kept for ${LEAST_AUDIT_DAYS} days at least`);
  }
  const { trustedProxies = [] } = options;
  const wrongProxy = trustedProxies.find((proxy) => !isAddressOrRange(proxy));
  if (wrongProxy !== undefined) {
    throw new PlatformOptionsError(
      `trustedProxies: "${wrongProxy}" is neither an address nor a range of addresses`,
    );
  }
  const crash = createCrashPoint(options.crashAt, environment);
  const now = options.now ?? Date.now;
  const log = options.log ?? pino({ level: 'silent' });
  const { sqliteVersion = versionOfSqlite() } = options;
  if (hasWalResetBug(sqliteVersion)) {
    log.error({ sqliteVersion }, 'this SQLite has the WAL-reset bug: bring a Node with 3.51.3');
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockPlatform(dataDir, options.lockWaitMs);
  try {
    return await assembleLocked(options, publicUrl, lock, { crash, now, log });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Puts it together on a folder that is this process's own, and gives that back when it closes. */
async function assembleLocked(
  options: PlatformOptions,
  publicUrl: () => string,
  lock: DataLock,
  { crash, now, log }: Pick<PlatformContext, 'crash' | 'now' | 'log'>,
): Promise<AssembledPlatform> {
  const { dataDir, catalogue, policy } = options;
  const { auditDays = DEFAULT_AUDIT_DAYS, trustedProxies = [] } = options;
  const envelopeFiles = await openHashedFiles(join(dataDir, 'envelopes'));
  const attachments = await openHashedFiles(join(dataDir, 'attachments'));
  const uptime = options.uptime ?? (() => performance.now());
  const uploads = await openUploads(join(dataDir, 'uploads'), attachments, crash, log, uptime);
  const random = (): string => `${randomBytes(32).toString('base64url')}\n`;
  const token = (await secretFile(dataDir, ADMIN_TOKEN, random)).trim();
  const adminTokenFile = join(dataDir, ADMIN_TOKEN);
  const envelopes = openEnvelopes({
    database: join(dataDir, 'envelopes.sqlite'),
    files: envelopeFiles,
    togetherBytes: options.togetherBytes ?? DEFAULT_TOGETHER_BYTES,
  });
  let storage: PlatformStorage;
  try {
    storage = openSqliteStorage(join(dataDir, 'platform.sqlite'), options.backups);
  } catch (error) {
    envelopes.close();
    throw error;
  }
  let keys: PlatformKeys;
  try {
    const keysFolder = join(dataDir, 'keys');
    await checkKeys(keysFolder, storage, options.newKeys === true);
    keys = await openKeys(keysFolder);
    await noteKeys(keysFolder, storage);
    await beginCursors(storage.items, now(), log);
    await putUsers(storage, options.users);
    await putCodes(storage, options);
    await revokeByKey(storage, now, log);
  } catch (error) {
    await storage.close();
    envelopes.close();
    throw error;
  }
  const bundles = createBundles({
    store: storage.bundles,
    terminals: storage.terminals,
    keys,
    contents: { catalogue, policy },
    now,
    isOurs: () => lock.isHeld(),
  });
  const opening = createOpening(keys, envelopes, attachments);
  const review = createReview({
    ...{ items: storage.items, opening, bundles, now, log },
    lullMs: options.reviewLullMs ?? 50,
  });
  const archive = createArchive({
    storage,
    envelopes,
    attachments,
    folder: join(dataDir, 'archive'),
    everyMs: options.archiveEveryMs ?? 5000,
    log,
    now,
    mustHold: () => mustHold(lock),
  });
  const context: PlatformContext = {
    ...{ storage, envelopes, attachments, uploads, keys, bundles, opening, review, archive, crash },
    phones: new PhoneTransfers(now),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    tokenSeconds: options.tokenSeconds ?? DEFAULT_TOKEN_SECONDS,
    auditDays,
    trustedProxies,
    verify: options.verify ?? verifyOnThreads,
    adminToken: token,
    log,
    now,
    uptime,
    publicUrl,
  };
  const app = await createServer(context);
  return {
    app,
    context,
    adminTokenFile,
    async close() {
      try {
        await app.close();
        await review.close();
        await archive.close();
        await storage.close();
        envelopes.close();
      } finally {
        lock.release();
      }
    },
  };
}

/**
 * Starts a platform.
 *
 * @throws PlatformOptionsError when the catalogue, a code, a crash point, a proxy or `auditDays` is refused
 * @throws StorageError when a newer program has written the database, or another platform runs on the folder
 * @throws KeysRefused when the folder of keys is not the one with which it published
 */
export async function startPlatform(options: PlatformOptions): Promise<RunningPlatform> {
  let url = '';
  const assembled = await assemblePlatform(options, () => options.publicUrl ?? url);
  const { app, context, adminTokenFile } = assembled;
  try {
    // what the next start compares with
    if (options.newKeys === true) await context.bundles.etags();
    url = await app.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' });
  } catch (error) {
    await assembled.close();
    throw error;
  }
  context.review.poke();
  return {
    url,
    adminTokenFile,
    ageIdentityFile: context.keys.ageIdentityFile,
    reviewed: () => context.review.idle(),
    close: () => assembled.close(),
  };
}
