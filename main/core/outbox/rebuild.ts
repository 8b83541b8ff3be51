import { open } from 'node:fs/promises';
import { parseEnvelope, type EnvelopeHeader } from '../../../domain/envelope/header.ts';
import type { Audit } from '../audit/contract.ts';
import { keyIdOf, verifyEd25519 } from '../keys/ed25519.ts';
import type { TerminalSigner } from '../ports.ts';
import { PARTIAL_PREFIX } from '../storage/durable-files.ts';
import { endRebuild, type IndexDb } from '../storage/index-db.ts';
import {
  deletedFiles,
  insertItem,
  itemById,
  namedFiles,
  type NewItem,
} from '../storage/item-rows.ts';
import { isUnreadable } from '../storage/storage-error.ts';
import { sha256Hex, type BlobFolder, type SealedFolder } from './blob-folder.ts';
import { receiptCodes } from './receipt-qr.ts';
import { restoreSequenceFloor, markNumberUsed } from './receipt-sequence.ts';

const MAGIC = 'bianmin-envelope/1 ';

/** What the disk gives no more is as if it were damaged: one such file keeps no terminal from starting. */
function unlessUnreadable<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (isUnreadable(error)) return undefined;
    throw error;
  });
}

async function beginningOf(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return buffer.toString('latin1');
  } finally {
    await handle.close();
  }
}

/** Whether a file begins as an envelope does, whole or damaged, or cannot be read, so that nobody can tell. */
export async function mayBeEnvelope(path: string): Promise<boolean> {
  const beginning = await unlessUnreadable(beginningOf(path));
  return beginning === undefined || beginning === MAGIC;
}

/** A header that is signed by a known key. */
export interface SignedHeader {
  readonly header: EnvelopeHeader;
  /** Bytes of the file. */
  readonly size: number;
  /** The file is what its name says; else what lies behind the header is damaged, and only the header holds. */
  readonly whole: boolean;
}

/** The header of an envelope that can be read and is signed by a known key, whatever became of the rest. */
export async function readHeader(
  folder: SealedFolder,
  name: string,
  knownKeys: readonly Uint8Array[],
): Promise<SignedHeader | undefined> {
  if (!(await mayBeEnvelope(folder.pathOf(name)))) return undefined;
  const file = await unlessUnreadable(folder.read(name));
  if (file === undefined) return undefined;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parsed = parseEnvelope(file, (bytes) => decoder.decode(bytes));
  // eight digits of a hash can meet: every key that fits is tried
  const isKnown = knownKeys.some(
    (key) =>
      keyIdOf(key) === parsed?.header.terminalKeyId &&
      verifyEd25519(key, parsed.signedBytes, parsed.signature),
  );
  return parsed && isKnown
    ? { header: parsed.header, size: file.length, whole: (await sha256Hex(file)) === name }
    : undefined;
}

/**
 * Moves what no row names out of the way, for a person. What does not begin as an envelope goes first: while an
 * envelope lies there without a row, a start that finds the rest does not sweep it.
 * @returns what the disk does not let be moved: it stays where it is
 */
export async function setAsideUnnamed(
  blobs: BlobFolder,
  names: readonly string[],
): Promise<readonly string[]> {
  const envelopes: string[] = [];
  for (const name of names) if (await mayBeEnvelope(blobs.pathOf(name))) envelopes.push(name);
  const others = await blobs.setAside(names.filter((name) => !envelopes.includes(name)));
  return [...others, ...(await blobs.setAside(envelopes))];
}

/** Receipt numbers of what lies out of the way: an index that is lost once more does not know them either. */
async function numbersAside(
  blobs: BlobFolder,
  knownKeys: readonly Uint8Array[],
): Promise<readonly string[]> {
  const numbers: string[] = [];
  for (const name of await blobs.listAside()) {
    // whatever lies there keeps no terminal from starting
    const envelope = await readHeader(blobs.aside, name, knownKeys).catch(() => undefined);
    if (envelope) numbers.push(envelope.header.receiptNumber);
  }
  return numbers;
}

/** What rebuilding an index needs. */
export interface RebuildContext {
  readonly db: IndexDb;
  readonly audit: Audit;
  readonly blobs: BlobFolder;
  readonly outboxFolder: string;
  readonly signer: TerminalSigner;
  /** Raw public keys whose envelopes count: this terminal's, now and before. */
  readonly knownKeys: readonly Uint8Array[];
  readonly verifyBaseUrl: string;
  /** Why there was nothing to open, or not all of it; for the audit. */
  readonly reason: 'lost' | 'broken' | 'logDamaged';
}

/**
 * Fills a new index, or one that lost rows, from the signed headers of the sealed envelopes. Every item begins as `queued`: the
 * platform answers a replay with what it said before. Files that no readable envelope names are set
 * aside, not deleted: they may belong to one that is damaged or that the disk does not give back.
 * @returns how many items came back
 */
export async function rebuildIndex(context: RebuildContext): Promise<number> {
  const { db, audit, blobs } = context;
  // what a crash left of archived items is swept, not set aside
  const deleted = deletedFiles(db);
  const names = (await blobs.list()).filter((name) => !deleted.has(name));
  await restoreSequenceFloor(db, context.outboxFolder);
  const sealed = names.filter((name) => !name.startsWith(PARTIAL_PREFIX));
  const found: (SignedHeader & { readonly name: string })[] = [];
  for (const name of sealed) {
    const envelope = await readHeader(blobs, name, context.knownKeys);
    if (envelope) found.push({ name, ...envelope });
  }
  // of those, too, that no row will name: their receipts are in somebody's hand
  const used = await numbersAside(blobs, context.knownKeys);
  db.transaction(() => {
    for (const number of used) markNumberUsed(db, number);
    for (const { header } of found) markNumberUsed(db, header.receiptNumber);
  });
  if (sealed.length === 0 && context.reason === 'lost') {
    endRebuild(db);
    return 0;
  }
  // oldest first, so that of two with the same id (which cannot be) the first one counts
  found.sort((a, b) => a.header.createdAt.localeCompare(b.header.createdAt));
  const coming = new Map<string, (typeof found)[number]>();
  for (const each of found.filter(({ whole }) => whole)) {
    const { id } = each.header;
    if (!coming.has(id) && !itemById(db, id)) coming.set(id, each);
  }
  const named = new Set(namedFiles(db));
  for (const { name, header } of coming.values()) {
    named.add(name);
    for (const { sha256 } of header.attachments) named.add(sha256);
  }
  // before the note goes that rows are to come: a start that is cut off in between does all of this again, and sweeps nothing
  await setAsideUnnamed(
    blobs,
    sealed.filter((name) => !named.has(name)),
  );
  const codeOf = receiptCodes(() => context.verifyBaseUrl, context.signer);
  db.transaction(() => {
    for (const { name, header, size } of coming.values()) {
      const item: NewItem = {
        submissionId: header.id,
        receiptNumber: header.receiptNumber,
        kind: header.kind,
        serviceId: header.service.id,
        handleItemCode: header.service.handleItemCode,
        createdAt: header.createdAt,
        envelopeSha256: name,
        envelopeSize: size,
        qr: '',
      };
      insertItem(db, { ...item, qr: codeOf(item) }, header.attachments);
      audit.record('itemRecovered', {
        submissionId: header.id,
        receiptNumber: header.receiptNumber,
      });
    }
    audit.record('indexRebuilt', { detail: `${context.reason} ${coming.size}` });
    endRebuild(db);
  });
  return coming.size;
}
