import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whileDisk } from '../tests/platform-kit/disk-faults.ts';
import { temporaryFolder } from '../tests/platform-kit/platform.ts';
import { HANGS_AFTER_MS } from './archive-state.ts';
import { type Archive, createArchive } from './archive.ts';
import { DEFAULT_TOGETHER_BYTES, type Envelopes, openEnvelopes } from './storage/envelopes.ts';
import { type HashedFiles, openHashedFiles, sha256Hex } from './storage/files.ts';
import type { PlatformStorage } from './storage/port.ts';
import { openSqliteStorage } from './storage/sqlite/sqlite-storage.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let storage: PlatformStorage;
let envelopes: Envelopes;
let attachments: HashedFiles;
let logged: string[];

const place = (name: string): string => join(folder.path, name);
const open = (parts: { attachments?: HashedFiles; now?: () => number } = {}): Archive =>
  createArchive({
    ...{ storage, envelopes, attachments, ...parts },
    folder: place('archive'),
    everyMs: 0,
    log: pino({}, { write: (line: string) => logged.push(line) }),
  });

beforeEach(async () => {
  folder = await temporaryFolder();
  logged = [];
  storage = openSqliteStorage(place('platform.sqlite'));
  attachments = await openHashedFiles(place('attachments'));
  const files = await openHashedFiles(place('envelopes'));
  const database = place('envelopes.sqlite');
  envelopes = openEnvelopes({ database, files, togetherBytes: DEFAULT_TOGETHER_BYTES });
});
afterEach(async () => {
  await storage.close();
  envelopes.close();
  await folder.remove();
});

async function receive(n: number): Promise<void> {
  const [envelope, ...papers] = ['envelope', 'first', 'second'].map((what) =>
    Buffer.from(`${what} ${String(n)}`),
  );
  if (!envelope) throw new Error('no envelope');
  for (const bytes of papers) await attachments.put(sha256Hex(bytes), bytes);
  await envelopes.put(sha256Hex(envelope), envelope);
  await storage.items.receive(
    {
      submissionId: n.toString(16).padStart(32, '0'),
      kind: 'application',
      receiptNumber: `500199100121261201${String(n).padStart(5, '0')}`,
      serviceId: 'unemployment-reg',
      handleItemCode: 'x',
      terminalId: 't1',
      place: '500199100121',
      envelopeSha256: sha256Hex(envelope),
      createdAt: '2026-12-01T00:00:00.000Z',
      receivedAt: '2026-12-01T00:00:00.000Z',
      attachments: papers.map((bytes) => ({ sha256: sha256Hex(bytes), size: bytes.length })),
    },
    '2026-12-01',
  );
}
const filesThere = async (name: string): Promise<number> =>
  (await readdir(place(name), { recursive: true })).filter((path) => /[0-9a-f]{64}$/.test(path))
    .length;

describe('an archive whose disk is not mounted', () => {
  it('is refused, told, and calls nothing archived; once it is mounted it goes on', async () => {
    await receive(1);
    const archive = open();
    expect(await archive.run()).toMatchObject({ kind: 'archived' });
    const before = await storage.archivedThrough();
    await rename(place('archive'), place('unmounted'));
    await mkdir(place('archive'));
    // also when nothing has come since
    expect(await archive.run()).toMatchObject({ kind: 'failed', archivedThrough: before });
    await receive(2);
    const refused = await archive.run();
    expect(refused).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('is its disk mounted?') as string,
    });
    expect(logged.at(-1)).toContain('is its disk mounted?');
    expect(await storage.archivedThrough()).toBe(before);
    expect(await readdir(place('archive'))).toEqual([]);
    await rm(place('archive'), { recursive: true });
    await rename(place('unmounted'), place('archive'));
    expect(await archive.run()).toMatchObject({ kind: 'archived' });
    expect(await filesThere('archive')).toBe(6);
  });

  it('nor is another one taken for it until the operator says so; then it gets everything', async () => {
    await receive(1);
    const archive = open();
    await archive.run();
    await rename(place('archive'), place('first'));
    await receive(2);
    expect(await archive.run(true)).toMatchObject({ kind: 'archived' });
    expect(await filesThere('archive')).toBe(6);
    expect(await archive.run()).toMatchObject({ kind: 'nothingNew' });
    // the first one again: it lacks what came since
    await rename(place('archive'), place('second'));
    await rename(place('first'), place('archive'));
    expect(await archive.run()).toMatchObject({ kind: 'failed' });
    expect(await filesThere('archive')).toBe(3);
    expect(await archive.run(true)).toMatchObject({ kind: 'archived' });
    expect(await filesThere('archive')).toBe(6);
  });

  it('is known without a marker by the copy that belongs to the watermark', async () => {
    await receive(1);
    const archive = open();
    await archive.run();
    // as an earlier program left it; the database of an earlier program knows no marker either
    const earlier: PlatformStorage = { ...storage, archiveId: () => Promise.resolve(undefined) };
    for (const known of [storage, earlier]) {
      await rm(place('archive/archive-id'));
      const again = createArchive({
        ...{ storage: known, envelopes, attachments, folder: place('archive'), everyMs: 0 },
        log: pino({ level: 'silent' }),
      });
      expect(await again.run()).toMatchObject({ kind: 'nothingNew' });
      await receive(known === storage ? 2 : 3);
      expect(await again.run()).toMatchObject({ kind: 'archived' });
      expect(await readdir(place('archive'))).toContain('archive-id');
    }
    await rename(place('archive'), place('unmounted'));
    const silent = { log: pino({ level: 'silent' }), everyMs: 0, folder: place('archive') };
    const unmounted = createArchive({ storage: earlier, envelopes, attachments, ...silent });
    expect(await unmounted.run()).toMatchObject({ kind: 'failed' });
  });
});

it('the archive of another database is not taken over by one that is empty: its copies are all there is', async () => {
  await receive(1);
  await open().run();
  const copies = await readdir(place('archive'));
  await storage.close();
  storage = openSqliteStorage(place('empty.sqlite'));
  const archive = open();
  await receive(2);
  expect(await archive.run()).toMatchObject({ kind: 'failed' });
  expect(await readdir(place('archive'))).toEqual(copies);
  expect(await archive.run(true)).toMatchObject({ kind: 'archived' });
});

it('a new archive is begun when the operator says so, though nothing has come yet', async () => {
  await storage.terminals.addCode({
    ...{ sha256: 'c', region: '500199001', terminal: '001', reusable: false },
  });
  const archive = open();
  await archive.run();
  await rm(place('archive'), { recursive: true });
  expect(await archive.run()).toMatchObject({ kind: 'failed' });
  expect(await archive.run(true)).toMatchObject({ kind: 'archived' });
  expect(await archive.run()).toMatchObject({ kind: 'nothingNew' });
});

it('a conflict that came behind the last number has its envelope in a copy that was made for a terminal', async () => {
  await receive(1);
  const archive = open();
  await archive.run();
  const other = Buffer.from('another envelope');
  await envelopes.put(sha256Hex(other), other);
  await storage.items.keepConflict('1'.padStart(32, '0'), sha256Hex(other), 't1', '');
  await storage.terminals.addCode({
    ...{ sha256: 'c', region: '500199001', terminal: '001', reusable: false },
  });
  expect(await archive.run()).toMatchObject({ kind: 'archived' });
  const names = await readdir(place('archive/envelopes'), { recursive: true });
  expect(names.some((name) => name.endsWith(sha256Hex(other)))).toBe(true);
});

it('a disk without room for all that is to be copied gets none of it', async () => {
  for (const n of [1, 2, 3]) await receive(n);
  const archive = open();
  const withFree = (bytes: number): Promise<unknown> =>
    whileDisk(
      'statfs',
      (real) =>
        (async (path: string) =>
          Object.assign(await real(path), { bsize: 1, blocks: 20, bavail: bytes })) as typeof real,
      () => archive.run(),
    );
  const database = await storage.size();
  let sealed = 0;
  for await (const names of storage.items.filesBetween(0, Number.MAX_SAFE_INTEGER)) {
    for (const name of names.attachments) sealed += (await attachments.size(name)) ?? 0;
    for (const name of names.envelopes) sealed += (await envelopes.size(name)) ?? 0;
  }
  expect(sealed).toBeGreaterThan(0);
  // the reserve of these disks is one byte
  const refused = { kind: 'failed', archivedThrough: 0 };
  expect(await withFree(database)).toMatchObject(refused);
  expect(await filesThere('archive')).toBe(0);
  expect(logged.at(-1)).toContain('no room');
  expect(await withFree(database + sealed + 1)).toMatchObject({ kind: 'archived' });
});

it('files that have no room are not begun with, and no half copy of the database stays', async () => {
  const large = Buffer.alloc(100_000, 'x');
  await receive(1);
  await attachments.put(sha256Hex(Buffer.from('first 1')), large);
  const archive = open();
  let asked = 0;
  const passed = await whileDisk(
    'statfs',
    (real) =>
      (async (path: string) => {
        asked += 1;
        // all went into the copy of the database
        const bavail = asked === 1 ? 2 ** 40 : 99_999;
        return Object.assign(await real(path), { bsize: 1, blocks: 20, bavail });
      }) as typeof real,
    () => archive.run(),
  );
  expect(passed).toMatchObject({ kind: 'failed', archivedThrough: 0 });
  const left = await readdir(place('archive'));
  expect(left).not.toContain('platform.sqlite.part');
  expect(left).not.toContain('attachments');
});

it('a pass ends at its next file when the archive is closed, and calls nothing archived', async () => {
  await receive(1);
  await receive(2);
  let closing: Promise<void> | undefined;
  let copied = 0;
  const archive = open({
    attachments: {
      ...attachments,
      copyTo(sha256, file) {
        copied += 1;
        closing ??= archive.close();
        return attachments.copyTo(sha256, file);
      },
    },
  });
  expect(await archive.run()).toMatchObject({ kind: 'failed', archivedThrough: 0 });
  await closing;
  expect(copied).toBe(1);
  expect(await open().run()).toMatchObject({ kind: 'archived' });
  expect(await filesThere('archive')).toBe(6);
});

it('a pass whose files all take long is not told as one that hangs: each file is a step', async () => {
  for (const n of [1, 2]) await receive(n);
  let now = Date.parse('2026-12-01T00:00:00Z');
  const told: unknown[] = [];
  const archive: Archive = open({
    now: () => now,
    attachments: {
      ...attachments,
      async copyTo(sha256, file) {
        now += HANGS_AFTER_MS - 1;
        told.push(archive.state());
        await attachments.copyTo(sha256, file);
      },
    },
  });
  expect(await archive.run()).toMatchObject({ kind: 'archived' });
  expect(told).toEqual(Array(4).fill({ kind: 'none' }));
});

it('what is to be archived is named page by page, each item and conflict in one of them', async () => {
  const envelopeOf = (n: number): string => n.toString(16).padStart(64, '0');
  for (let n = 1; n <= 1_234; n += 1) {
    const submissionId = n.toString(16).padStart(32, '0');
    await storage.items.receive(
      {
        ...{ submissionId, kind: 'application', receiptNumber: String(n), serviceId: 's' },
        ...{ handleItemCode: 'x', terminalId: 't1', place: '500199100121', attachments: [] },
        envelopeSha256: envelopeOf(n),
        createdAt: '2026-12-01T00:00:00.000Z',
        receivedAt: '2026-12-01T00:00:00.000Z',
      },
      '2026-12-01',
    );
    if (n % 400 === 0) {
      await storage.items.keepConflict(submissionId, envelopeOf(n + 1_000_000), 't1', '');
    }
  }
  const named: (readonly string[])[] = [];
  for await (const page of storage.items.filesBetween(0, await storage.items.lastCursor())) {
    named.push(page.envelopes);
  }
  expect(named.length).toBe(3);
  const wanted = Array.from({ length: 1_234 }, (_, at) => envelopeOf(at + 1));
  wanted.push(...[400, 800, 1_200].map((n) => envelopeOf(n + 1_000_000)));
  expect(named.flat().sort()).toEqual(wanted.sort());
});
