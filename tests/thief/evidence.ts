import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  copyFileSync,
  existsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parseEnvelope } from '../../domain/envelope/header.ts';

/** What a thief knows of one item that was handed in. */
export interface StolenItem {
  readonly submissionId: string;
  readonly serviceId: string;
  readonly createdAt: string;
  /** Clear bytes that were sealed, body first, then the attachments in their order. */
  readonly clearSizes: readonly number[];
}

/** Something that happened at a moment. */
export interface StolenEvent {
  readonly kind: string;
  readonly at: number;
}

/** All that lies on a stolen disk, made readable as far as anybody without the platform's key can. */
export interface Evidence {
  readonly items: readonly StolenItem[];
  readonly events: readonly StolenEvent[];
  /** Milliseconds from the reading of a card to the storing of an item, by its submission id. */
  readonly durations: ReadonlyMap<string, number>;
  /** Everything that is not the payload of an age file: databases with free pages and logs, headers, keys. */
  readonly open: readonly Buffer[];
  /** Payloads of age files. */
  readonly sealed: readonly Buffer[];
  /** The seed of the terminal's key: it may lie on the disk too. */
  readonly terminalKey: Buffer;
}

const AGE_INTRO = 'age-encryption.org/v1\n';
const AGE_CHUNK = 65_536;
const AGE_TAG = 16;
const AGE_NONCE = 16;
const BODY_STEP = 4096;

/** Where the payload of an age file begins; undefined when it is none. */
function payloadStart(file: Buffer, from = 0): number | undefined {
  if (!file.subarray(from, from + AGE_INTRO.length).equals(Buffer.from(AGE_INTRO)))
    return undefined;
  const mac = file.indexOf('\n--- ', from);
  const end = mac < 0 ? -1 : file.indexOf('\n', mac + 1);
  return end < 0 ? undefined : end + 1;
}

/** Clear bytes behind a payload (https://age-encryption.org/v1: a nonce, then chunks of 64 KiB with tags). */
export function clearSize(payloadBytes: number): number {
  const rest = payloadBytes - AGE_NONCE;
  return rest - Math.max(1, Math.ceil(rest / (AGE_CHUNK + AGE_TAG))) * AGE_TAG;
}

/** Clear bytes of a body whose header is gone: its length is known to a few bytes, and to a step if it was padded. */
function nearStep(payloadBytes: number): number {
  const size = clearSize(payloadBytes);
  const step = Math.round(size / BODY_STEP) * BODY_STEP;
  return Math.abs(size - step) < 64 ? step : size;
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every row of every table of a database, as text; read from a copy. */
function rowsOf(file: string): ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]> {
  const folder = mkdtempSync(
    join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bianmin-thief-'),
  );
  try {
    const copy = join(folder, 'copy.db');
    for (const end of ['', '-wal']) {
      if (existsSync(file + end)) copyFileSync(file + end, copy + end);
    }
    const db = new DatabaseSync(copy);
    try {
      const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
      return new Map(
        tables.map(({ name }) => [
          String(name),
          db.prepare(`SELECT * FROM "${String(name)}"`).all(),
        ]),
      );
    } finally {
      db.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Texts that are base64url of something readable: signed bundles, envelope headers. */
function decodedParts(text: string): readonly Buffer[] {
  return (text.match(/[\w-]{40,}/g) ?? []).map((part) => Buffer.from(part, 'base64url'));
}

interface Rows {
  readonly item: readonly Readonly<Record<string, unknown>>[];
  readonly attachment: readonly Readonly<Record<string, unknown>>[];
  readonly audit: readonly Readonly<Record<string, unknown>>[];
}

function durationsOf(audit: Rows['audit']): ReadonlyMap<string, number> {
  const durations = new Map<string, number>();
  let read: number | undefined;
  for (const row of audit) {
    const at = Date.parse(String(row['time']));
    if (row['event'] === 'cardRead') read = at;
    const id = row['submission_id'];
    if (row['event'] !== 'itemStored' || typeof id !== 'string' || read === undefined) continue;
    durations.set(id, at - read);
    read = undefined;
  }
  return durations;
}

/** Takes a stolen data folder apart. The terminal's own key is kept apart from all that lies open. */
export function readEvidence(folder: string): Evidence {
  const open: Buffer[] = [];
  const sealed: Buffer[] = [];
  const events: StolenEvent[] = [];
  const bodySizes = new Map<string, number>();
  let terminalKey: Buffer = Buffer.alloc(0);
  let ageHeader = 0;
  /** Length of the header line, by how many attachments it names. */
  const headerLines = new Map<number, number>();
  for (const path of filesBelow(folder)) {
    const bytes = readFileSync(path);
    const name = relative(folder, path);
    if (name.startsWith('keys')) {
      terminalKey = bytes;
      continue;
    }
    events.push({ kind: 'file', at: Math.round(statSync(path).mtimeMs) });
    open.push(Buffer.from(name));
    const envelope = parseEnvelope(bytes, (utf8) => Buffer.from(utf8).toString('utf8'));
    const begin = envelope === undefined ? 0 : bytes.length - envelope.body.length;
    const start = payloadStart(bytes, begin);
    if (envelope !== undefined) open.push(Buffer.from(JSON.stringify(envelope.header)));
    if (start === undefined) {
      open.push(bytes);
      if (!name.endsWith('.db')) open.push(...decodedParts(bytes.toString('latin1')));
      continue;
    }
    open.push(bytes.subarray(0, start));
    sealed.push(bytes.subarray(start));
    ageHeader = start - begin;
    if (envelope === undefined) continue;
    headerLines.set(envelope.header.attachments.length, begin);
    bodySizes.set(envelope.header.id, clearSize(bytes.length - start));
  }
  const tables = rowsOf(join(folder, 'outbox', 'index.db'));
  const rows: Rows = {
    item: tables.get('item') ?? [],
    attachment: tables.get('attachment') ?? [],
    audit: tables.get('audit_event') ?? [],
  };
  open.push(
    Buffer.from(
      [...tables.values()]
        .flat()
        .map((row) => JSON.stringify(row))
        .join('\n'),
    ),
  );
  for (const row of rows.audit) {
    events.push({ kind: String(row['event']), at: Date.parse(String(row['time'])) });
  }
  const attached = Map.groupBy(rows.attachment, (row) => String(row['submission_id']));
  const items = rows.item.map((row): StolenItem => {
    const submissionId = String(row['submission_id']);
    const files = (attached.get(submissionId) ?? []).toSorted(
      (one, other) => Number(one['position']) - Number(other['position']),
    );
    const body =
      bodySizes.get(submissionId) ??
      nearStep(Number(row['envelope_size']) - (headerLines.get(files.length) ?? 0) - ageHeader);
    return {
      submissionId,
      serviceId: String(row['service_id']),
      createdAt: String(row['created_at']),
      clearSizes: [body, ...files.map((file) => clearSize(Number(file['size']) - ageHeader))],
    };
  });
  return { items, events, durations: durationsOf(rows.audit), open, sealed, terminalKey };
}
