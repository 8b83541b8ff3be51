import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../../domain/result.ts';
import { isWaiting, OUTBOX_STATES } from '../../../domain/outbox/transition.ts';
import type { AuditChain } from '../audit/chain.ts';
import type { Clock, TerminalSigner } from '../ports.ts';
import { replaceDurably, syncFolder, writeRenamed } from '../storage/durable-files.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { attachmentsOf, itemById, itemsIn, type ItemRow } from '../storage/item-rows.ts';
import { isDiskFull, isOfIndex } from '../storage/storage-error.ts';
import { unfiledBytes } from '../storage/unfiled-envelopes.ts';
import { sha256Hex, type BlobFolder } from './blob-folder.ts';

/** `manifest.json` of an export: what must be there. Nothing of a person, nothing derived from one. */
export interface ExportManifest {
  readonly format: 'bianmin-export/1';
  readonly terminalId: string;
  /** ISO 8601, by the terminal's clock. */
  readonly createdAt: string;
  readonly items: readonly {
    readonly submissionId: string;
    readonly receiptNumber: string;
    readonly envelopeSha256: string;
    readonly attachments: readonly { readonly sha256: string; readonly size: number }[];
  }[];
  /** Receipt numbers of items whose files are damaged or missing on the terminal. */
  readonly damaged: readonly string[];
}

/** What was written. */
export interface Exported {
  /** The new folder. */
  readonly folder: string;
  readonly items: number;
  readonly bytes: number;
  readonly damaged: readonly string[];
  /** The chain is signed to its end; else the terminal's disk took nothing, and the platform takes the chain for cut off. */
  readonly signed: boolean;
}

/**
 * Why nothing counts as exported. `copyDiffers`: what was read back is not what was written.
 * `indexUnreadable`: it is the terminal's own disk that fails, not the stick. A folder
 * without a manifest is left behind where writing had begun; nothing changed on the terminal.
 */
export type ExportProblem =
  | 'notEnrolled'
  | 'notAFolder'
  | 'nothingWaits'
  | 'noRoom'
  | 'cannotWrite'
  | 'copyDiffers'
  | 'indexUnreadable';

/** What exporting works on. */
export interface ExportParts {
  readonly db: IndexDb;
  readonly audit: AuditChain;
  readonly blobs: BlobFolder;
  readonly clock: Clock;
  readonly signer: TerminalSigner;
  readonly terminalId: string;
}

type Entry = ExportManifest['items'][number];

function entryOf(db: IndexDb, item: ItemRow): Entry {
  return {
    submissionId: item.submissionId,
    receiptNumber: item.receiptNumber,
    envelopeSha256: item.envelopeSha256,
    attachments: attachmentsOf(db, item.submissionId).map(({ sha256, size }) => ({ sha256, size })),
  };
}

const filesOf = (entry: Entry): readonly string[] => [
  ...entry.attachments.map(({ sha256 }) => sha256),
  entry.envelopeSha256,
];

/** The bytes of an item's files, when all are there and right. */
async function wholeFiles(
  { db, blobs }: Pick<ExportParts, 'db' | 'blobs'>,
  entry: Entry,
): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  const files = new Map<string, Uint8Array>();
  for (const name of filesOf(entry)) {
    const unfiled =
      name === entry.envelopeSha256 ? unfiledBytes(db, entry.submissionId) : undefined;
    const bytes = unfiled ?? (await blobs.read(name).catch(() => undefined));
    if (!bytes || (await sha256Hex(bytes)) !== name) return undefined;
    files.set(name, bytes);
  }
  return files;
}

/**
 * A disk of the terminal that takes nothing (full, failing, read-only) holds nothing back: the chain then goes
 * as it stands, not signed to its end.
 * @returns whether it is
 */
function noteExport({ audit, signer }: ExportParts, items: number): boolean {
  try {
    audit.record('itemsExported', { detail: String(items) });
    audit.checkpoint(signer);
    return true;
  } catch {
    // what is copied is what matters then: the platform tells that the chain does not end with this export
    return false;
  }
}

/** Names of no more than digits and letters: sticks are FAT. */
function folderName(terminalId: string, wall: number): string {
  const time = new Date(wall).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `bianmin-${terminalId}-${time}`;
}

/**
 * Copies every item that the platform has not acknowledged, sealed as it is, into a new folder below
 * `into` (a stick), for the day the network does not come back: `manifest.json`, `audit.jsonl` (the whole
 * chain, signed), `files/<sha256>`. The manifest is written last, once everything was read back (a machine
 * may answer that out of its memory; the platform checks every hash again), so a stick that was pulled out
 * too early has none. The items stay in the outbox and are still sent: the
 * platform takes the same item twice as once.
 */
export async function exportWaiting(
  parts: ExportParts,
  into: string,
): Promise<Result<Exported, ExportProblem>> {
  const { db, audit, clock } = parts;
  const there = await stat(into).catch(() => undefined);
  if (!there?.isDirectory()) return err('notAFolder');
  const wall = clock.wall();
  const folder = join(into, folderName(parts.terminalId, wall));
  const filesFolder = join(folder, 'files');
  const entries: Entry[] = [];
  const damaged: string[] = [];
  let bytes = 0;
  let signed: boolean;
  try {
    const items = OUTBOX_STATES.filter(isWaiting).flatMap((state) => itemsIn(db, state));
    if (items.length === 0) return err('nothingWaits');
    await mkdir(filesFolder, { recursive: true });
    for (const item of items) {
      const entry = entryOf(db, item);
      const files = await wholeFiles(parts, entry);
      if (!files) {
        // archived meanwhile, over the line: its files are rightly gone
        const gone = itemById(db, item.submissionId)?.ciphertextDeleted === true;
        if (!gone) damaged.push(item.receiptNumber);
        continue;
      }
      for (const [name, content] of files) {
        await writeRenamed(join(filesFolder, name), content);
        bytes += content.length;
      }
      entries.push(entry);
    }
    await syncFolder(filesFolder);
    for (const name of entries.flatMap(filesOf)) {
      const copy = new Uint8Array(await readFile(join(filesFolder, name)));
      if ((await sha256Hex(copy)) !== name) return err('copyDiffers');
    }
    signed = noteExport(parts, entries.length);
    const chain = audit.rows().map((row) => `${JSON.stringify(row)}\n`);
    await replaceDurably(join(folder, 'audit.jsonl'), Buffer.from(chain.join('')));
    const manifest: ExportManifest = {
      format: 'bianmin-export/1',
      terminalId: parts.terminalId,
      createdAt: new Date(wall).toISOString(),
      items: entries,
      damaged,
    };
    const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
    await replaceDurably(join(folder, 'manifest.json'), Buffer.from(text));
    await syncFolder(into);
  } catch (error) {
    if (isOfIndex(error)) return err('indexUnreadable');
    return err(isDiskFull(error) ? 'noRoom' : 'cannotWrite');
  }
  return ok({ folder, items: entries.length, bytes, damaged, signed });
}
