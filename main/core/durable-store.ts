import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fromBase64Url } from '../../domain/base64url.ts';
import { beginsRightly, createAuditChain, verifyChain, type AuditChain } from './audit/chain.ts';
import { openBundleStore, type BundleStore } from './bundles/bundle-store.ts';
import { ENROLMENT_FILE } from './enrolment/contract.ts';
import type { DurableSettings } from './durable-defaults.ts';
import { openBlobFolder, type BlobFolder } from './outbox/blob-folder.ts';
import { createClockBelief, type ClockBelief } from './outbox/clock-belief.ts';
import { rebuildIndex } from './outbox/rebuild.ts';
import { createRoom, type Room } from './outbox/room.ts';
import { endCutOffAttempts, sweepStrays } from './outbox/sweep.ts';
import type { Ports, TerminalSigner } from './ports.ts';
import { keyIdOf } from './keys/ed25519.ts';
import { lockData, mustHold } from './storage/data-lock.ts';
import { openIndex, type IndexDb, type OpenedIndex } from './storage/index-db.ts';
import { MIGRATIONS } from './storage/migrations.ts';
import { enrolResponse, readJson } from './sync/answers.ts';

/** Everything of the durable half that needs no network. */
export interface DurableStore {
  readonly db: IndexDb;
  readonly audit: AuditChain;
  readonly blobs: BlobFolder;
  readonly bundles: BundleStore;
  readonly belief: ClockBelief;
  readonly room: Room;
  readonly signer: TerminalSigner;
  readonly outboxFolder: string;
  /** What opening found, for the technician. */
  readonly rebuilt: string | undefined;
  readonly chainBroken: string | undefined;
  /** Files that could be an item's lie aside for a person. */
  readonly setAside: boolean;
  /** So many files that no row names the disk lets neither be moved nor deleted. */
  readonly stuck: number;
  /** The index was migrated, and there was no room for a copy of it as it was before. */
  readonly uncopied: boolean;
  /** Of the SQLite that works on the index: what Node was built with may be another one. */
  readonly sqliteVersion: string;
  /** Whether the data folder is still this core's; else nothing can be written any more. */
  isOurs(): boolean;
  close(): void;
}

// the tail of the chain is checked at every start, the whole by the auditor
const CHECKED_EVENTS = 2000;

/** @param hasDirectory without it nobody knows who else signed here before: that is left to a start that has one */
function checkChain(
  audit: AuditChain,
  knownKeys: readonly Uint8Array[],
  hasDirectory: boolean,
): string | undefined {
  const rows = audit.latest(CHECKED_EVENTS).toReversed();
  const [first] = rows;
  const checked = verifyChain(rows, Map.groupBy(knownKeys, keyIdOf), !hasDirectory);
  if (!checked.ok) return `event ${checked.error.seq}: ${checked.error.what}`;
  const all = first && rows.length < CHECKED_EVENTS;
  return all && !beginsRightly(rows, checked.value.signedThrough)
    ? `event ${first.seq}: gap`
    : undefined;
}

interface Kept {
  readonly bundleRoot: string | undefined;
  readonly verifyBaseUrl: string;
}

/** What opening needs of the enrolment before anything else is there. */
async function readEnrolment(dataFolder: string): Promise<Kept> {
  const shape = z.object({ answer: enrolResponse });
  const bytes = await readFile(join(dataFolder, ENROLMENT_FILE)).catch(() => undefined);
  const answer = bytes && readJson(bytes, shape)?.answer;
  return { bundleRoot: answer?.bundleRoot, verifyBaseUrl: answer?.verifyBaseUrl ?? '' };
}

async function recover(
  opened: OpenedIndex,
  audit: AuditChain,
  blobs: BlobFolder,
  keys: { readonly signer: TerminalSigner; readonly knownKeys: readonly Uint8Array[] },
  place: { readonly outboxFolder: string; readonly verifyBaseUrl: string },
): Promise<string | undefined> {
  const { fresh, brokenMovedTo, damagedLog } = opened;
  if (!fresh && damagedLog === undefined) return undefined;
  const whole = fresh ? 'lost' : 'logDamaged';
  const recovered = await rebuildIndex({
    db: opened.db,
    audit,
    blobs,
    ...keys,
    ...place,
    reason: brokenMovedTo === undefined ? whole : 'broken',
  });
  const old = brokenMovedTo ?? damagedLog;
  if (recovered === 0 && old === undefined) return undefined;
  const kept = old === undefined ? '' : `; old file: ${old}`;
  return `${recovered} items came back from the sealed files${kept}`;
}

/**
 * Opens what lies on the disk: lock, key, index, bundles, sealed files.
 * @throws StorageError, KeyStoreError
 */
export async function openDurableStore(
  ports: Ports,
  settings: DurableSettings,
): Promise<DurableStore> {
  const { clock, roots } = ports;
  const lock = lockData(roots.data);
  let db: IndexDb | undefined;
  try {
    const signer = await ports.keyStore.signer();
    const outboxFolder = join(roots.data, 'outbox');
    await mkdir(outboxFolder, { recursive: true, mode: 0o700 });
    const opened = openIndex(
      join(outboxFolder, 'index.db'),
      clock.wall(),
      MIGRATIONS,
      ports.logMerger,
      () => mustHold(lock),
    );
    db = opened.db;
    const audit = createAuditChain(db, clock, signer);
    const blobs = await openBlobFolder(outboxFolder);
    const bundles = await openBundleStore(
      roots.data,
      db,
      audit,
      () => clock.wall(),
      settings.environment,
    );
    const { bundleRoot, verifyBaseUrl } = await readEnrolment(roots.data);
    if (bundleRoot !== undefined) await bundles.load(bundleRoot);
    const place = { outboxFolder, verifyBaseUrl };
    const directory = bundles.current().keys?.content.terminals ?? [];
    const knownKeys = [
      signer.publicKey,
      ...directory.flatMap((each) => fromBase64Url(each.publicKey) ?? []),
    ];
    // a terminal that got a new key signed its earlier checkpoints with the old one
    const chainBroken = checkChain(audit, knownKeys, bundles.current().keys !== undefined);
    const rebuilt = await recover(opened, audit, blobs, { signer, knownKeys }, place);
    // not left to the first round: a start that is cut off before it would find its own chain unsigned
    audit.checkpointWhenDue(signer);
    endCutOffAttempts(db, audit);
    const { crashPoint } = ports;
    const { stuck } = await sweepStrays({ db, audit, blobs, crashPoint, knownKeys });
    const setAside = (await blobs.listAside()).length > 0;
    audit.record('coreStarted');
    const belief = createClockBelief(
      clock,
      db,
      () => [settings.buildDate],
      () => {
        const { catalogue, keys, policy } = bundles.current();
        return [catalogue?.issuedAt, keys?.issuedAt, policy?.issuedAt];
      },
    );
    const room = createRoom(db, outboxFolder, settings, () => clock.wall());
    room.look(0);
    const index = db;
    const version = index.get('SELECT sqlite_version() AS version')?.['version'];
    return {
      db,
      audit,
      blobs,
      bundles,
      belief,
      room,
      signer,
      outboxFolder,
      rebuilt,
      chainBroken,
      setAside,
      stuck,
      uncopied: opened.uncopied,
      sqliteVersion: settings.sqliteVersion ?? String(version),
      isOurs: () => lock.isHeld(),
      close() {
        index.close();
        lock.release();
      },
    };
  } catch (error) {
    db?.close();
    lock.release();
    throw error;
  }
}
