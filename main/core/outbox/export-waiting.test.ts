import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OutboxEvent } from '../../../domain/outbox/transition.ts';
import { verifyChain, type AuditChain } from '../audit/chain.ts';
import type { AuditRow } from '../audit/contract.ts';
import { attachmentsOf, type ItemRow } from '../storage/item-rows.ts';
import { sha256Hex } from './blob-folder.ts';
import { makeDisk, NOON, type Disk } from './disk.test-helper.ts';
import { exportWaiting, type Exported, type ExportParts } from './export-waiting.ts';
import { moveItem } from './move-item.ts';

let disk: Disk;
let stick: string;
beforeEach(async () => {
  disk = await makeDisk();
  stick = join(disk.folder, 'stick');
  mkdirSync(stick);
});
afterEach(() => disk.close());

const run = (change: Partial<ExportParts> = {}, into = stick) => {
  const { db, audit, blobs, clock, signer } = disk;
  return exportWaiting({ db, audit, blobs, clock, signer, terminalId: 'T-1', ...change }, into);
};
const done = async (change?: Partial<ExportParts>): Promise<Exported> => {
  const result = await run(change);
  if (!result.ok) throw new Error(result.error);
  return result.value;
};
const manifestOf = ({ folder }: Pick<Exported, 'folder'>): unknown =>
  JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
const move = (item: ItemRow, ...events: OutboxEvent[]): void => {
  for (const event of events) moveItem(disk.db, disk.audit, item.submissionId, event);
};
const entryOf = (item: ItemRow) => ({
  submissionId: item.submissionId,
  receiptNumber: item.receiptNumber,
  envelopeSha256: item.envelopeSha256,
  attachments: attachmentsOf(disk.db, item.submissionId).map(({ sha256, size }) => ({
    sha256,
    size,
  })),
});
const FOLDER = 'bianmin-T-1-20261102T040000Z';

test('everything that waits is copied, with its files and the signed chain, and stays', async () => {
  const [queued, sending, retry, held, received] = [
    await disk.store([10, 20]),
    await disk.store([]),
    await disk.store([]),
    await disk.store([]),
    await disk.store([10]),
  ];
  move(sending, { type: 'attemptBegun' });
  move(retry, { type: 'attemptBegun' }, { type: 'attemptFailed' });
  move(held, { type: 'attemptBegun' }, { type: 'refused', code: 'conflict' });
  move(received, { type: 'attemptBegun' }, { type: 'received' });
  const exported = await done();
  expect(exported).toMatchObject({
    folder: join(stick, FOLDER),
    items: 4,
    damaged: [],
    signed: true,
  });
  const items = [queued, sending, retry, held].map(entryOf);
  expect(manifestOf(exported)).toEqual({
    format: 'bianmin-export/1',
    terminalId: 'T-1',
    createdAt: new Date(NOON).toISOString(),
    items,
    damaged: [],
  });
  expect(readFileSync(join(exported.folder, 'manifest.json'), 'utf8')).toMatch(
    /^\{\n {2}"format.*\n\}\n$/s,
  );
  const names = readdirSync(join(exported.folder, 'files'));
  expect(names.toSorted()).toEqual(
    items
      .flatMap((each) => [each.envelopeSha256, ...each.attachments.map(({ sha256 }) => sha256)])
      .toSorted(),
  );
  let bytes = 0;
  for (const name of names) {
    const copy = readFileSync(join(exported.folder, 'files', name));
    expect(await sha256Hex(copy)).toBe(name);
    bytes += copy.length;
  }
  expect(exported.bytes).toBe(bytes);
  const lines = readFileSync(join(exported.folder, 'audit.jsonl'), 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  const rows = lines.map((line) => JSON.parse(line) as AuditRow);
  expect(rows.slice(-2)).toMatchObject([
    { event: 'itemsExported', detail: '4' },
    { event: 'checkpoint' },
  ]);
  const keys = new Map([[disk.signer.keyId, disk.signer.publicKey]]);
  expect(verifyChain(rows, keys)).toMatchObject({ value: { signedThrough: rows.length } });
  expect(disk.row(queued)).toEqual(queued);
});

test('a place that is none, and a terminal with nothing to give, leave nothing behind', async () => {
  await disk.store([]);
  const file = join(disk.folder, 'a file');
  writeFileSync(file, '');
  expect(await run({}, file)).toEqual({ ok: false, error: 'notAFolder' });
  expect(await run({}, join(disk.folder, 'nowhere'))).toEqual({ ok: false, error: 'notAFolder' });
  disk.loseIndex();
  expect(await run()).toEqual({ ok: false, error: 'nothingWaits' });
  expect(readdirSync(stick)).toEqual([]);
  expect(disk.events()).toEqual([]);
});

test.each(['missing', 'damaged', 'without its attachment'])(
  'an item whose files are %s is named, and the others are copied',
  async (how) => {
    const bad = await disk.store([10]);
    const good = await disk.store([10]);
    const envelope = disk.blobs.pathOf(bad.envelopeSha256);
    if (how === 'missing') rmSync(envelope);
    if (how === 'damaged') writeFileSync(envelope, 'bianmin');
    if (how === 'without its attachment') {
      rmSync(disk.blobs.pathOf(attachmentsOf(disk.db, bad.submissionId)[0]!.sha256));
    }
    const exported = await done();
    expect(exported).toMatchObject({ items: 1, damaged: [bad.receiptNumber] });
    expect(manifestOf(exported)).toMatchObject({
      items: [{ submissionId: good.submissionId }],
      damaged: [bad.receiptNumber],
    });
    expect(readdirSync(join(exported.folder, 'files'))).toHaveLength(2);
  },
);

test('an envelope that is not filed yet is copied out of the index', async () => {
  const item = await disk.store([10], false);
  const exported = await done();
  expect(exported).toMatchObject({ items: 1, damaged: [] });
  const copy = readFileSync(join(exported.folder, 'files', item.envelopeSha256));
  expect(await sha256Hex(copy)).toBe(item.envelopeSha256);
});

test('an item that is archived over the line meanwhile is neither copied nor damaged', async () => {
  const gone = await disk.store([]);
  await disk.store([]);
  const read = (name: string): Promise<Uint8Array> => {
    if (name !== gone.envelopeSha256) return disk.blobs.read(name);
    disk.db.run(
      'UPDATE item SET ciphertext_deleted = 1 WHERE submission_id = ?',
      gone.submissionId,
    );
    return Promise.reject(new Error('gone'));
  };
  expect(await done({ blobs: { ...disk.blobs, read } })).toMatchObject({ items: 1, damaged: [] });
});

test('a second export on the same stick stands beside the first', async () => {
  await disk.store([]);
  const first = await done();
  disk.clock.go(1000);
  const second = await done();
  expect(readdirSync(stick).toSorted()).toEqual([FOLDER, 'bianmin-T-1-20261102T040001Z']);
  expect(existsSync(join(first.folder, 'manifest.json'))).toBe(true);
  expect(second.items).toBe(1);
});

/** An audit whose writing fails with this. */
const failing = (error: unknown): AuditChain => ({
  ...disk.audit,
  record: () => {
    throw error;
  },
});
const full = (): Error => Object.assign(new Error('full'), { code: 'ENOSPC' });

test.each([
  ['is full', full],
  ['gives errors', () => Object.assign(new Error('disk I/O error'), { errcode: 10 })],
  ['is read-only', () => Object.assign(new Error('readonly database'), { errcode: 8 })],
  ['fails otherwise', () => new Error('broken')],
])(
  'a disk of the terminal that %s holds nothing back: the chain goes as it stands',
  async (_, what) => {
    const item = await disk.store([10]);
    const exported = await done({ audit: failing(what()) });
    expect(exported).toMatchObject({ items: 1, damaged: [], signed: false });
    expect(manifestOf(exported)).toMatchObject({ items: [entryOf(item)], damaged: [] });
    const chain = readFileSync(join(exported.folder, 'audit.jsonl'), 'utf8');
    expect(chain.trim().split('\n')).toHaveLength(1);
  },
);

test.each([
  ['noRoom', full],
  ['cannotWrite', () => new Error('broken')],
])('%s: there is no manifest, so nothing counts', async (error, what) => {
  await disk.store([]);
  const rows = (): never => {
    throw what();
  };
  expect(await run({ audit: { ...disk.audit, rows } })).toEqual({ ok: false, error });
  expect(existsSync(join(stick, FOLDER, 'files'))).toBe(true);
  expect(existsSync(join(stick, FOLDER, 'manifest.json'))).toBe(false);
});

test('a stick that fails behind the files is told, also when the terminal cannot write it down', async () => {
  await disk.store([]);
  const rows = (): readonly AuditRow[] => {
    // nothing can be put in its place
    mkdirSync(join(stick, FOLDER, 'manifest.json'));
    return [];
  };
  const audit = { ...failing(new Error('broken')), rows };
  expect(await run({ audit })).toEqual({ ok: false, error: 'cannotWrite' });
});

test('a copy that reads otherwise than it was written does not count', async () => {
  const first = await disk.store([]);
  disk.clock.go(1);
  const second = await disk.store([]);
  const copy = join(stick, FOLDER, 'files', first.envelopeSha256);
  const read = (name: string): Promise<Uint8Array> => {
    // a stick that gives back what it likes: the first copy changes while the second item is taken
    if (name === second.envelopeSha256) writeFileSync(copy, 'otherwise');
    return disk.blobs.read(name);
  };
  expect(await run({ blobs: { ...disk.blobs, read } })).toEqual({
    ok: false,
    error: 'copyDiffers',
  });
  expect(existsSync(join(stick, FOLDER, 'manifest.json'))).toBe(false);
});

test('an index that cannot be read is the terminal’s fault and not the stick’s, whenever it shows', async () => {
  await disk.store([10]);
  const unreadable = (): never => {
    throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
  };
  const told = { ok: false, error: 'indexUnreadable' };
  const { db, audit, blobs } = disk;
  expect(await run({ db: { ...db, unlessWritten: unreadable } })).toEqual(told);
  expect(await run({ db: { ...db, all: unreadable } })).toEqual(told);
  expect(await run({ db: { ...db, get: unreadable } })).toEqual(told);
  expect(await run({ audit: { ...audit, rows: unreadable } })).toEqual(told);
  // a row that a bad disk changed
  db.run('UPDATE item SET kind = ?', 'nothing known');
  expect(await run({ blobs })).toEqual(told);
  expect(existsSync(join(stick, FOLDER, 'manifest.json'))).toBe(false);
});
