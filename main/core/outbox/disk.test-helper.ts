import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { KeyBundle } from '../../../domain/wire/platform.ts';
import { createAuditChain, type AuditChain } from '../audit/chain.ts';
import type { EnrolmentRecord } from '../enrolment/contract.ts';
import { handClock } from '../hand-clock.test-helper.ts';
import { signerFromSeed } from '../keys/ed25519.ts';
import type { Clock, Network, Ports, Randomness, Seal, TerminalSigner } from '../ports.ts';
import { openIndex, type IndexDb } from '../storage/index-db.ts';
import { itemById, type ItemRow } from '../storage/item-rows.ts';
import { openBlobFolder, type BlobFolder } from './blob-folder.ts';
import type { Taking } from './contract.ts';
import { createFiling } from './filing.ts';
import { receiptCodes, type ReceiptCodes } from './receipt-qr.ts';
import { createRoom, type RoomLimits } from './room.ts';
import { submissionOf } from './submission.test-helper.ts';
import { submitOne, type SubmitContext } from './submit.ts';

/** A terminal's outbox on real files without anything around it: index, sealed files, a clock moved by hand. */
export interface Disk {
  readonly folder: string;
  readonly db: IndexDb;
  readonly audit: AuditChain;
  readonly blobs: BlobFolder;
  readonly signer: TerminalSigner;
  readonly enrolment: EnrolmentRecord;
  readonly codeOf: ReceiptCodes;
  readonly keys: KeyBundle;
  readonly clock: Clock & { go(ms: number): void; readonly waits: readonly number[] };
  readonly randomness: Randomness;
  readonly ports: Ports;
  /** Crash points that were passed. */
  readonly moments: string[];
  /** Ready to submit; everything that a test wants otherwise. */
  context(change?: Partial<SubmitContext>, ports?: Partial<Ports>): SubmitContext;
  /** Stores an item for real, and files its envelope unless a test wants it in the index still. */
  store(sizes?: readonly number[], filed?: boolean): Promise<ItemRow>;
  row(item: { readonly submissionId: string }): ItemRow;
  /** Names of the sealed files that lie there. */
  names(): readonly string[];
  /** What the audit says since the terminal began, `event` or `event detail`. */
  events(): readonly string[];
  /** Closes the index and goes on with an empty one. */
  loseIndex(): void;
  close(): void;
}

/** In memory where there is such a place: what is tested on it loses no power, and flushing takes most of the time. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** 2 November 2026, noon in China. */
export const NOON = Date.parse('2026-11-02T12:00:00+08:00');

/** Nothing is too much. */
export const NO_LIMITS: RoomLimits = {
  minFreeBytes: 0,
  maxWaitingItems: Number.POSITIVE_INFINITY,
  maxStoredBytes: Number.POSITIVE_INFINITY,
  maxWaitingDays: Number.POSITIVE_INFINITY,
  sessionBytes: 0,
};

const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);

/** What a full disk does. */
export const diskFull = (): never => {
  throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
};
/** What nobody foresaw. */
export const broken = (): never => {
  throw new Error('broken');
};

/** age itself, in this thread. */
const seal: Seal = {
  async seal(clear, recipients) {
    const encrypter = new Encrypter();
    for (const each of recipients) encrypter.addRecipient(each);
    return new Uint8Array(await encrypter.encrypt(new Uint8Array(clear)));
  },
  close: () => Promise.resolve(),
};

const noNetwork: Network = {
  request: () =>
    Promise.resolve({ ok: false, error: { kind: 'unreachable', detail: 'ECONNREFUSED' } }),
};

/** Makes one in a folder of its own. */
export async function makeDisk(): Promise<Disk> {
  const folder = mkdtempSync(join(PLACE, 'bianmin-outbox-'));
  const hand = handClock();
  const clock = {
    wall: () => NOON + hand.now(),
    now: () => hand.now(),
    after: (ms: number, then: () => void) => hand.after(ms, then),
    go: (ms: number) => hand.go(ms),
    get waits() {
      return hand.waits;
    },
  };
  let indexes = 0;
  const openNew = (): IndexDb => openIndex(join(folder, `index-${indexes++}.db`), NOON).db;
  let db = openNew();
  let audit = createAuditChain(db, clock);
  const blobs = await openBlobFolder(folder);
  const signer = signerFromSeed(new Uint8Array(32).fill(7));
  const randomness: Randomness = { bytes: (length) => new Uint8Array(randomBytes(length)) };
  const moments: string[] = [];
  const ports: Ports = {
    clock,
    randomness,
    network: noNetwork,
    processes: {
      start: () => {
        throw new Error('no processes here');
      },
    },
    seal,
    keyStore: { protection: 'rootOnlyFile', signer: () => Promise.resolve(signer) },
    roots: { data: folder, work: undefined },
    crashPoint: (moment) => void moments.push(moment),
  };
  const enrolment: EnrolmentRecord = {
    terminalId: 'T-1',
    region: '500199001',
    terminal: '001',
    generation: 1,
    lastReceiptNumber: null,
    bundleRoot: '',
    verifyBaseUrl: 'https://verify.example/',
  };
  const keys: KeyBundle = {
    recipients: [{ id: '0123456789abcdef', recipient, purpose: 'platform' }],
    terminals: [],
  };
  const codeOf = receiptCodes(() => enrolment.verifyBaseUrl, signer);
  const disk: Disk = {
    folder,
    get db() {
      return db;
    },
    get audit() {
      return audit;
    },
    blobs,
    signer,
    enrolment,
    codeOf,
    keys,
    clock,
    randomness,
    ports,
    moments,
    context: (change = {}, otherPorts = {}) => ({
      ports: { ...ports, ...otherPorts },
      db,
      audit,
      blobs,
      room: createRoom(db, folder, NO_LIMITS, () => clock.wall()),
      taking: (): Taking => 'yes',
      enrolment: () => enrolment,
      keys: () => keys,
      codeOf,
      file: () => createFiling({ db, blobs, clock, codeOf, crashPoint: ports.crashPoint }).file(),
      ...change,
    }),
    async store(sizes = [100], filed = true) {
      const id = Buffer.from(randomness.bytes(16)).toString('hex');
      const stored = await submitOne(disk.context(), submissionOf(id, sizes));
      if (!stored.ok) throw new Error(stored.error);
      if (filed) await disk.context().file();
      return disk.row(stored.value);
    },
    row({ submissionId }) {
      const row = itemById(db, submissionId);
      if (!row) throw new Error('no such item');
      return row;
    },
    names: () => readdirSync(blobs.path),
    events: () =>
      audit.rows().map(({ event, detail }) => (detail === null ? event : `${event} ${detail}`)),
    loseIndex() {
      db.close();
      db = openNew();
      audit = createAuditChain(db, clock);
    },
    close() {
      db.close();
      rmSync(folder, { recursive: true });
    },
  };
  return disk;
}
