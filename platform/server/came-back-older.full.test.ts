import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Problem } from '../../domain/wire/platform.ts';
import {
  deliver,
  sealApplication,
  type SealedApplication,
} from '../../tests/platform-kit/application.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import {
  enrolTerminal,
  newTerminalKey,
  type TestTerminal,
} from '../../tests/platform-kit/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
/** The terminal as it is known now: of generation 1, where it was of generation 2. */
let terminal: TestTerminal;
/** Sealed under the generation of then, by the key that it still has. */
let waiting: readonly SealedApplication[];

const enrol = (key = newTerminalKey()): Promise<TestTerminal> =>
  enrolTerminal(() => platform.url, TEST_CODE, key);

beforeAll(async () => {
  folder = await temporaryFolder();
  const [data, backup] = [join(folder.path, 'data'), join(folder.path, 'backup')];
  await (await startTestPlatform(data)).close();
  await cp(data, backup, { recursive: true });
  platform = await startTestPlatform(data);
  await enrol();
  const before = await enrol();
  expect(before.enrolment.generation).toBe(2);
  const sealed = [];
  for (let n = 0; n < 4; n += 1) sealed.push(await sealApplication(before));
  waiting = sealed;
  await platform.close();
  platform = await startTestPlatform(backup);
  terminal = await enrol(before.key);
  expect(terminal.enrolment.generation).toBe(1);
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

const bring = async (
  item: SealedApplication,
  query = '',
): Promise<[number, string | undefined]> => {
  for (const bytes of item.attachments) await terminal.upload(bytes);
  const { status, body } = await platform.admin(`/items/${item.submissionId}${query}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.bianmin.envelope' },
    body: Buffer.from(item.envelope),
  });
  return [status, (body as Partial<Problem>).code];
};
const unnamed = async (terminalId: string): Promise<readonly string[]> => {
  const { body } = await platform.admin(`/terminals/${terminalId}/reconciliations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ since: '2026-01-01T00:00:00.000Z', stored: [] }),
  });
  const { unknown } = body as { unknown: readonly { submissionId: string }[] };
  return unknown.map(({ submissionId }) => submissionId);
};

it('what was sealed under a generation that the platform has forgotten is taken by its key, over the line and from a stick', async () => {
  const [line, stick] = waiting as [SealedApplication, SealedApplication];
  const answer = await deliver(terminal, line);
  expect([answer.status, await answer.json()]).toMatchObject([201, { result: 'received' }]);
  expect(await bring(stick)).toEqual([201, undefined]);
  const receipt = await fetch(`${platform.url}/v1/receipts/${line.receiptToken}`);
  expect(await receipt.json()).toMatchObject({ signature: 'valid', item: 'arrived' });
});

it('also when that generation is another terminal now, to which nothing of it is counted', async () => {
  const [line, stick, late] = waiting as [SealedApplication, SealedApplication, SealedApplication];
  const other = await enrol();
  expect(other.enrolment.generation).toBe(2);
  expect((await deliver(terminal, late)).status).toBe(201);
  expect(await unnamed(other.enrolment.terminalId)).toEqual([]);
  const its = [line, stick, late].map(({ submissionId }) => submissionId);
  expect(await unnamed(terminal.enrolment.terminalId)).toEqual(its);
});

it('by no other key, and not as an item of another place', async () => {
  const named = (terminalId: string): Promise<SealedApplication> =>
    sealApplication(terminal, { changeHeader: (header) => ({ ...header, terminalId }) });
  const elsewhere = await named('500151001002-g1');
  const stranger = newTerminalKey();
  const forged = await sealApplication({ ...terminal, key: { ...stranger, keyId: 'deadbeef' } });
  const signedByAnother = await sealApplication({
    ...terminal,
    enrolment: { ...terminal.enrolment, terminalId: `${terminal.place}-g9` },
    sign: (bytes) => terminal.sign(Buffer.concat([bytes, Buffer.of(0)])),
  });
  for (const item of [elsewhere, forged, signedByAnother]) {
    expect((await deliver(terminal, item)).status).toBe(400);
    expect(await bring(item)).toEqual([400, 'malformed']);
  }
});

it('of a key that was revoked since only when a person decides so', async () => {
  const last = waiting[3] as SealedApplication;
  for (const bytes of last.attachments) await terminal.upload(bytes);
  await platform.admin(`/terminals/${terminal.enrolment.terminalId}/revoke`, { method: 'POST' });
  const withoutUpload = { ...last, attachments: [] };
  expect(await bring(withoutUpload)).toEqual([401, 'revoked']);
  expect(await bring(withoutUpload, '?alsoRevoked=1')).toEqual([201, undefined]);
});
