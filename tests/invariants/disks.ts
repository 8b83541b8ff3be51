import { hash as digest } from 'node:crypto';
import { basename, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { OutboxState } from '../../domain/outbox/transition.ts';
import type { AuditRow } from '../../main/core/audit/contract.ts';
import { signerFromSeed } from '../../main/core/keys/ed25519.ts';
import { soundTogether } from './envelopes.ts';
import { type Files, realFiles } from './files.ts';

/** A sealed file that an item needs. */
export interface NamedFile {
  readonly sha256: string;
  readonly size: number;
}

/** An item as a terminal's index tells it. */
export interface TerminalItem {
  readonly submissionId: string;
  readonly receiptNumber: string;
  readonly kind: string;
  readonly state: OutboxState;
  readonly caseState: string | null;
  readonly envelope: NamedFile;
  readonly attachments: readonly NamedFile[];
  readonly ciphertextDeleted: boolean;
}

/** What lies on a terminal's disk. */
export interface TerminalDisk {
  readonly name: string;
  readonly folder: string;
  /**
   * `missing` and `broken`: the sealed files alone tell what is there; the next start rebuilds it. Nothing of rows and
   * audit can be asked then, so that a ground that is settled has no such terminal.
   */
  readonly index: 'sound' | 'missing' | 'broken';
  readonly items: readonly TerminalItem[];
  readonly audit: readonly AuditRow[];
  /** Raw Ed25519 keys by key id: this terminal's, when it lies in a file. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
  /** Whether a sealed file lies in the outbox, whole by its hash; an envelope may still lie in the index. */
  holds(sha256: string): boolean;
  /** The same, also among what is kept aside for a person. */
  keeps(sha256: string): boolean;
  /** The bytes of an envelope wherever it lies, also in the index or aside; `undefined`: nowhere. Not checked. */
  envelope(sha256: string): Uint8Array | undefined;
  /** Everything that lies there. */
  readonly files: Files;
}

/** An item as the platform has it. */
export interface PlatformItem {
  readonly submissionId: string;
  readonly receiptNumber: string;
  readonly kind: string;
  readonly place: string;
  readonly envelopeSha256: string;
  readonly attachments: readonly NamedFile[];
  /** The platform has opened it and looked at it; until then it knows of no problems. */
  readonly reviewed: boolean;
  readonly problems: readonly string[];
  /** Every state that the case ever had. */
  readonly states: readonly string[];
}

/** What lies on the platform's disk. */
export interface PlatformDisk {
  readonly folder: string;
  readonly items: ReadonlyMap<string, PlatformItem>;
  /** Submission ids under which other content came, too. */
  readonly conflicts: readonly string[];
  /** Ids of the items in the newest backup. */
  readonly archived: ReadonlySet<string>;
  /** Whether a sealed file lies in the store, or in the archive, whole by its hash. */
  holds(where: 'envelopes' | 'attachments', sha256: string): boolean;
  archives(where: 'envelopes' | 'attachments', sha256: string): boolean;
}

type Row = Readonly<Record<string, unknown>>;
const text = (row: Row, column: string): string => String(row[column]);
const textOrNull = (row: Row, column: string): string | null =>
  typeof row[column] === 'string' ? row[column] : null;

/** One row of a terminal's `item` table with its attachments. */
export function terminalItem(row: Row, attachments: readonly NamedFile[]): TerminalItem {
  return {
    submissionId: text(row, 'submission_id'),
    receiptNumber: text(row, 'receipt_number'),
    kind: text(row, 'kind'),
    state: text(row, 'state') as OutboxState,
    caseState: textOrNull(row, 'case_state'),
    envelope: { sha256: text(row, 'envelope_sha256'), size: Number(row['envelope_size']) },
    attachments,
    ciphertextDeleted: row['ciphertext_deleted'] !== 0,
  };
}

/** One row of a terminal's `audit_event` table. */
export function auditRow(row: Row): AuditRow {
  return {
    seq: Number(row['seq']),
    time: text(row, 'time'),
    event: text(row, 'event') as AuditRow['event'],
    submissionId: textOrNull(row, 'submission_id'),
    receiptNumber: textOrNull(row, 'receipt_number'),
    detail: textOrNull(row, 'detail'),
    prevHash: text(row, 'prev_hash'),
    hash: text(row, 'hash'),
  };
}

/** What an index tells, and the envelopes that it holds until they are filed, by their hashes. */
interface Index extends Pick<TerminalDisk, 'items' | 'audit'> {
  readonly unfiled: ReadonlyMap<string, Uint8Array>;
}
const NO_INDEX: Index = { items: [], audit: [], unfiled: new Map() };

function readUnfiled(database: DatabaseSync): Index['unfiled'] {
  const table = "SELECT 1 FROM sqlite_master WHERE name = 'unfiled_envelope'";
  if (!database.prepare(table).get()) return NO_INDEX.unfiled;
  const rows = database.prepare('SELECT bytes FROM unfiled_envelope').all();
  return new Map(
    rows.map(({ bytes }) => [digest('sha256', bytes as Uint8Array), bytes as Uint8Array]),
  );
}

function readIndex(database: DatabaseSync): Index {
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE name = 'item'").all();
  // a crash between making the file and its first migration
  if (tables.length === 0) return NO_INDEX;
  const attachments = Map.groupBy(
    database.prepare('SELECT * FROM attachment ORDER BY submission_id, position').all() as Row[],
    (row) => text(row, 'submission_id'),
  );
  const items = (database.prepare('SELECT * FROM item').all() as Row[]).map((row) =>
    terminalItem(
      row,
      (attachments.get(text(row, 'submission_id')) ?? []).map((each) => ({
        sha256: text(each, 'sha256'),
        size: Number(each['size']),
      })),
    ),
  );
  const audit = (database.prepare('SELECT * FROM audit_event ORDER BY seq').all() as Row[]).map(
    auditRow,
  );
  return { items, audit, unfiled: readUnfiled(database) };
}

/** Reads a terminal's data folder: `outbox/index.db`, `outbox/blobs`, `outbox/set-aside`, `keys`. */
export function readTerminal(
  folder: string,
  name = basename(folder),
  files: Files = realFiles,
): TerminalDisk {
  const indexFile = join(folder, 'outbox', 'index.db');
  const blobs = join(folder, 'outbox', 'blobs');
  const aside = join(folder, 'outbox', 'set-aside');
  const seed = join(folder, 'keys', 'terminal.ed25519');
  const signer = files.exists(seed) ? signerFromSeed(files.read(seed)) : undefined;
  let state: TerminalDisk['index'] = files.exists(indexFile) ? 'sound' : 'missing';
  let index = NO_INDEX;
  if (state === 'sound') {
    try {
      index = files.look(indexFile, readIndex);
    } catch {
      state = 'broken';
    }
  }
  const { items, audit, unfiled } = index;
  const holds = (sha256: string): boolean =>
    unfiled.has(sha256) || files.sound(`${blobs}/${sha256}`, sha256);
  return {
    name,
    folder,
    index: state,
    items,
    audit,
    keys: new Map(signer ? [[signer.keyId, signer.publicKey]] : []),
    holds,
    keeps: (sha256) => holds(sha256) || files.sound(`${aside}/${sha256}`, sha256),
    envelope(sha256) {
      const path = [blobs, aside]
        .map((room) => `${room}/${sha256}`)
        .find((file) => files.exists(file));
      return unfiled.get(sha256) ?? (path === undefined ? undefined : files.read(path));
    },
    files,
  };
}

function readItems(database: DatabaseSync): Pick<PlatformDisk, 'items' | 'conflicts'> {
  const all = (sql: string): readonly Row[] => database.prepare(sql).all();
  const by = (rows: readonly Row[]) => Map.groupBy(rows, (row) => text(row, 'submissionId'));
  const attachments = by(all('SELECT * FROM itemAttachments ORDER BY submissionId, position'));
  const events = by(all('SELECT submissionId, state FROM caseEvents ORDER BY cursor'));
  const items = all('SELECT * FROM items').map((row): PlatformItem => {
    const submissionId = text(row, 'submissionId');
    return {
      submissionId,
      receiptNumber: text(row, 'receiptNumber'),
      kind: text(row, 'kind'),
      place: text(row, 'place'),
      envelopeSha256: text(row, 'envelopeSha256'),
      attachments: (attachments.get(submissionId) ?? []).map((each) => ({
        sha256: text(each, 'sha256'),
        size: Number(each['size']),
      })),
      reviewed: row['reviewedAt'] !== null,
      problems: JSON.parse(text(row, 'problems')) as string[],
      states: (events.get(submissionId) ?? []).map((each) => text(each, 'state')),
    };
  });
  return {
    items: new Map(items.map((item) => [item.submissionId, item])),
    conflicts: all('SELECT DISTINCT submissionId FROM conflicts').map((row) =>
      text(row, 'submissionId'),
    ),
  };
}

/** Name of the newest backup in a platform's data folder; `undefined` when there is none. */
export function newestBackup(folder: string, files: Files = realFiles): string | undefined {
  const archive = join(folder, 'archive');
  if (!files.exists(archive)) return undefined;
  const newest = files.names(archive).findLast((name) => /^platform-\d+\.sqlite$/.test(name));
  return newest === undefined ? undefined : join(archive, newest);
}

/** Reads a platform's data folder: `platform.sqlite`, `envelopes.sqlite`, `envelopes`, `attachments`, `archive`. */
export function readPlatform(folder: string, files: Files = realFiles): PlatformDisk {
  const file = join(folder, 'platform.sqlite');
  const found = files.exists(file)
    ? files.look(file, readItems)
    : { items: new Map<string, PlatformItem>(), conflicts: [] };
  const backup = newestBackup(folder, files);
  const archived =
    backup === undefined
      ? []
      : files.look(backup, (database) =>
          (database.prepare('SELECT submissionId FROM items').all() as Row[]).map((row) =>
            text(row, 'submissionId'),
          ),
        );
  const at = (room: string, sha256: string): boolean =>
    files.sound(`${folder}/${room}/${sha256.slice(0, 2)}/${sha256}`, sha256);
  let together: ReadonlySet<string> | undefined;
  return {
    folder,
    ...found,
    archived: new Set(archived),
    holds: (where, sha256) =>
      at(where, sha256) ||
      (where === 'envelopes' && (together ??= soundTogether(folder, files)).has(sha256)),
    archives: (where, sha256) => at(`archive/${where}`, sha256),
  };
}
