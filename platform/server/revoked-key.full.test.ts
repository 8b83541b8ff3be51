import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Problem } from '../../domain/wire/platform.ts';
import { deliver, sealApplication } from '../../tests/platform-kit/application.ts';
import {
  ONE_TIME_CODE,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import {
  enrolTerminal,
  newSubmissionId,
  newTerminalKey,
  postJson,
  type TestTerminal,
} from '../../tests/platform-kit/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
beforeAll(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path);
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

const enrol = (code: string, key = newTerminalKey()): Promise<TestTerminal> =>
  enrolTerminal(() => platform.url, code, key);
const revoke = ({ enrolment }: TestTerminal): Promise<unknown> =>
  platform.admin(`/terminals/${enrolment.terminalId}/revoke`, { method: 'POST' });

it('a key that was revoked comes back by no code, and the code is not spent by the try', async () => {
  const key = newTerminalKey();
  await revoke(await enrol(TEST_CODE, key));
  for (const code of [TEST_CODE, ONE_TIME_CODE]) {
    const { publicKey } = key;
    const asked = { code, publicKey, softwareVersion: 'test' };
    const answer = await postJson(`${platform.url}/v1/enrolments`, asked);
    expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([401, 'revoked']);
  }
  expect((await enrol(ONE_TIME_CODE)).enrolment.generation).toBe(1);
});

const addCode = (code: string, terminal: string): Promise<unknown> =>
  platform.admin('/enrolment-codes', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, region: '500151001', terminal, reusable: false }),
  });
/** Enrols one key twice at a place of its own, with two codes. */
async function enrolledTwice(terminal: string) {
  const codes = [`${terminal} AGAIN`, `${terminal} ONCE MORE`] as const;
  for (const code of codes) await addCode(code, terminal);
  const key = newTerminalKey();
  const first = await enrol(codes[0], key);
  const second = await enrol(codes[1], key);
  expect(second.enrolment.generation).toBe(first.enrolment.generation + 1);
  return { codes, first, second };
}
const problemOf = async (answer: Response): Promise<unknown> => [
  answer.status,
  ((await answer.json()) as Problem).code,
];

it('who revokes one of two enrolments of a key revokes the key: it signs as neither, and no code helps', async () => {
  const { codes, first, second } = await enrolledTwice('003');
  const application = await sealApplication(first);
  await deliver(first, application);
  const token = await first.token();
  const { body } = await platform.admin(`/terminals/${second.enrolment.terminalId}/revoke`, {
    method: 'POST',
  });
  const both = [first, second].map(({ enrolment }) => enrolment.terminalId).sort();
  expect(body).toEqual({ revoked: true, terminalIds: both });
  for (const stolen of [first, second]) {
    const assertion = await stolen.assertion();
    const answer = await postJson(`${platform.url}/v1/tokens`, { assertion });
    expect(await problemOf(answer)).toEqual([401, 'revoked']);
  }
  const feed = await fetch(`${platform.url}/v1/feed`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await problemOf(feed)).toEqual([401, 'revoked']);
  const item = await first.put(newSubmissionId(), application.envelope);
  expect(await problemOf(item)).toEqual([401, 'revoked']);
  for (const code of codes) {
    const asked = { code, publicKey: first.key.publicKey, softwareVersion: 'test' };
    const answer = await postJson(`${platform.url}/v1/enrolments`, asked);
    expect(await problemOf(answer)).toEqual([401, 'revoked']);
  }
  const receipt = await fetch(`${platform.url}/v1/receipts/${application.receiptToken}`);
  expect(await receipt.json()).toMatchObject({ signature: 'revokedKey', item: 'arrived' });
  // there is no other enrolment of it that is still to be revoked
  const again = await platform.admin(`/terminals/${first.enrolment.terminalId}/revoke`, {
    method: 'POST',
  });
  expect(again.body).toEqual({ revoked: false, terminalIds: [] });
});

it('the access log names each enrolment that was revoked, also those nobody asked for by name', async () => {
  const { first, second } = await enrolledTwice('005');
  await revoke(second);
  const database = new DatabaseSync(join(platform.dataDir, 'platform.sqlite'), { readOnly: true });
  const named = database
    .prepare("SELECT subject FROM accessLog WHERE action = 'revokeTerminal'")
    .all()
    .map(({ subject }) => subject);
  database.close();
  for (const { enrolment } of [first, second]) {
    expect(named.filter((subject) => subject === enrolment.terminalId)).toHaveLength(1);
  }
});

it('a key that stands at another place is enrolled by no code, so that nobody has it revoked there; the code is not spent', async () => {
  const codes = ['006 ITS OWN', '007 FOR ANOTHER'] as const;
  await addCode(codes[0], '006');
  await addCode(codes[1], '007');
  const rightful = await enrol(codes[0]);
  // whoever reads the bundle of keys knows it
  const { publicKey } = rightful.key;
  const asked = { code: codes[1], publicKey, softwareVersion: 'test' };
  const answer = await postJson(`${platform.url}/v1/enrolments`, asked);
  expect(await problemOf(answer)).toEqual([409, 'conflict']);
  const other = await enrol(codes[1]);
  expect(other.enrolment.terminalId).toBe('500151001007-g1');
  await revoke(other);
  expect((await deliver(rightful, await sealApplication(rightful))).status).toBe(201);
  // the code that brought it gives the same answer still
  expect((await enrol(codes[0], rightful.key)).enrolment).toMatchObject({ generation: 1 });
});

it('a key has one spelling: it does not come back with other bits behind its last', async () => {
  const key = newTerminalKey();
  await revoke(await enrol(TEST_CODE, key));
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = digits.indexOf(key.publicKey.slice(-1));
  for (const bits of [1, 2, 3]) {
    const publicKey = key.publicKey.slice(0, -1) + digits.charAt(last + bits);
    expect(Buffer.from(publicKey, 'base64url')).toEqual(Buffer.from(key.publicKey, 'base64url'));
    const asked = { code: TEST_CODE, publicKey, softwareVersion: 'test' };
    const answer = await postJson(`${platform.url}/v1/enrolments`, asked);
    expect(await problemOf(answer)).toEqual([400, 'malformed']);
  }
});

it('an earlier enrolment of a key that nobody revoked goes on, and another key at a place of a revoked one', async () => {
  const { first, second } = await enrolledTwice('004');
  for (const each of [first, second]) {
    expect((await deliver(each, await sealApplication(each))).status).toBe(201);
  }
  const stolen = await enrol(TEST_CODE);
  const replacement = await enrol(TEST_CODE);
  await revoke(stolen);
  expect(replacement.place).toBe(stolen.place);
  const sent = await deliver(replacement, await sealApplication(replacement));
  expect(sent.status).toBe(201);
  // what the place still held from before goes the way of whoever stands there now
  const before = await sealApplication({ ...stolen, request: replacement.request });
  expect((await deliver(replacement, before)).status).toBe(201);
});
