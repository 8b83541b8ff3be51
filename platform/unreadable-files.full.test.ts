import { readdir, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Feed } from '../domain/wire/platform.ts';
import {
  deliver,
  sealApplication,
  type SealedApplication,
} from '../tests/platform-kit/application.ts';
import { openBrowser } from '../tests/platform-kit/browser.ts';
import {
  sealedFile,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../tests/platform-kit/platform.ts';
import { enrolTerminal, sha256, type TestTerminal } from '../tests/platform-kit/terminal.ts';
import { ArchiveRefused } from './archive-trouble.ts';
import { createUnreadableFiles } from './archive-unreadable.ts';
import { isUnreadable } from './storage/files.ts';

const withCode = (codes: object): Error => Object.assign(new Error('x'), codes);
const IO = withCode({ code: 'EIO', errno: -5 });
const MINUTE = 60_000;

it.each<[string, object, boolean]>([
  ['EIO', { code: 'EIO' }, true],
  ['EUCLEAN', { errno: -117 }, true],
  ['EBADMSG', { errno: -74 }, true],
  ['ENODATA', { errno: -61 }, true],
  ['SQLITE_IOERR_READ', { errcode: 266 }, true],
  ['SQLITE_CORRUPT_VTAB', { errcode: 267 }, true],
  ['ENODEV', { code: 'ENODEV', errno: -19 }, false],
  ['ENOENT', { code: 'ENOENT', errno: -2 }, false],
  ['EACCES', { code: 'EACCES', errno: -13 }, false],
  ['ENOSPC', { code: 'ENOSPC', errno: -28 }, false],
  ['SQLITE_IOERR_WRITE', { errcode: 778 }, false],
])('%s says of a file that its disk does not give it back, or does not', (_, codes, is) => {
  expect(isUnreadable(withCode(codes))).toBe(is);
});

describe('a file that cannot be read', () => {
  let now = 0;
  const aside: string[] = [];
  const told: string[] = [];
  const create = (): ReturnType<typeof createUnreadableFiles> =>
    createUnreadableFiles({
      attachments: {
        setAsideDamaged(name, orUnreadable) {
          aside.push(`${name} ${String(orUnreadable)}`);
          return Promise.resolve(true);
        },
      },
      log: pino({}, { write: (line: string) => told.push(line) }),
      now: () => now,
    });
  beforeEach(() => {
    now = 0;
    aside.length = 0;
    told.length = 0;
  });

  it('is set aside when it still cannot minutes later, if it is a paper, and told once', async () => {
    const files = create();
    for (const at of [0, 4 * MINUTE]) {
      now = at;
      expect(await files.isOne(IO, 'attachments', 'a')).toBe(true);
      expect(await files.isOne(IO, 'envelopes', 'e')).toBe(true);
    }
    expect(aside).toEqual([]);
    files.readable('b');
    now = 6 * MINUTE;
    await files.isOne(IO, 'attachments', 'a');
    await files.isOne(IO, 'envelopes', 'e');
    expect(aside).toEqual(['a true']);
    expect(told).toHaveLength(2);
    expect(told[0]).toContain('does not give back a sealed file');
  });

  it('is not set aside when it could be read meanwhile', async () => {
    const files = create();
    await files.isOne(IO, 'attachments', 'a');
    files.readable('a');
    now = 6 * MINUTE;
    await files.isOne(IO, 'attachments', 'a');
    expect(aside).toEqual([]);
  });

  it('is none where the archive fails, another thing is wrong, or a hundred cannot: then it is the disk', async () => {
    const files = create();
    expect(await files.isOne(new ArchiveRefused('diskFails', 'EIO'), 'attachments', 'a')).toBe(
      false,
    );
    expect(await files.isOne(withCode({ code: 'ENODEV' }), 'attachments', 'a')).toBe(false);
    const each: boolean[] = [];
    for (let n = 0; n < 101; n += 1) each.push(await files.isOne(IO, 'attachments', String(n)));
    expect([each.indexOf(false), each.length]).toEqual([100, 101]);
    files.begin();
    expect(await files.isOne(IO, 'attachments', 'a')).toBe(true);
  });
});

describe.skipIf(process.platform !== 'linux')('a platform whose disk does not give back', () => {
  const users = [
    { name: 'operator', role: 'operator', password: 'operator-test-password' },
  ] as const;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let platform: TestPlatform;
  let terminal: TestTerminal;
  let ahead = 0;
  beforeEach(async () => {
    ahead = 0;
    folder = await temporaryFolder();
    const now = (): number => Date.now() + ahead;
    platform = await startTestPlatform(join(folder.path, 'data'), { users, now });
    terminal = await enrolTerminal(() => platform.url, TEST_CODE);
  });
  afterEach(async () => {
    await platform.close();
    await folder.remove();
  });
  const archive = async (): Promise<unknown> =>
    (await platform.admin('/archive', { method: 'POST' })).body;
  const feed = async (): Promise<Feed> =>
    (await terminal.request('/v1/feed')).json() as Promise<Feed>;
  const archived = async (): Promise<readonly string[]> =>
    (await readdir(join(platform.dataDir, 'archive'), { recursive: true })).map((each) =>
      basename(each),
    );
  const received = async (bytes = 0): Promise<SealedApplication> => {
    const application = await sealApplication(terminal, {
      changeSealed: (sealed, of) =>
        of === 'envelopes' ? Buffer.concat([sealed, Buffer.alloc(bytes)]) : sealed,
    });
    await deliver(terminal, application);
    await platform.reviewed();
    return application;
  };
  /** The kernel gives EIO for the unmapped first page of this process, as a disk does for a bad sector. */
  const spoil = async (room: 'envelopes' | 'attachments', name: string): Promise<string> => {
    const file = sealedFile(platform.dataDir, room, name);
    await rm(file);
    await symlink('/proc/self/mem', file);
    return file;
  };

  it('one paper copies all else, asks for it after minutes, and is whole once it has come again', async () => {
    const [before, bad] = [await received(), await received()];
    const paper = bad.attachments[0] as Uint8Array;
    const file = await spoil('attachments', sha256(paper));
    const after = await received();
    const { archivedThrough } = await feed();
    for (const minutes of [0, 6]) {
      ahead = minutes * MINUTE;
      expect(await archive()).toMatchObject({
        ...{ kind: 'failed', trouble: 'filesLost', archivedThrough },
      });
    }
    const copied = await archived();
    for (const { envelopeSha256, attachments } of [before, after]) {
      expect(copied).toEqual(expect.arrayContaining([envelopeSha256, ...attachments.map(sha256)]));
    }
    expect(await readdir(join(file, '..'))).toContain(`${sha256(paper)}.unreadable`);
    expect((await feed()).incomplete).toEqual([bad.submissionId]);
    expect((await terminal.put(bad.submissionId, bad.envelope)).status).toBe(422);
    await terminal.upload(paper);
    expect((await terminal.put(bad.submissionId, bad.envelope)).status).toBe(201);
    expect(await archive()).toMatchObject({ kind: 'archived' });
    expect((await feed()).incomplete).toBeUndefined();
  });

  it('one envelope asks for it at once, and has it written over', async () => {
    const bad = await received(300_000);
    await spoil('envelopes', bad.envelopeSha256);
    expect(await archive()).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
    expect((await feed()).incomplete).toEqual([bad.submissionId]);
    expect((await terminal.put(bad.submissionId, bad.envelope)).status).toBe(201);
    expect(await archive()).toMatchObject({ kind: 'archived' });
  });

  it('one paper that nobody brings again can be given up by an operator', async () => {
    const bad = await received();
    await spoil('attachments', sha256(bad.attachments[0] as Uint8Array));
    expect(await archive()).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
    const browser = openBrowser(platform.url);
    await browser.login('operator', 'operator-test-password');
    expect(await (await browser.get('/console/terminals')).text()).toContain(
      `data-lost="${bad.submissionId}"`,
    );
    const form = { submissionId: bad.submissionId, cause: 'terminalDestroyed' };
    expect(
      (await browser.post('/console/terminals', '/console/archive/give-up', form)).status,
    ).toBe(303);
    expect(await archive()).toMatchObject({ kind: 'archived' });
  });
});
