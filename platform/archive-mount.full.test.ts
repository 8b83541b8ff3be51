import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whileDisk } from '../tests/platform-kit/disk-faults.ts';
import { temporaryFolder } from '../tests/platform-kit/platform.ts';
import { type Archive, createArchive } from './archive.ts';
import { type HashedFiles, openHashedFiles, sha256Hex } from './storage/files.ts';
import type { PlatformStorage } from './storage/port.ts';
import { openSqliteStorage } from './storage/sqlite/sqlite-storage.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let storage: PlatformStorage;
let files: HashedFiles;
const place = (name: string): string => join(folder.path, name);
const PAPERS = ['first', 'second', 'third'].map((text) => Buffer.from(text));

const open = (attachments: Partial<HashedFiles> = {}, of: Partial<PlatformStorage> = {}): Archive =>
  createArchive({
    ...{ storage: { ...storage, ...of }, envelopes: files, folder: place('archive'), everyMs: 0 },
    ...{ attachments: { ...files, ...attachments }, log: pino({ level: 'silent' }) },
  });

/** The disk drops out: where it was mounted there is an empty folder on the disk of the data. */
async function dropOut(): Promise<void> {
  await rename(place('archive'), place('unmounted'));
  await mkdir(place('archive'));
}
async function comeBack(): Promise<void> {
  await rename(place('archive'), place('on-the-disk-of-the-data'));
  await rename(place('unmounted'), place('archive'));
}
const papersIn = async (name: string): Promise<number> =>
  (await readdir(place(name), { recursive: true })).filter((path) => {
    const hash = path.slice(-64);
    return path.includes('attachments') && PAPERS.some((paper) => sha256Hex(paper) === hash);
  }).length;

beforeEach(async () => {
  folder = await temporaryFolder();
  storage = openSqliteStorage(place('platform.sqlite'));
  files = await openHashedFiles(place('files'));
  const envelope = Buffer.from('an envelope');
  for (const bytes of [envelope, ...PAPERS]) await files.put(sha256Hex(bytes), bytes);
  await storage.items.receive(
    {
      ...{ submissionId: '1'.padStart(32, '0'), kind: 'application', serviceId: 's' },
      ...{ receiptNumber: '50019910012126120100001', handleItemCode: 'x', terminalId: 't1' },
      ...{ place: '500199100121', envelopeSha256: sha256Hex(envelope) },
      createdAt: '2026-12-01T00:00:00.000Z',
      receivedAt: '2026-12-01T00:00:00.000Z',
      attachments: PAPERS.map((paper) => ({ sha256: sha256Hex(paper), size: paper.length })),
    },
    '2026-12-01',
  );
});
afterEach(async () => {
  await storage.close();
  await folder.remove();
});

const refused = { kind: 'failed', archivedThrough: 0, trouble: 'notMounted' };

/** The next pass, with the disk where it belongs, copies what this one did not. */
async function expectNextWhole(): Promise<void> {
  expect(await storage.archivedThrough()).toBe(0);
  expect(await open().run()).toMatchObject({ kind: 'archived' });
  expect(await papersIn('archive')).toBe(PAPERS.length);
}

describe('an archive whose disk drops out in the middle of a pass', () => {
  it('and is back before its end: nothing is called archived that went elsewhere', async () => {
    let copies = 0;
    const archive = open({
      async copyTo(sha256, file) {
        copies += 1;
        if (copies === 1) await dropOut();
        if (copies === 2) await comeBack();
        // as the tree lies there from before the disk was mounted, or is made anew
        await mkdir(dirname(file), { recursive: true });
        await files.copyTo(sha256, file);
      },
    });
    expect(await archive.run()).toMatchObject(refused);
    expect(copies).toBe(1);
    expect(await papersIn('archive')).toBe(1);
    await comeBack();
    expect(await papersIn('archive')).toBe(0);
    await expectNextWhole();
  });

  it('with the last file: neither is the copy of the database given its name elsewhere', async () => {
    let copies = 0;
    const archive = open({
      async copyTo(sha256, file) {
        copies += 1;
        if (copies === PAPERS.length) await dropOut();
        await mkdir(dirname(file), { recursive: true });
        await files.copyTo(sha256, file);
      },
    });
    expect(await archive.run()).toMatchObject(refused);
    await comeBack();
    await expectNextWhole();
  });

  it('just before the watermark moves: it stays', async () => {
    const dropped = await whileDisk(
      'rename',
      (real) =>
        (async (from: string, to: string) => {
          await real(from, to);
          if (/platform-\d+\.sqlite$/.test(to)) {
            await real(place('archive'), place('unmounted'));
            await mkdir(place('archive'));
          }
        }) as typeof real,
      () => open().run(),
    );
    // the folder was flushed that lies there now, and nothing of it failed
    expect(dropped).toMatchObject(refused);
    await comeBack();
    await expectNextWhole();
  });

  it('between the look and a file: nothing is made on the disk of the data', async () => {
    const paper = sha256Hex(PAPERS[0] ?? '');
    let looks = 0;
    const passed = await whileDisk(
      'stat',
      (real) =>
        (async (path: string) => {
          // once for the room, once before it is copied
          if (path === place(`archive/attachments/${paper.slice(0, 2)}/${paper}`)) {
            looks += 1;
            if (looks === 2) await dropOut();
          }
          return real(path);
        }) as typeof real,
      () => open().run(),
    );
    expect(looks).toBe(2);
    expect(passed).toMatchObject(refused);
    expect(await readdir(place('archive'))).toEqual([]);
    await comeBack();
    await expectNextWhole();
  });

  it('and another disk comes that has the same numbers, or a folder with the same marker', async () => {
    const marker = place('archive/archive-id');
    for (const change of ['marker', 'dev', 'ino'] as const) {
      let copies = 0;
      const archive = open({
        async copyTo(sha256, file) {
          copies += 1;
          await files.copyTo(sha256, file);
        },
      });
      const passed = await whileDisk(
        'stat',
        (real) =>
          (async (path: string) => {
            const found = await real(path);
            if (path !== place('archive') || copies === 0 || change === 'marker') return found;
            return Object.assign(found, { [change]: found[change] + 1 });
          }) as typeof real,
        () =>
          whileDisk(
            'readFile',
            (real) =>
              (async (path: string, encoding: 'utf8') => {
                if (path === marker && copies > 0 && change === 'marker') return 'of-another-one\n';
                return real(path, encoding);
              }) as typeof real,
            () => archive.run(),
          ),
      );
      expect([change, copies, passed]).toMatchObject([change, 1, refused]);
    }
    expect((await stat(marker)).size).toBeGreaterThan(0);
    await expectNextWhole();
  });
});
