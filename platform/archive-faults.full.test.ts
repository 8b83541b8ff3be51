import { mkdir, open as openFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../tests/platform-kit/platform.ts';
import { type ArchiveTrouble, failedReading, onArchive, troubleOf } from './archive-trouble.ts';
import { type Archive, createArchive } from './archive.ts';
import { terminalsPage } from './console/pages/terminals.ts';
import { type HashedFiles, openHashedFiles, sha256Hex } from './storage/files.ts';
import type { PlatformStorage } from './storage/port.ts';
import { openSqliteStorage } from './storage/sqlite/sqlite-storage.ts';

const withCode = (codes: object): Error => Object.assign(new Error('x'), codes);
const IO = withCode({ code: 'EIO' });

/** What SQLite throws that may not grow. */
function fullError(): Error {
  const database = new DatabaseSync(':memory:');
  try {
    database.exec('PRAGMA max_page_count = 1');
    database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(99999))');
  } catch (error) {
    if (error instanceof Error) return error;
  } finally {
    database.close();
  }
  throw new Error('it grew');
}

it.each<[object, ArchiveTrouble, ArchiveTrouble]>([
  [{ code: 'ENOSPC' }, 'noRoom', 'dataNoRoom'],
  [{ code: 'EDQUOT' }, 'noRoom', 'dataNoRoom'],
  [{ errcode: 13 }, 'noRoom', 'dataNoRoom'],
  [{ code: 'EROFS' }, 'diskFails', 'dataFails'],
  [{ code: 'EACCES' }, 'diskFails', 'dataFails'],
  // SQLITE_IOERR_WRITE
  [{ code: 'ERR_SQLITE_ERROR', errcode: 778 }, 'diskFails', 'dataFails'],
  // SQLITE_CORRUPT, SQLITE_CORRUPT_INDEX, SQLITE_NOTADB
  [{ errcode: 11 }, 'damaged', 'dataFails'],
  [{ errcode: 779 }, 'damaged', 'dataFails'],
  [{ errcode: 26 }, 'damaged', 'dataFails'],
  [{ code: 'ENOENT' }, 'other', 'other'],
  [{}, 'other', 'other'],
])('an error with %o is told as %s on the archive and as %s elsewhere', async (codes, on, off) => {
  const error = withCode(codes);
  const step = (): Promise<never> => Promise.reject(error);
  const onIt: unknown = await onArchive(step).catch((thrown: unknown) => thrown);
  expect(troubleOf(onIt)).toBe(on);
  expect(troubleOf(error)).toBe(off);
});

describe('a pass', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let storage: PlatformStorage;
  let files: HashedFiles;
  const place = (name: string): string => join(folder.path, name);
  const paper = Buffer.from('a paper');

  const archiveOf = (other: Partial<PlatformStorage>, store: Partial<HashedFiles> = {}): Archive =>
    createArchive({
      storage: { ...storage, ...other },
      envelopes: files,
      attachments: { ...files, ...store },
      folder: place('archive'),
      everyMs: 0,
      log: pino({ level: 'silent' }),
    });
  const shown = (archive: Archive): string =>
    terminalsPage({ name: 'o', role: 'operator', csrf: '' }, [], archive);

  beforeEach(async () => {
    folder = await temporaryFolder();
    storage = openSqliteStorage(place('platform.sqlite'));
    files = await openHashedFiles(place('files'));
    const envelope = Buffer.from('an envelope');
    for (const bytes of [envelope, paper]) await files.put(sha256Hex(bytes), bytes);
    await storage.items.receive(
      {
        ...{ submissionId: '1'.padStart(32, '0'), kind: 'application', serviceId: 's' },
        ...{ receiptNumber: '50019910012126120100001', handleItemCode: 'x', terminalId: 't1' },
        ...{ place: '500199100121', envelopeSha256: sha256Hex(envelope) },
        createdAt: '2026-12-01T00:00:00.000Z',
        receivedAt: '2026-12-01T00:00:00.000Z',
        attachments: [{ sha256: sha256Hex(paper), size: paper.length }],
      },
      '2026-12-01',
    );
  });
  afterEach(async () => {
    await storage.close();
    await folder.remove();
  });

  const full = (): Promise<never> => Promise.reject(fullError());
  it.each<[string, () => Partial<PlatformStorage>]>([
    ['archivedThrough', () => ({ archivedThrough: full })],
    ['archiveId', () => ({ archiveId: full })],
    ['lastCursor', () => ({ items: { ...storage.items, lastCursor: full } })],
    ['registry', () => ({ terminals: { ...storage.terminals, registry: full } })],
    ['setArchiveId', () => ({ setArchiveId: full })],
    ['size', () => ({ size: full })],
    ['lastArrival', () => ({ audit: { ...storage.audit, lastArrival: full } })],
    ['count', () => ({ items: { ...storage.items, count: full } })],
    ['setArchivedThrough', () => ({ setArchivedThrough: full })],
    ['the audit', () => ({ audit: { ...storage.audit, setArchivedThrough: full } })],
    ['setArchivedRegistry', () => ({ setArchivedRegistry: full })],
  ])('tells a full disk of the data as that, and not that all is received (%s)', async (_, of) => {
    const archive = archiveOf(of());
    expect(await archive.run()).toMatchObject({ kind: 'failed', trouble: 'dataNoRoom' });
    const text = shown(archive);
    expect(text).toMatch(/data-archive="dataNoRoom".*放数据的硬盘满了，不是存档盘/s);
    expect(text).not.toContain('收件照常');
    expect(text).not.toContain('none is lost');
  });

  it('tells a full disk of the archive as that, and that all is received', async () => {
    const archive = archiveOf({ backupTo: full });
    expect(await archive.run()).toMatchObject({ kind: 'failed', trouble: 'noRoom' });
    expect(shown(archive)).toMatch(/data-archive="noRoom".*收件照常.*none is lost/s);
  });

  it.each([
    ['pages that are none', 8192],
    ['a head that is none', 0],
  ])('tells a copy of the database as damaged that has %s', async (_, at) => {
    const archive = archiveOf({
      async backupTo(file) {
        await storage.backupTo(file);
        const handle = await openFile(file, 'r+');
        await handle.write(Buffer.alloc(4096, 0xaa), 0, 4096, at);
        await handle.close();
      },
    });
    expect(await archive.run()).toMatchObject({ kind: 'failed', trouble: 'damaged' });
    const text = shown(archive);
    expect(text).toMatch(/data-archive="damaged".*坏的数据库副本已丢掉/s);
    expect(text).not.toContain('none is lost');
    expect(await archiveOf({}).run()).toMatchObject({ kind: 'archived' });
  });

  it('tells a database that cannot be read while it is copied as the platform’s own', async () => {
    await storage.close();
    const handle = await openFile(place('platform.sqlite'), 'r+');
    await handle.write(Buffer.alloc(4096, 0xaa), 0, 4096, 0);
    await handle.close();
    const error: unknown = await storage.backupTo(place('copy')).catch((thrown: unknown) => thrown);
    if (!(error instanceof Error)) throw new Error('it was copied');
    expect(failedReading(error)).toBe(true);
    expect(failedReading(fullError())).toBe(false);
    storage = openSqliteStorage(place('other.sqlite'));
    await storage.terminals.addCode({
      ...{ sha256: 'c', region: '500199001', terminal: '001', reusable: false },
    });
    const archive = archiveOf({ backupTo: () => Promise.reject(error) });
    expect(await archive.run()).toMatchObject({ kind: 'failed', trouble: 'dataFails' });
    expect(shown(archive)).not.toContain('none is lost');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['is gone', () => rm(place('source.sqlite'))],
    ['has a log that cannot be opened', () => mkdir(place('source.sqlite-wal'))],
  ])('tells a database that %s while it is copied as the platform’s own', async (_, spoil) => {
    const source = openSqliteStorage(place('source.sqlite'));
    await source.close();
    await spoil();
    const archive = archiveOf({ backupTo: (file) => source.backupTo(file) });
    expect(await archive.run()).toMatchObject({
      ...{ kind: 'failed', trouble: 'dataFails' },
      reason: 'unable to open database file',
    });
    expect(shown(archive)).not.toContain('none is lost');
    expect(await archiveOf({}).run()).toMatchObject({ kind: 'archived' });
  });

  it('tells a copy of the database that cannot be made as the archive’s', async () => {
    const archive = archiveOf({ backupTo: () => storage.backupTo(place('nowhere/copy')) });
    expect(await archive.run()).toMatchObject({ kind: 'failed', trouble: 'diskFails' });
    expect(shown(archive)).toContain('none is lost');
  });

  it('tells which of both disks failed in copying a file from one to the other', async () => {
    const copyTo = (): Promise<never> => Promise.reject(IO);
    const target = archiveOf({}, { copyTo });
    expect(await target.run()).toMatchObject({ kind: 'failed', trouble: 'diskFails' });
    // one file that cannot be read is lost; a disk that is away is no word of a file
    const source = archiveOf({}, { copyTo, read: () => Promise.reject(IO) });
    expect(await source.run()).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
    const away = withCode({ code: 'ENODEV' });
    const gone = archiveOf({}, { copyTo, read: () => Promise.reject(away) });
    expect(await gone.run()).toMatchObject({ kind: 'failed', trouble: 'dataFails' });
    expect(await archiveOf({}).run()).toMatchObject({ kind: 'archived' });
  });
});
