import { copyFile, cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Feed, ItemReceived } from '../domain/wire/platform.ts';
import {
  deliver,
  sealApplication,
  type SealedApplication,
} from '../tests/platform-kit/application.ts';
import {
  spoilEnvelope,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../tests/platform-kit/platform.ts';
import { enrolTerminal, sha256, type TestTerminal } from '../tests/platform-kit/terminal.ts';
import { createArchive } from './archive.ts';
import { DEFAULT_TOGETHER_BYTES, openEnvelopes } from './storage/envelopes.ts';
import { openHashedFiles } from './storage/files.ts';
import { openSqliteStorage } from './storage/sqlite/sqlite-storage.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: TestTerminal;

beforeEach(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path);
  terminal = await enrolTerminal(() => platform.url, TEST_CODE);
});
afterEach(async () => {
  await platform.close();
  await folder.remove();
});

const archive = async () => (await platform.admin('/archive', { method: 'POST' })).body;
const newArchive = async () => (await platform.admin('/archive?new=1', { method: 'POST' })).body;
const watermark = async (): Promise<number> =>
  ((await (await terminal.request('/v1/feed')).json()) as Feed).archivedThrough;
async function received(): Promise<{ application: SealedApplication; cursor: number }> {
  const application = await sealApplication(terminal);
  const answer = (await (await deliver(terminal, application)).json()) as ItemReceived;
  await platform.reviewed();
  return { application, cursor: answer.cursor };
}
/** What is sealed, as the platform itself opens it. */
async function openSealed() {
  const envelopes = openEnvelopes({
    database: join(folder.path, 'envelopes.sqlite'),
    files: await openHashedFiles(join(folder.path, 'envelopes')),
    togetherBytes: DEFAULT_TOGETHER_BYTES,
  });
  return { envelopes, attachments: await openHashedFiles(join(folder.path, 'attachments')) };
}
const inArchive = (kind: string, hash: string): string =>
  join(folder.path, 'archive', kind, hash.slice(0, 2), hash);

describe('an item is called archived', () => {
  it('only after a backup was made and read back, with every file in it', async () => {
    const { application, cursor } = await received();
    expect(await watermark()).toBe(0);
    expect(await archive()).toMatchObject({ kind: 'archived' });
    expect(await watermark()).toBeGreaterThanOrEqual(cursor);
    const envelope = await readFile(inArchive('envelopes', application.envelopeSha256));
    expect(envelope).toEqual(application.envelope);
    for (const bytes of application.attachments) {
      expect(await readFile(inArchive('attachments', sha256(bytes)))).toEqual(Buffer.from(bytes));
    }
    const [copy] = (await readdir(join(folder.path, 'archive'))).filter((name) =>
      name.endsWith('.sqlite'),
    );
    const restored = openSqliteStorage(join(folder.path, 'archive', copy ?? ''));
    expect((await restored.items.find(application.submissionId))?.receiptNumber).toBe(
      application.receiptNumber,
    );
    await restored.close();
    expect(await archive()).toMatchObject({ kind: 'nothingNew' });
  });

  it('not when a file of it is lost or damaged before it was copied', async () => {
    const { application } = await received();
    const hash = application.envelopeSha256;
    spoilEnvelope(folder.path, hash, Buffer.from('damaged'));
    expect(await archive()).toMatchObject({ kind: 'failed', archivedThrough: 0 });
    spoilEnvelope(folder.path, hash);
    expect(await archive()).toMatchObject({ kind: 'failed', archivedThrough: 0 });
    spoilEnvelope(folder.path, hash, application.envelope);
    expect(await archive()).toMatchObject({ kind: 'archived' });
  });

  it('with envelopes that are files of their own too, and a restored platform reads what the archive kept', async () => {
    await platform.close();
    platform = await startTestPlatform(folder.path, { togetherBytes: 0 });
    const asFile = await received();
    await platform.close();
    platform = await startTestPlatform(folder.path);
    const together = await received();
    expect(await archive()).toMatchObject({ kind: 'archived' });
    const both = [asFile.application, together.application];
    for (const { envelopeSha256, envelope } of both) {
      expect(await readFile(inArchive('envelopes', envelopeSha256))).toEqual(Buffer.from(envelope));
    }
    // new disks: the newest copy of the database, and the sealed files as they lie in the archive
    await platform.close();
    const copies = await readdir(join(folder.path, 'archive'));
    const newest =
      copies
        .filter((name) => name.endsWith('.sqlite'))
        .sort()
        .at(-1) ?? '';
    for (const name of ['platform', 'envelopes']) {
      for (const end of ['', '-wal', '-shm']) {
        await rm(join(folder.path, `${name}.sqlite${end}`), { force: true });
      }
    }
    await copyFile(join(folder.path, 'archive', newest), join(folder.path, 'platform.sqlite'));
    for (const room of ['envelopes', 'attachments']) {
      await rm(join(folder.path, room), { recursive: true });
      await cp(join(folder.path, 'archive', room), join(folder.path, room), { recursive: true });
    }
    platform = await startTestPlatform(folder.path);
    for (const { submissionId, envelopeSha256 } of both) {
      const { body } = await platform.admin(`/items/${submissionId}?clear=1`);
      expect(body).toMatchObject({ envelopeSha256, clear: { answers: {} } });
    }
  });

  it('not when the copy in the archive is damaged; the next pass copies anew', async () => {
    const { application } = await received();
    await archive();
    const before = await watermark();
    const second = await received();
    const hash = sha256(second.application.attachments[0]!);
    const target = inArchive('attachments', hash);
    await rm(join(target, '..'), { recursive: true, force: true });
    await mkdir(join(target, '..'), { recursive: true });
    await writeFile(target, 'rotten');
    expect(await archive()).toMatchObject({ kind: 'failed', archivedThrough: before });
    expect(await watermark()).toBe(before);
    expect(await archive()).toMatchObject({ kind: 'archived' });
    expect(await watermark()).toBeGreaterThanOrEqual(second.cursor);
    expect(application.submissionId).not.toBe(second.application.submissionId);
  });

  it('not when the copy of the database is broken or lacks an item', async () => {
    await received();
    await platform.close();
    const storage = openSqliteStorage(join(folder.path, 'platform.sqlite'));
    const files = await openSealed();
    const withBackup = (backupTo: (file: string) => Promise<void>) =>
      createArchive({
        storage: { ...storage, backupTo },
        ...files,
        folder: join(folder.path, 'archive'),
        everyMs: 0,
        log: pino({ level: 'silent' }),
      });
    const broken = withBackup(async (file) => {
      await storage.backupTo(file);
      const bytes = await readFile(file);
      await writeFile(file, bytes.fill(0x55, 4096));
    });
    expect(await broken.run()).toMatchObject({ kind: 'failed', archivedThrough: 0 });
    const empty = withBackup(async (file) => {
      await openSqliteStorage(file).close();
    });
    expect(await empty.run()).toMatchObject({ kind: 'failed', reason: 'the backup lacks items' });
    expect(await storage.archivedThrough()).toBe(0);
    expect(await withBackup(storage.backupTo).run()).toMatchObject({ kind: 'archived' });
    await storage.close();
    files.envelopes.close();
    platform = await startTestPlatform(folder.path);
  });

  it('with the files of all that the copy names, also of what came while it was made', async () => {
    await received();
    await platform.close();
    const storage = openSqliteStorage(join(folder.path, 'platform.sqlite'));
    const files = await openSealed();
    let late: SealedApplication | undefined;
    const passed = await createArchive({
      storage: {
        ...storage,
        async backupTo(file) {
          platform = await startTestPlatform(folder.path);
          late = (await received()).application;
          await platform.close();
          await storage.backupTo(file);
        },
      },
      ...files,
      folder: join(folder.path, 'archive'),
      everyMs: 0,
      log: pino({ level: 'silent' }),
    }).run();
    expect(passed.kind).toBe('archived');
    expect(passed.archivedThrough).toBe(await storage.items.lastCursor());
    const hash = late?.envelopeSha256 ?? '';
    expect(sha256(await readFile(inArchive('envelopes', hash)))).toBe(hash);
    files.envelopes.close();
    await storage.close();
    platform = await startTestPlatform(folder.path);
  });

  it('only of what lies in this archive: one that is said to be another disk gets everything once more', async () => {
    const first = (await received()).application;
    expect(await archive()).toMatchObject({ kind: 'archived' });
    expect(await archive()).toMatchObject({ kind: 'nothingNew' });
    await rm(join(folder.path, 'archive'), { recursive: true });
    expect(await archive()).toMatchObject({ kind: 'failed' });
    expect(await newArchive()).toMatchObject({ kind: 'archived' });
    const second = (await received()).application;
    expect(await archive()).toMatchObject({ kind: 'archived' });
    await rm(join(folder.path, 'archive'), { recursive: true });
    const third = (await received()).application;
    expect(await newArchive()).toMatchObject({ kind: 'archived' });
    for (const { envelope, envelopeSha256, attachments } of [first, second, third]) {
      expect(await readFile(inArchive('envelopes', envelopeSha256))).toEqual(envelope);
      for (const bytes of attachments) {
        const copy = await readFile(inArchive('attachments', sha256(bytes)));
        expect(copy).toEqual(Buffer.from(bytes));
      }
    }
    expect(await archive()).toMatchObject({ kind: 'nothingNew' });
  });

  it('by itself, on a timer', async () => {
    await platform.close();
    platform = await startTestPlatform(folder.path, { archiveEveryMs: 50 });
    const { cursor } = await received();
    await expect.poll(watermark, { timeout: 60_000 }).toBeGreaterThanOrEqual(cursor);
  });
});

describe('a platform that came back from a backup', () => {
  it('gives no cursor again that it gave before: what is new is never taken for what was read', async () => {
    await received();
    const file = join(folder.path, 'platform.sqlite');
    await platform.close();
    const backup = await readFile(file);
    platform = await startTestPlatform(folder.path);
    const lost = await received();
    const { cursor: read } = (await (await terminal.request('/v1/feed')).json()) as Feed;
    expect(read).toBeGreaterThanOrEqual(lost.cursor);
    await platform.close();
    for (const suffix of ['-wal', '-shm']) await rm(`${file}${suffix}`, { force: true });
    await writeFile(file, backup);
    platform = await startTestPlatform(folder.path);
    const fresh = await received();
    expect(fresh.cursor).toBeGreaterThan(read);
    const feed = (await (await terminal.request(`/v1/feed?after=${read}`)).json()) as Feed;
    expect(feed.events.map(({ submissionId }) => submissionId)).toContain(
      fresh.application.submissionId,
    );
  });
});

describe('the watermark', () => {
  it('never goes back', async () => {
    await received();
    await archive();
    const before = await watermark();
    await platform.close();
    const storage = openSqliteStorage(join(folder.path, 'platform.sqlite'));
    await storage.setArchivedThrough(before - 1);
    expect(await storage.archivedThrough()).toBe(before);
    await storage.close();
    platform = await startTestPlatform(folder.path);
  });
});
