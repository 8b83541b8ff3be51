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

it('a receipt of a key that was enrolled twice is genuine as long as one of the two is not revoked', async () => {
  for (const code of ['AGAIN', 'ONCE MORE']) {
    const added = { code, region: '500151001', terminal: '003', reusable: false };
    await platform.admin('/enrolment-codes', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(added),
    });
  }
  const key = newTerminalKey();
  const first = await enrol('AGAIN', key);
  const second = await enrol('ONCE MORE', key);
  expect(second.enrolment.generation).toBe(first.enrolment.generation + 1);
  const application = await sealApplication(second);
  await deliver(second, application);
  const signature = async (): Promise<unknown> => {
    const answer = await fetch(`${platform.url}/v1/receipts/${application.receiptToken}`);
    return ((await answer.json()) as { signature: unknown }).signature;
  };
  await revoke(first);
  expect(await signature()).toBe('valid');
  await revoke(second);
  expect(await signature()).toBe('revokedKey');
});
