import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AuditBatch, AuditHeld } from '../../domain/wire/audit.ts';
import { err, ok } from '../../domain/result.ts';
import { createAuditChain, type AuditChain } from '../../main/core/audit/chain.ts';
import { signerFromSeed } from '../../main/core/keys/ed25519.ts';
import type { TerminalSigner } from '../../main/core/ports.ts';
import { openIndex } from '../../main/core/storage/index-db.ts';
import { problem, readJson } from '../../main/core/sync/answers.ts';
import type { PlatformClient } from '../../main/core/sync/platform-client.ts';
import { sendAudit } from '../../main/core/sync/send-audit.ts';
import { deliver, sealApplication } from '../platform-kit/application.ts';
import { openBrowser, type TestBrowser } from '../platform-kit/browser.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../platform-kit/platform.ts';
import { enrolTerminal, postJson, type TestTerminal } from '../platform-kit/terminal.ts';

const MINUTE = 60_000;
let now = Date.parse('2026-11-24T02:00:00.000Z');
let uptime = 0;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: TestTerminal;
/** Requests that events went with. */
let batches: AuditBatch[] = [];

let browser: TestBrowser;

beforeAll(async () => {
  folder = await temporaryFolder();
  await startPlatform();
  browser = openBrowser(platform.url);
  await browser.login('auditor', 'auditor-test-password');
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});
beforeEach(async () => {
  // each its own: the code is good again and again
  terminal = await enrolTerminal(
    () => platform.url,
    TEST_CODE,
    undefined,
    () => now,
  );
  batches = [];
});

async function startPlatform(): Promise<void> {
  platform = await startTestPlatform(join(folder.path, 'platform'), {
    now: () => now,
    uptime: () => uptime,
    users: (['auditor', 'operator'] as const).map((role) => ({
      name: role,
      role,
      password: `${role}-test-password`,
    })),
  });
}

/** The line of a terminal, as the core calls it. */
const line = (): PlatformClient => ({
  open: () => Promise.reject(new Error('no open call')),
  async authorised(call, read) {
    const text = Buffer.from(call.body ?? new Uint8Array()).toString();
    if (call.path === '/v1/audit/events') batches.push(JSON.parse(text) as AuditBatch);
    const answer = await terminal.request(call.path, {
      method: call.method,
      headers: call.headers ?? {},
      body: text,
    });
    const body = new Uint8Array(await answer.arrayBuffer());
    const value = read({ status: answer.status, headers: {}, body });
    if (value !== undefined) return ok(value);
    const code = readJson(body, problem)?.code;
    return code === undefined
      ? err({ kind: 'nonsense', status: answer.status })
      : err({ kind: 'problem', status: answer.status, code, retryAfterMs: undefined });
  },
});

interface Machine {
  readonly file: string;
  readonly audit: AuditChain;
  close(): void;
}

let machines = 0;
const clock = { wall: () => now, now: () => now, after: () => () => undefined };

/** A machine with an index, a copy of another one's or a new one. */
function machine(copyOf?: Machine): Machine {
  const file = join(folder.path, `index-${machines++}.db`);
  if (copyOf) {
    copyOf.close();
    copyFileSync(copyOf.file, file);
  }
  return open(file);
}

function open(file: string): Machine {
  const { db } = openIndex(file, now);
  return { file, audit: createAuditChain(db, clock), close: () => db.close() };
}

const signer = (): TerminalSigner => ({
  keyId: terminal.key.keyId,
  publicKey: new Uint8Array(Buffer.from(terminal.key.publicKey, 'base64url')),
  sign: (bytes) => terminal.sign(bytes),
});

function happen({ audit }: Machine, times: number): void {
  for (let n = 0; n < times; n++) audit.record('cardRead', { detail: String(n) });
}

/** Says how it is, as a core does, and sends what the platform then lacks. */
async function sync({ audit }: Machine, itemsGoFirst = () => false): Promise<AuditHeld> {
  const beat = await postJson(
    `${platform.url}/v1/heartbeats`,
    {
      softwareVersion: 'test',
      waitingItems: 0,
      oldestWaitingSeconds: 0,
      devices: {},
      bundleVersions: {},
      clock: new Date(now).toISOString(),
      auditSeq: audit.end().seq,
    },
    { authorization: `Bearer ${await terminal.token()}` },
  );
  const { audit: told } = (await beat.json()) as { audit: AuditHeld };
  const held = await sendAudit({ audit, client: line(), itemsGoFirst }, told);
  if (!held) throw new Error('the platform was not understood');
  return held;
}

/** Places that the platform has of a terminal, by its database. */
function arrived(): ReadonlySet<string> {
  const database = new DatabaseSync(join(folder.path, 'platform', 'platform.sqlite'));
  const rows = database
    .prepare('SELECT seq, hash FROM auditEvents WHERE terminalId = ? ORDER BY arrival')
    .all(terminal.enrolment.terminalId);
  database.close();
  return new Set(rows.map((row) => `${String(row['seq'])} ${String(row['hash'])}`));
}

const missing = ({ audit }: Machine): number => {
  const here = arrived();
  return audit.rows().filter(({ seq, hash }) => !here.has(`${seq} ${hash}`)).length;
};

/** What an auditor reads of this terminal. */
async function consoleText(): Promise<string> {
  const text = await (await browser.get('/console/terminals')).text();
  const row = text.split('<tr ').find((each) => each.includes(terminal.enrolment.terminalId)) ?? '';
  return row.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
}

/** An auditor notes what is behind the one odd chain of this terminal; others may not. */
async function lookInto(cause: string): Promise<void> {
  const page = `/console/terminals/${terminal.enrolment.terminalId}/audit`;
  const action = /\/console\/terminals\/[^"]+\/chains\/\d+/;
  const [path = ''] = action.exec(await (await browser.get(page)).text()) ?? [];
  expect((await browser.post(page, path, { cause: '' })).status).toBe(422);
  expect((await browser.post(page, path.replace(/\d+$/, '999999'), { cause })).status).toBe(404);
  const other = openBrowser(platform.url);
  await other.login('operator', 'operator-test-password');
  expect(await (await other.get(page)).text()).not.toContain('name="cause"');
  expect((await other.post(page, path, { cause })).status).toBe(403);
  expect((await browser.post(page, path, { cause })).status).toBe(303);
  expect(await (await browser.get('/console/access')).text()).toContain(
    'noted what is behind an odd audit',
  );
}

test('what is new goes in order, in batches, once; the console says that the chain is whole', async () => {
  const here = machine();
  expect(await consoleText()).toContain('nothing came yet');
  happen(here, 120);
  here.audit.checkpoint(signer());
  happen(here, 4);
  expect(await sync(here)).toMatchObject({ ...here.audit.end(), archivedSeq: 0 });
  expect(batches.map(({ events }) => [events[0]?.seq, events.length])).toEqual([
    [1, 100],
    [101, 25],
  ]);
  expect(missing(here)).toBe(0);
  await sync(here);
  expect(batches).toHaveLength(2);
  happen(here, 1);
  await sync(here);
  expect(batches.at(-1)?.events).toHaveLength(1);
  expect(await consoleText()).toContain('audit is whole #126 2026-11-24 10:00:00');
  // the same request again, for an answer may have been lost
  const again = await terminal.request('/v1/audit/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(batches[1]),
  });
  expect([again.status, await again.json()]).toMatchObject([201, { seq: 125 }]);
  expect(arrived().size).toBe(126);
  here.close();
});

test('the events can be read at the console, page by page, and who reads them is logged', async () => {
  const here = machine();
  happen(here, 118);
  here.audit.checkpoint(signer());
  here.audit.record('itemStored', { receiptNumber: '50019900100126112400017' });
  await sync(here);
  const path = `/console/terminals/${terminal.enrolment.terminalId}/audit`;
  const numbers = (text: string): number[] =>
    [...text.matchAll(/<tr>\s*<td class="number">(\d+)</g)].map((match) => Number(match[1]));
  const first = await (await browser.get(path)).text();
  expect(numbers(first)).toEqual(Array.from({ length: 100 }, (_, n) => 120 - n));
  expect(first).toContain('办件已存好，等待上传');
  expect(first).toContain('50019900100126112400017');
  expect(first).not.toContain('name="cause"');
  const [older = ''] = /\/console\/terminals\/[^"]+before=\d+/.exec(first) ?? [];
  expect(numbers(await (await browser.get(older)).text())).toEqual(
    Array.from({ length: 20 }, (_, n) => 20 - n),
  );
  for (const nobody of ['nobody', 'x'.repeat(200)]) {
    expect((await browser.get(`/console/terminals/${nobody}/audit`)).status).toBe(404);
  }
  const log = await (await browser.get('/console/access')).text();
  expect(log).toContain('looked at the audit of a terminal');
  here.close();
});

test('items go first; how much is to come is shown', async () => {
  const here = machine();
  happen(here, 2);
  await sync(here);
  happen(here, 7);
  await sync(here, () => true);
  expect(batches).toHaveLength(1);
  expect(await consoleText()).toContain('7 events to come');
  here.close();
});

test('what is sent while the platform lacks what stands before is refused, and asked for anew', async () => {
  const here = machine();
  happen(here, 5);
  const { seq, hash } = here.audit.end();
  happen(here, 1);
  const told = { result: 'held', seq, hash, archivedSeq: 0 } as const;
  const parts = { audit: here.audit, client: line(), itemsGoFirst: () => false };
  expect(await sendAudit(parts, told)).toMatchObject({ seq: 0 });
  expect(arrived().size).toBe(0);
  await sync(here);
  expect(missing(here)).toBe(0);
  here.close();
});

test('a copied disk: both machines are kept whole, and the fork is shown', async () => {
  const first = machine();
  happen(first, 150);
  await sync(first);
  const copy = machine(first);
  const again = open(first.file);
  happen(again, 3);
  now += MINUTE;
  happen(copy, 4);
  await sync(again);
  await sync(copy);
  happen(again, 1);
  await sync(again);
  await sync(copy);
  expect([missing(again), missing(copy)]).toEqual([0, 0]);
  // what they have in common was not sent again
  expect(batches.slice(2).map(({ events }) => events.length)).not.toContain(100);
  expect(await consoleText()).toContain('audit forked #151 2026-11-24 10:01:00');
  expect(await consoleText()).toContain('to be looked into');
  await lookInto('diskCopied');
  expect(await consoleText()).toContain('looked into: 硬盘被复制过 its disk was copied auditor');
  // what is found wrong later asks for a new look
  copy.audit.checkpoint(signerFromSeed(new Uint8Array(32).fill(9)));
  await sync(copy);
  expect(await consoleText()).toContain('audit signed by another');
  expect(await consoleText()).toContain('to be looked into');
  again.close();
  copy.close();
});

test('an index that was lost: the chain begins anew beside the old one, and that is shown', async () => {
  const old = machine();
  happen(old, 3);
  await sync(old);
  old.close();
  const fresh = machine();
  fresh.audit.record('indexRebuilt', { detail: 'lost 0' });
  now += MINUTE;
  await sync(fresh);
  expect(missing(fresh)).toBe(0);
  expect(arrived().size).toBe(4);
  expect(await consoleText()).toContain('audit began anew #1');
  fresh.close();
});

test('an event that was changed on the terminal is not taken; what follows is, and the gap is shown', async () => {
  const here = machine();
  happen(here, 6);
  here.close();
  const database = new DatabaseSync(here.file);
  const guard = "SELECT sql FROM sqlite_schema WHERE name = 'audit_event_never_changes'";
  const { sql } = database.prepare(guard).get() ?? {};
  database.exec('DROP TRIGGER audit_event_never_changes');
  database.exec("UPDATE audit_event SET detail = 'x' WHERE seq = 3");
  database.exec(String(sql));
  database.close();
  const changed = open(here.file);
  await sync(changed);
  await sync(changed);
  expect([...arrived()].map((place) => place.split(' ')[0])).toEqual(['1', '2', '4', '5', '6']);
  expect(await consoleText()).toContain('audit has a gap before #4');
  changed.close();
});

test('what is no chain is refused whole; a checkpoint of another key is shown', async () => {
  const here = machine();
  happen(here, 2);
  here.audit.checkpoint(signerFromSeed(new Uint8Array(32).fill(7)));
  const events = here.audit.rows();
  const post = (batch: AuditBatch): Promise<Response> =>
    terminal.request('/v1/audit/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(batch),
    });
  const forged = events.map((row, n) => (n === 1 ? { ...row, detail: 'x' } : row));
  const answer = await post({ events: forged, begins: true });
  expect([answer.status, await answer.json()]).toMatchObject([422, { code: 'hashMismatch' }]);
  const gap = await post({ events: events.filter((_, n) => n !== 1), begins: true });
  expect(gap.status).toBe(422);
  expect((await post({ events: [], begins: true })).status).toBe(400);
  expect(arrived().size).toBe(0);
  await sync(here);
  expect(await consoleText()).toContain('audit signed by another #3');
  here.close();
});

test('a platform that came back from a backup is sent the rest again: one chain, whole', async () => {
  const here = machine();
  happen(here, 10);
  await sync(here);
  const { hash } = here.audit.end();
  happen(here, 230);
  await sync(here);
  // what a backup of then would hold; the simulation of districts has real ones
  const database = new DatabaseSync(join(folder.path, 'platform', 'platform.sqlite'));
  const { terminalId } = terminal.enrolment;
  database.prepare('DELETE FROM auditEvents WHERE terminalId = ? AND seq > 10').run(terminalId);
  database
    .prepare('UPDATE auditChains SET lastSeq = 10, lastHash = ? WHERE terminalId = ?')
    .run(hash, terminalId);
  database.close();
  expect(missing(here)).toBe(230);
  happen(here, 1);
  expect(await sync(here)).toMatchObject(here.audit.end());
  expect(missing(here)).toBe(0);
  expect(await consoleText()).toContain('audit is whole #241');
  here.close();
});

test('what lies in a verified backup is told; old events go, and the chain goes on all the same', async () => {
  const here = machine();
  happen(here, 3);
  await sync(here);
  await deliver(terminal, await sealApplication(terminal));
  expect(await platform.admin('/archive', { method: 'POST' })).toMatchObject({
    body: { kind: 'archived' },
  });
  happen(here, 2);
  uptime += 60 * MINUTE;
  expect(await sync(here)).toMatchObject({ seq: 5, archivedSeq: 3 });
  now += 1100 * 24 * 60 * MINUTE;
  uptime += 1100 * 24 * 60 * MINUTE;
  terminal = await enrolTerminal(
    () => platform.url,
    TEST_CODE,
    terminal.key,
    () => now,
  );
  happen(here, 1);
  expect(await sync(here)).toMatchObject({ seq: 6 });
  expect([...arrived()].map((place) => place.split(' ')[0])).toEqual(['6']);
  here.close();
});
