import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Feed, ItemReceived, Problem } from '../domain/wire/platform.ts';
import {
  deliver,
  sealApplication,
  type SealedApplication,
} from '../tests/platform-kit/application.ts';
import { openBrowser } from '../tests/platform-kit/browser.ts';
import { whileDisk } from '../tests/platform-kit/disk-faults.ts';
import {
  flipInEnvelope,
  spoilEnvelope,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../tests/platform-kit/platform.ts';
import { enrolTerminal, sha256, type TestTerminal } from '../tests/platform-kit/terminal.ts';
import type { ArchivePass } from './archive.ts';
import { checkerAtOnce } from './storage/sqlite/check-backup.ts';

/** Files that the platform lost and nobody brings again: an operator gives them up, and all the rest goes on. */

const ROLES = ['operator', 'clerk', 'auditor'] as const;
const users = ROLES.map((role) => ({ name: role, role, password: `${role}-test-password` }));

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: TestTerminal;
beforeEach(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(join(folder.path, 'data'), { users });
  terminal = await enrolTerminal(() => platform.url, TEST_CODE);
});
afterEach(async () => {
  await platform.close();
  await folder.remove();
});

const place = (room: string, sum: string): string =>
  join(platform.dataDir, room, sum.slice(0, 2), sum);
const paperOf = ({ attachments }: SealedApplication): Uint8Array => attachments[0] as Uint8Array;
const archive = async (): Promise<unknown> =>
  (await platform.admin('/archive', { method: 'POST' })).body;
const feed = async (): Promise<Feed> =>
  (await terminal.request('/v1/feed')).json() as Promise<Feed>;
const again = ({ submissionId, envelope }: SealedApplication): Promise<Response> =>
  terminal.put(submissionId, envelope);
const received = async (): Promise<SealedApplication & { readonly answer: ItemReceived }> => {
  const application = await sealApplication(terminal);
  const answer = (await (await deliver(terminal, application)).json()) as ItemReceived;
  await platform.reviewed();
  return { ...application, answer };
};
async function as(role: (typeof ROLES)[number]): Promise<ReturnType<typeof openBrowser>> {
  const browser = openBrowser(platform.url);
  await browser.login(role, `${role}-test-password`);
  return browser;
}
async function giveUp(
  submissionId: string,
  cause = 'terminalDestroyed',
  role: (typeof ROLES)[number] = 'operator',
): Promise<number> {
  const browser = await as(role);
  const fields = { submissionId, cause };
  return (await browser.post('/console/terminals', '/console/archive/give-up', fields)).status;
}
const copies = async (): Promise<readonly string[]> =>
  (await readdir(join(platform.dataDir, 'archive'))).filter((name) =>
    /^platform-\d+\.sqlite$/.test(name),
  );
const inArchive = async (application: SealedApplication): Promise<boolean> => {
  const wanted: [string, string][] = [
    ['envelopes', application.envelopeSha256],
    ...application.attachments.map((each): [string, string] => ['attachments', sha256(each)]),
  ];
  for (const [room, sum] of wanted) {
    const bytes = await readFile(place(join('archive', room), sum)).catch(() => undefined);
    if (!bytes || sha256(bytes) !== sum) return false;
  }
  return true;
};

const LOSSES: readonly [string, (lost: SealedApplication) => Promise<void> | void][] = [
  ['a paper', (lost) => rm(place('attachments', sha256(paperOf(lost))))],
  ['an envelope', ({ envelopeSha256 }) => spoilEnvelope(platform.dataDir, envelopeSha256)],
  ['a damaged envelope', ({ envelopeSha256 }) => flipInEnvelope(platform.dataDir, envelopeSha256)],
];
it.each(LOSSES)(
  'with %s given up the archive goes on, and that item alone is not called archived, until it comes back and is whole',
  async (_what, lose) => {
    const before = await received();
    const lost = await received();
    await lose(lost);
    expect(await archive()).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
    expect(await giveUp(lost.submissionId)).toBe(303);
    const after = await received();
    const passed = (await archive()) as { kind: string; archivedThrough: number };
    expect(passed).toMatchObject({ kind: 'archived' });
    expect(passed.archivedThrough).toBeGreaterThanOrEqual(after.answer.cursor);
    expect([await inArchive(before), await inArchive(after)]).toEqual([true, true]);
    expect(await copies()).toHaveLength(1);
    expect(await archive()).toMatchObject({ kind: 'nothingNew' });
    const item = async (id: string): Promise<unknown> =>
      (await platform.admin(`/items/${id}`)).body;
    expect(await item(after.submissionId)).toMatchObject({ archived: true });
    expect(await item(lost.submissionId)).toMatchObject({ archived: false, copies: 1 });
    // below the watermark, and asked for as before: also after a restart, and by a pass that finds nothing new
    expect(lost.answer.cursor).toBeLessThan((await feed()).archivedThrough);
    expect((await feed()).incomplete).toEqual([lost.submissionId]);
    await platform.close();
    platform = await startTestPlatform(platform.dataDir, { users });
    expect((await feed()).incomplete).toEqual([lost.submissionId]);

    // its terminal was not destroyed after all
    await again(lost);
    for (const bytes of lost.attachments) await terminal.upload(bytes);
    const answer = (await (await again(lost)).json()) as ItemReceived;
    const { archivedThrough, incomplete } = await feed();
    expect(incomplete).toBeUndefined();
    expect(answer).toEqual({ ...lost.answer, cursor: answer.cursor });
    // it may give nothing up before a pass has copied it
    expect(answer.cursor).toBeGreaterThan(archivedThrough);
    expect(await inArchive(lost)).toBe(false);
    expect(await item(lost.submissionId)).toMatchObject({ archived: false });
    expect(await (await again(lost)).json()).toEqual(answer);
    expect(await archive()).toMatchObject({ kind: 'archived' });
    expect((await feed()).archivedThrough).toBeGreaterThanOrEqual(answer.cursor);
    expect(await inArchive(lost)).toBe(true);
    const whole = await item(lost.submissionId);
    expect(whole).toMatchObject({ archived: true, conflicts: 0, problems: [], state: 'received' });
    expect(whole).not.toHaveProperty('givenUp');
  },
);

it('only what is lost can be given up, by an operator, with a cause', async () => {
  const [kept, lost] = [await received(), await received()];
  const paper = place('attachments', sha256(paperOf(lost)));
  await copyFile(paper, join(folder.path, 'paper'));
  await rm(paper);
  // no pass has found it yet: it may lie in the archive
  expect(await giveUp(lost.submissionId)).toBe(409);
  await archive();
  expect(await giveUp(kept.submissionId)).toBe(409);
  expect(await giveUp('0'.repeat(32))).toBe(409);
  expect(await giveUp(lost.submissionId, '')).toBe(422);
  expect(await giveUp(lost.submissionId, 'other', 'clerk')).toBe(403);
  expect(await giveUp(lost.submissionId, 'other', 'auditor')).toBe(403);
  await copyFile(join(folder.path, 'paper'), paper);
  expect(await giveUp(lost.submissionId)).toBe(409);
  expect(await archive()).toMatchObject({ kind: 'archived' });
  await rm(paper);
  // it lies in the archive, and is put back from there
  await archive();
  expect(await giveUp(lost.submissionId)).toBe(409);
});

it('one file that is given up excuses no other: of its item, and of others', async () => {
  const [one, other] = [await received(), await received()];
  await rm(place('attachments', sha256(paperOf(one))));
  await archive();
  expect(await giveUp(one.submissionId)).toBe(303);
  await rm(place('attachments', sha256(one.attachments[1] as Uint8Array)));
  await rm(place(join('archive', 'attachments'), sha256(one.attachments[1] as Uint8Array)));
  expect(await archive()).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
  expect(await giveUp(one.submissionId, 'terminalStolen')).toBe(303);
  await rm(place(join('archive', 'attachments'), sha256(paperOf(other))));
  await rm(place('attachments', sha256(paperOf(other))));
  expect(await archive()).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
  expect(await copies()).toEqual([]);
  expect((await feed()).incomplete).toEqual([other.submissionId, one.submissionId]);
  await terminal.upload(paperOf(other));
  expect(await archive()).toMatchObject({ kind: 'archived' });
});

it('a pass with something given up reads everything else back', async () => {
  const [lost, other] = [await received(), await received()];
  await rm(place('attachments', sha256(paperOf(lost))));
  await archive();
  const copy = place(join('archive', 'attachments'), sha256(paperOf(other)));
  const bytes = await readFile(copy);
  await writeFile(copy, bytes.fill(1, 100, 200));
  await giveUp(lost.submissionId);
  expect(await archive()).toMatchObject({ kind: 'failed', trouble: 'damaged' });
  expect(await archive()).toMatchObject({ kind: 'archived' });
  expect(await inArchive(other)).toBe(true);
});

it('a file that a person puts back is copied by the next pass, as if it had never been lost', async () => {
  const lost = await received();
  const paper = place('attachments', sha256(paperOf(lost)));
  await copyFile(paper, join(folder.path, 'paper'));
  await rm(paper);
  await archive();
  await giveUp(lost.submissionId);
  await archive();
  await writeFile(paper, (await readFile(join(folder.path, 'paper'))).fill(1, 100, 200));
  // other bytes are not the file
  expect(await archive()).toMatchObject({ kind: 'nothingNew' });
  await copyFile(join(folder.path, 'paper'), paper);
  expect(await archive()).toMatchObject({ kind: 'archived' });
  expect(await inArchive(lost)).toBe(true);
  const answer = (await (await again(lost)).json()) as ItemReceived;
  expect(answer.cursor).toBeLessThanOrEqual((await feed()).archivedThrough);
  expect((await feed()).incomplete).toBeUndefined();
});

it('a restore lacks what was given up, knows it, and excuses nothing else', async () => {
  const lost = await received();
  const other = await received();
  await rm(place('attachments', sha256(paperOf(lost))));
  await archive();
  await giveUp(lost.submissionId);
  expect(await archive()).toMatchObject({ kind: 'archived' });
  await platform.close();
  const [copy] = await copies();
  const restored = join(folder.path, 'restored');
  await mkdir(restored);
  await copyFile(join(platform.dataDir, 'archive', copy ?? ''), join(restored, 'platform.sqlite'));
  for (const room of ['envelopes', 'attachments']) {
    await cp(join(platform.dataDir, 'archive', room), join(restored, room), { recursive: true });
  }
  await cp(join(platform.dataDir, 'keys'), join(restored, 'keys'), { recursive: true });
  platform = await startTestPlatform(restored, { users });
  expect((await feed()).incomplete).toEqual([lost.submissionId]);
  const refused = (await (await again(lost)).json()) as Problem;
  expect(refused).toMatchObject({ code: 'attachmentsMissing', detail: sha256(paperOf(lost)) });
  // into an archive of its own it copies all that it has
  await rm(place('attachments', sha256(paperOf(other))));
  const first = (await platform.admin('/archive?new=1', { method: 'POST' })).body;
  expect(first).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
  await terminal.upload(paperOf(other));
  expect(await archive()).toMatchObject({ kind: 'archived' });
  await terminal.upload(paperOf(lost));
  expect((await again(lost)).status).toBe(201);
  expect(await archive()).toMatchObject({ kind: 'archived' });
  expect(await inArchive(lost)).toBe(true);
});

describe('while a pass runs', () => {
  let meanwhile: (() => Promise<unknown>) | undefined;
  beforeEach(async () => {
    await platform.close();
    meanwhile = undefined;
    platform = await startTestPlatform(platform.dataDir, {
      users,
      backups: {
        ...checkerAtOnce,
        async check(file) {
          const step = meanwhile;
          meanwhile = undefined;
          await step?.();
          return checkerAtOnce.check(file);
        },
      },
    });
  });

  it('what is given up is so in the next one, whose copy of the database knows it', async () => {
    const lost = await received();
    await rm(place('attachments', sha256(paperOf(lost))));
    await archive();
    let status = 0;
    meanwhile = async () => {
      status = await giveUp(lost.submissionId);
    };
    expect(await archive()).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
    expect([status, await copies()]).toEqual([303, []]);
    expect(await archive()).toMatchObject({ kind: 'archived' });
  });

  it('what comes back is archived by the next one', async () => {
    const lost = await received();
    await rm(place('attachments', sha256(paperOf(lost))));
    await archive();
    await giveUp(lost.submissionId);
    let answer: unknown;
    meanwhile = async () => {
      await terminal.upload(paperOf(lost));
      answer = await (await again(lost)).json();
    };
    const { kind, archivedThrough } = (await archive()) as ArchivePass;
    expect([kind, await inArchive(lost)]).toEqual(['archived', false]);
    expect((answer as ItemReceived).cursor).toBeGreaterThan(archivedThrough);
    expect(await archive()).toMatchObject({ kind: 'archived' });
    expect(await inArchive(lost)).toBe(true);
  });
});

it('a terminal that hands it in while a pass finds it whole is answered with the new cursor', async () => {
  const lost = await received();
  const paper = place('attachments', sha256(paperOf(lost)));
  await rm(paper);
  await archive();
  await giveUp(lost.submissionId);
  await archive();
  await writeFile(paper, paperOf(lost));
  let passed: unknown;
  const answered = await whileDisk(
    'stat',
    (real) =>
      (async (path: string) => {
        if (path === paper && passed === undefined) {
          passed = 'running';
          passed = await archive();
        }
        return real(path);
      }) as typeof real,
    async () => (await (await again(lost)).json()) as ItemReceived,
  );
  expect(passed).toMatchObject({ kind: 'archived' });
  expect(answered.cursor).toBeGreaterThan(lost.answer.cursor);
});

it('what is given up is looked through only when it is back, and keeps the review of nothing else waiting', async () => {
  const lost = await received();
  await rm(place('attachments', sha256(paperOf(lost))));
  await archive();
  await giveUp(lost.submissionId);
  await platform.close();
  const database = new DatabaseSync(join(platform.dataDir, 'platform.sqlite'));
  database.prepare('UPDATE items SET reviewedAt = NULL').run();
  database.close();
  const told: string[] = [];
  const log = pino({}, { write: (line: string) => told.push(line) });
  platform = await startTestPlatform(platform.dataDir, { users, log });
  const other = await received();
  const item = async (id: string): Promise<unknown> => (await platform.admin(`/items/${id}`)).body;
  expect(await item(other.submissionId)).toMatchObject({ reviewed: true });
  expect(await item(lost.submissionId)).toMatchObject({ reviewed: false, state: 'received' });
  expect(told.filter((line) => line.includes('review'))).not.toEqual([]);
  expect(told.filter((line) => line.includes('review of an item failed'))).toEqual([]);
  await terminal.upload(paperOf(lost));
  await again(lost);
  await platform.reviewed();
  expect(await item(lost.submissionId)).toMatchObject({ reviewed: true, problems: [] });
});

it('says to the clerk what lacks, to the auditor who gave it up, and calls it whole nowhere', async () => {
  const lost = await received();
  const { caseNumber } = lost.answer;
  await rm(place('attachments', sha256(paperOf(lost))));
  await archive();
  const operator = await as('operator');
  const shown = await (await operator.get('/console/terminals')).text();
  expect(shown).toContain(`data-lost="${lost.submissionId}"`);
  expect(shown).toContain(caseNumber);
  for (const role of ['clerk', 'auditor'] as const) {
    const page = await (await (await as(role)).get('/console/terminals')).text();
    expect(page).not.toContain('data-lost');
  }
  await giveUp(lost.submissionId);
  expect(await (await operator.get('/console/terminals')).text()).not.toContain('data-lost');
  await archive();
  const clerk = await as('clerk');
  const opened = await (await clerk.get(`/console/cases/${caseNumber}`)).text();
  expect(opened).toMatch(/data-given-up="1".*联系申请人重新交.*终端毁了/s);
  expect(opened).toContain('ask the applicant for them once more');
  // no picture that is not there: what lacks is said in its place
  const [gone, here] = lost.attachments.map((each) => `/files/${sha256(each)}`);
  expect(opened).not.toContain(gone);
  expect(opened).toContain(here);
  expect(opened).toMatch(/签名 1 <span class="tag bad">丢失了/);
  const list = await (await clerk.get('/console/cases')).text();
  expect(list).toContain('有丢失的部分');
  expect(list).not.toContain('已备份');
  const access = await (await (await as('auditor')).get('/console/access')).text();
  const line = `${caseNumber} terminalDestroyed ${sha256(paperOf(lost)).slice(0, 16)}`;
  expect(access).toMatch(new RegExp(`operator.*放弃丢失的文件.*${line}`, 's'));
  expect(access).toContain('记录链完整');
  const stored = [{ submissionId: lost.submissionId, receiptNumber: lost.receiptNumber }];
  const compare = async (): Promise<unknown> => {
    const path = `/terminals/${terminal.enrolment.terminalId}/reconciliations`;
    const body = JSON.stringify({ since: '2020-01-01T00:00:00.000Z', stored });
    const headers = { 'content-type': 'application/json' };
    return (await platform.admin(path, { method: 'POST', headers, body })).body;
  };
  const nothing = { missing: [], differing: [], unknown: [] };
  expect(await compare()).toEqual({ matching: 0, ...nothing, givenUp: stored });
  await terminal.upload(paperOf(lost));
  await again(lost);
  expect(await compare()).toEqual({ matching: 1, ...nothing });
  expect(await (await clerk.get(`/console/cases/${caseNumber}`)).text()).not.toContain('丢失');
  const log = await (await (await as('auditor')).get('/console/access')).text();
  expect(log).toContain('放弃过的文件又齐了');
});

it('a case whose whole envelope was given up can be opened, and says so', async () => {
  const lost = await received();
  spoilEnvelope(platform.dataDir, lost.envelopeSha256);
  await archive();
  await giveUp(lost.submissionId, 'terminalDiskFailed');
  const opened = await (await as('clerk')).get(`/console/cases/${lost.answer.caseNumber}`);
  expect(opened.status).toBe(200);
  expect(await opened.text()).toMatch(
    /申请内容（填写的表）.*终端的硬盘坏了.*密封的内容平台丢失了/s,
  );
});
