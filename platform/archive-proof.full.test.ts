import { open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../tests/platform-kit/platform.ts';
import { type Archive, createArchive } from './archive.ts';
import { copiesIn } from './archive-disk.ts';
import { type HashedFiles, openHashedFiles, sha256Hex } from './storage/files.ts';
import type { PlatformStorage } from './storage/port.ts';
import { openSqliteStorage } from './storage/sqlite/sqlite-storage.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let storage: PlatformStorage;
let files: HashedFiles;
let logged: string[];
/** Copies that were read. */
let read: string[];
let count = 0;

const place = (name: string): string => join(folder.path, name);
/** As after a start. */
const begin = (known: Partial<PlatformStorage> = {}): Archive => {
  const checkBackup: PlatformStorage['checkBackup'] = (file) => {
    read.push(file);
    return storage.checkBackup(file);
  };
  return createArchive({
    storage: { ...storage, checkBackup, ...known },
    ...{ envelopes: files, attachments: files, folder: place('archive'), everyMs: 0 },
    log: pino({}, { write: (line: string) => logged.push(line) }),
  });
};

async function receive(): Promise<void> {
  count += 1;
  const [envelope, paper] = [`envelope ${count}`, `paper ${count}`].map((text) =>
    Buffer.from(text),
  ) as [Buffer, Buffer];
  for (const bytes of [envelope, paper]) await files.put(sha256Hex(bytes), bytes);
  await storage.items.receive(
    {
      ...{ submissionId: String(count).padStart(32, '0'), kind: 'application', serviceId: 's' },
      ...{ receiptNumber: `5001991001212612010${String(count).padStart(4, '0')}` },
      ...{ terminalId: 't1', place: '500199100121', envelopeSha256: sha256Hex(envelope) },
      ...{ handleItemCode: 'x', createdAt: '2026-12-01T00:00:00.000Z' },
      receivedAt: '2026-12-01T00:00:00.000Z',
      attachments: [{ sha256: sha256Hex(paper), size: paper.length }],
    },
    '2026-12-01',
  );
}
const theCopy = async (): Promise<string> =>
  join(place('archive'), (await copiesIn(place('archive'))).at(-1) ?? '');
const papers = async (): Promise<number> =>
  (await readdir(place('archive/attachments'), { recursive: true })).filter(
    (name) => name.length > 60,
  ).length;
/** Other bytes in the middle, as many as before. */
async function spoil(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  const { size } = await handle.stat();
  await handle.write(Buffer.alloc(64, 0xa5), 0, 64, Math.floor(size / 2));
  await handle.close();
}

beforeEach(async () => {
  folder = await temporaryFolder();
  storage = openSqliteStorage(place('platform.sqlite'));
  files = await openHashedFiles(place('files'));
  [logged, read, count] = [[], [], 0];
  await receive();
});
afterEach(async () => {
  await storage.close();
  await folder.remove();
});

it.each([
  ['while the platform runs', (archive: Archive) => archive],
  ['before a start', () => begin()],
])(
  'a copy of the database that was truncated %s proves nothing: all is copied once more, and it is told',
  async (_when, next) => {
    const archive = begin();
    expect(await archive.run()).toMatchObject({ kind: 'archived' });
    const copy = await theCopy();
    const { size } = await stat(copy);
    // a page ends with what SQLite itself would not miss
    await truncate(copy, size - 1);
    await rm(place('archive/attachments'), { recursive: true });
    expect(await next(archive).run()).toMatchObject({ kind: 'archived' });
    expect(await papers()).toBe(1);
    expect((await stat(await theCopy())).size).toBe(size);
    expect((await stat(`${copy}.damaged`)).size).toBe(size - 1);
    expect(logged.join()).toContain('is not what was read back');
    expect(await next(archive).run()).toMatchObject({ kind: 'nothingNew' });
  },
);

it('nor does one of the same size with other bytes in it, nor one of an earlier program that noted nothing', async () => {
  expect(await begin().run()).toMatchObject({ kind: 'archived' });
  await spoil(await theCopy());
  expect(await begin().run()).toMatchObject({ kind: 'archived' });
  const earlier = { archivedCopy: () => Promise.resolve(undefined) };
  expect(await begin(earlier).run()).toMatchObject({ kind: 'nothingNew' });
  const copy = await theCopy();
  await truncate(copy, (await stat(copy)).size / 2);
  expect(await begin(earlier).run()).toMatchObject({ kind: 'archived' });
  // each under a name of its own
  const aside = (await readdir(place('archive'))).filter((name) => name.includes('.damaged'));
  expect(aside.length).toBeGreaterThan(0);
});

it('a copy is read once a start, not at each pass, and nothing is left beside it', async () => {
  await begin().run();
  const copy = await theCopy();
  const archive = begin();
  read = [];
  for (let n = 0; n < 3; n += 1) expect(await archive.run()).toMatchObject({ kind: 'nothingNew' });
  expect(read).toEqual([copy]);
  await receive();
  expect(await archive.run()).toMatchObject({ kind: 'archived' });
  expect(await archive.run()).toMatchObject({ kind: 'nothingNew' });
  expect(read).toEqual([copy, place('archive/platform.sqlite.part')]);
  const names = await readdir(place('archive'));
  expect(names.filter((name) => /-(wal|shm)$/.test(name))).toEqual([]);
});
