import { copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../tests/platform-kit/platform.ts';
import { createArchive, type ArchivePass } from './archive.ts';
import { copiesIn } from './archive-disk.ts';
import { type HashedFiles, openHashedFiles, sha256Hex } from './storage/files.ts';
import type { PlatformStorage } from './storage/port.ts';
import { openSqliteStorage } from './storage/sqlite/sqlite-storage.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let storage: PlatformStorage;
let files: HashedFiles;
let count = 0;

const place = (name: string): string => join(folder.path, name);
const pass = (isNew = false): Promise<ArchivePass> =>
  createArchive({
    ...{ storage, envelopes: files, attachments: files, folder: place('archive'), everyMs: 0 },
    log: pino({ level: 'silent' }),
  }).run(isNew);
const idOf = (n: number): string => String(n).padStart(32, '0');

async function receive(): Promise<void> {
  count += 1;
  const envelope = Buffer.from(`envelope ${count}`);
  const paper = Buffer.from(`paper ${count}`);
  for (const bytes of [envelope, paper]) await files.put(sha256Hex(bytes), bytes);
  await storage.items.receive(
    {
      ...{ submissionId: idOf(count), kind: 'application', serviceId: 's', handleItemCode: 'x' },
      ...{ receiptNumber: `5001991001212612010${String(count).padStart(4, '0')}` },
      ...{ terminalId: 't1', place: '500199100121', envelopeSha256: sha256Hex(envelope) },
      createdAt: '2026-12-01T00:00:00.000Z',
      receivedAt: '2026-12-01T00:00:00.000Z',
      attachments: [{ sha256: sha256Hex(paper), size: paper.length }],
    },
    '2026-12-01',
  );
}

/** Copies that hold the newest item. */
async function holding(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await copiesIn(place('archive'))) {
    const copy = openSqliteStorage(place(`archive/${name}`));
    if (await copy.items.find(idOf(count))) found.push(name);
    await copy.close();
  }
  return found;
}

beforeEach(async () => {
  folder = await temporaryFolder();
  storage = openSqliteStorage(place('platform.sqlite'));
  files = await openHashedFiles(place('files'));
  count = 0;
});
afterEach(async () => {
  await storage.close();
  await folder.remove();
});

it('what is called archived lies in a copy, also where copies with higher cursors lie beside it', async () => {
  await receive();
  await pass();
  await storage.backupTo(place('last-night.sqlite'));
  for (let night = 0; night < 4; night += 1) {
    await receive();
    await receive();
    await pass();
  }
  await storage.close();
  // the data comes back from last night, the archive stayed; nothing sets the cursors above those of then
  for (const end of ['', '-wal', '-shm']) await rm(place(`platform.sqlite${end}`), { force: true });
  await copyFile(place('last-night.sqlite'), place('platform.sqlite'));
  storage = openSqliteStorage(place('platform.sqlite'));
  await receive();
  expect(await pass()).toMatchObject({ kind: 'archived' });
  expect(await holding()).not.toEqual([]);
  await receive();
  expect(await pass()).toMatchObject({ kind: 'archived' });
  expect(await holding()).not.toEqual([]);
});

it('an archive that is said to be new gets everything once more, also one that holds the copy of the watermark', async () => {
  await receive();
  await pass();
  await rm(place('archive/attachments'), { recursive: true });
  await receive();
  expect(await pass(true)).toMatchObject({ kind: 'archived' });
  const names = await readdir(place('archive/attachments'), { recursive: true });
  expect(names.filter((name) => name.length > 60)).toHaveLength(2);
});
