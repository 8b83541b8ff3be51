import { copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../tests/platform-kit/platform.ts';
import { type Archive, createArchive } from './archive.ts';
import { copiesIn, copyName } from './archive-disk.ts';
import { terminalsPage } from './console/pages/terminals.ts';
import { type HashedFiles, openHashedFiles, sha256Hex } from './storage/files.ts';
import type { PlatformStorage } from './storage/port.ts';
import { openSqliteStorage } from './storage/sqlite/sqlite-storage.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let storage: PlatformStorage;
let files: HashedFiles;
let logged: string[];
let count = 0;

const place = (name: string): string => join(folder.path, name);
const begin = (): Archive =>
  createArchive({
    ...{ storage, envelopes: files, attachments: files, folder: place('archive'), everyMs: 0 },
    log: pino({}, { write: (line: string) => logged.push(line) }),
  });
async function receive(): Promise<void> {
  count += 1;
  const envelope = Buffer.from(`envelope ${count}`);
  await files.put(sha256Hex(envelope), envelope);
  await storage.items.receive(
    {
      ...{ submissionId: String(count).padStart(32, '0'), kind: 'application', serviceId: 's' },
      ...{ receiptNumber: `5001991001212612010${String(count).padStart(4, '0')}` },
      ...{ terminalId: 't1', place: '500199100121', envelopeSha256: sha256Hex(envelope) },
      ...{ handleItemCode: 'x', createdAt: '2026-12-01T00:00:00.000Z' },
      ...{ receivedAt: '2026-12-01T00:00:00.000Z', attachments: [] },
    },
    '2026-12-01',
  );
}
const copies = (): Promise<readonly string[]> => copiesIn(place('archive'));
const asides = async (): Promise<readonly string[]> =>
  (await readdir(place('archive'))).filter((name) => name.includes('.other')).sort();
const shown = (archive: Archive, role: 'operator' | 'clerk' = 'operator'): string =>
  terminalsPage({ name: 'o', role, csrf: '' }, [], archive);

beforeEach(async () => {
  folder = await temporaryFolder();
  storage = openSqliteStorage(place('platform.sqlite'));
  files = await openHashedFiles(place('files'));
  [logged, count] = [[], 0];
  // nights with cursors 1, 2, 4 and 6
  await receive();
  await begin().run();
  await receive();
  await begin().run();
  await storage.backupTo(place('second-night.sqlite'));
  for (let night = 0; night < 2; night += 1) {
    await receive();
    await receive();
    await begin().run();
  }
  // the data comes back from the second night, the archive stayed; nothing sets the cursors above those of then
  await storage.close();
  for (const end of ['', '-wal', '-shm']) await rm(place(`platform.sqlite${end}`), { force: true });
  await copyFile(place('second-night.sqlite'), place('platform.sqlite'));
  storage = openSqliteStorage(place('platform.sqlite'));
});
afterEach(async () => {
  await storage.close();
  await folder.remove();
});

it('copies of a later time than the backup that a platform came back from are set aside and told, and are in nobody’s way', async () => {
  const archive = begin();
  expect(await copies()).toEqual([2, 4, 6].map(copyName));
  // also while nothing new has come
  expect(await archive.run()).toMatchObject({ kind: 'nothingNew' });
  expect(await copies()).toEqual([copyName(2)]);
  const theirs = [4, 6].map((cursor) => `${copyName(cursor)}.other`);
  expect(await asides()).toEqual(theirs);
  expect(logged.filter((line) => line.includes('did it come back from an older backup?'))).toEqual([
    expect.stringContaining(copyName(4)),
    expect.stringContaining(copyName(6)),
  ]);
  expect(shown(archive)).toMatch(/data-archive-others="2".*较早的备份.*an older backup/s);
  expect(shown(archive, 'clerk')).not.toContain('data-archive-others');
  for (let night = 0; night < 5; night += 1) {
    await receive();
    expect(await archive.run()).toMatchObject({ kind: 'archived' });
  }
  // what was called archived since is in the newest by name, and theirs did not make room
  expect(await copies()).toEqual([5, 6, 7].map(copyName));
  expect(await asides()).toEqual(theirs);
  const newest = openSqliteStorage(place(`archive/${copyName(7)}`));
  expect(await newest.items.find(String(count).padStart(32, '0'))).toBeDefined();
  await newest.close();
  await rm(place('archive/platform-000000000004.sqlite.other'));
  await rm(place('archive/platform-000000000006.sqlite.other'));
  await archive.run();
  expect(shown(archive)).not.toContain('data-archive-others');
});

it('so are those whose numbers were given again before anybody looked', async () => {
  for (let n = 0; n < 5; n += 1) await receive();
  const archive = begin();
  expect(await archive.run()).toMatchObject({ kind: 'archived', archivedThrough: 7 });
  expect(await copies()).toEqual([2, 7].map(copyName));
  expect(await asides()).toEqual([4, 6].map((cursor) => `${copyName(cursor)}.other`));
});

it('a copy that was made and not noted any more is its own', async () => {
  await receive();
  const unnoted: PlatformStorage = {
    ...storage,
    setArchivedThrough: () => Promise.reject(new Error('the power went')),
  };
  await createArchive({
    ...{ storage: unnoted, envelopes: files, attachments: files, everyMs: 0 },
    ...{ folder: place('archive'), log: pino({ level: 'silent' }) },
  }).run();
  expect(await copies()).toEqual([2, 3].map(copyName));
  expect(await begin().run()).toMatchObject({ kind: 'archived', archivedThrough: 3 });
  expect(await copies()).toEqual([2, 3].map(copyName));
});
