import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryFolder } from '../tests/platform-kit/platform.ts';
import { FAILS_LONG_MS } from './archive-state.ts';
import { type Archive, createArchive } from './archive.ts';
import { type HashedFiles, openHashedFiles, sha256Hex } from './storage/files.ts';
import type { PlatformStorage } from './storage/port.ts';
import { openSqliteStorage } from './storage/sqlite/sqlite-storage.ts';

const ENVELOPE = Buffer.from('an envelope');
const PAPER = Buffer.from('a paper');
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let storage: PlatformStorage;
let files: HashedFiles;
let archive: Archive;
let time: number;
let told: { readonly level: number; readonly code?: string }[];

beforeEach(async () => {
  folder = await temporaryFolder();
  storage = openSqliteStorage(join(folder.path, 'platform.sqlite'));
  files = await openHashedFiles(join(folder.path, 'files'));
  await files.put(sha256Hex(ENVELOPE), ENVELOPE);
  await storage.items.receive(
    {
      ...{ submissionId: '1'.padStart(32, '0'), kind: 'application', serviceId: 's' },
      ...{ receiptNumber: '50019910012126120100001', handleItemCode: 'x', terminalId: 't1' },
      ...{ place: '500199100121', envelopeSha256: sha256Hex(ENVELOPE) },
      createdAt: '2026-12-01T00:00:00.000Z',
      receivedAt: '2026-12-01T00:00:00.000Z',
      attachments: [{ sha256: sha256Hex(PAPER), size: PAPER.length }],
    },
    '2026-12-01',
  );
  time = Date.parse('2026-12-02T00:00:00Z');
  told = [];
  archive = createArchive({
    storage,
    envelopes: files,
    attachments: files,
    folder: join(folder.path, 'archive'),
    everyMs: 0,
    log: pino(
      { level: 'error' },
      { write: (line: string) => void told.push(JSON.parse(line) as (typeof told)[number]) },
    ),
    now: () => time,
  });
});
afterEach(async () => {
  await storage.close();
  await folder.remove();
});

/** What a pass told of its own that fails long. */
const pass = async (): Promise<readonly unknown[]> => {
  told = [];
  await archive.run();
  return told.filter(({ level }) => level === pino.levels.values['fatal']);
};

it('a lost file that holds the watermark for a day is told in the log by a word of its own, with each pass until it is there or given up', async () => {
  const since = new Date(time).toISOString();
  expect(await pass()).toEqual([]);
  expect(archive.state()).toMatchObject({ kind: 'failing', trouble: 'filesLost', since });
  time += FAILS_LONG_MS - 1;
  expect(await pass()).toEqual([]);
  time += 1;
  const long = [{ code: 'archiveFailsLong', trouble: 'filesLost', since }];
  expect(await pass()).toMatchObject(long);
  expect(await pass()).toMatchObject(long);
  await files.put(sha256Hex(PAPER), PAPER);
  expect(await pass()).toEqual([]);
  expect(archive.state()).toMatchObject({ kind: 'well' });
});
