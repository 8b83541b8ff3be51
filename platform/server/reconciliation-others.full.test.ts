import { afterAll, beforeAll, expect, test } from 'vitest';
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
  type TestTerminal,
} from '../../tests/platform-kit/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: TestTerminal;
/** Of another place. */
let other: TestTerminal;
beforeAll(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path);
  const at = (): string => platform.url;
  terminal = await enrolTerminal(at, TEST_CODE, newTerminalKey());
  other = await enrolTerminal(at, ONE_TIME_CODE, newTerminalKey());
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

const compared = async ({ enrolment }: TestTerminal, stored: readonly object[]) => {
  const { status, body } = await platform.admin(
    `/terminals/${enrolment.terminalId}/reconciliations`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ since: new Date(Date.now() + 3_600_000).toISOString(), stored }),
    },
  );
  expect(status).toBe(200);
  return body;
};

test('what another place sealed under the id and the number of a waiting item is not taken for it', async () => {
  const waiting = await sealApplication(terminal);
  const { submissionId, receiptNumber } = waiting;
  // who has a copy of its clear header; only an application must have a number of its own place
  const planted = await sealApplication(other, {
    submissionId,
    changeHeader: (header) => ({ ...header, kind: 'question', receiptNumber }),
  });
  expect((await deliver(other, planted)).status).toBe(201);
  expect((await deliver(terminal, waiting)).status).toBe(409);
  const named = { submissionId, receiptNumber };
  expect(await compared(terminal, [named])).toEqual({
    ...{ matching: 0, missing: [], unknown: [] },
    differing: [named],
  });
});

test('what the terminal sealed at the place it stood at before is its own, whatever its kind', async () => {
  const before = await sealApplication(terminal);
  const rating = await sealApplication(terminal, {
    changeHeader: (header) => ({ ...header, kind: 'rating' }),
  });
  const own = await sealApplication(other);
  for (const each of [before, rating, own]) expect((await deliver(other, each)).status).toBe(201);
  const stored = [before, rating, own].map(({ submissionId, receiptNumber }) => ({
    submissionId,
    receiptNumber,
  }));
  expect(await compared(other, stored)).toMatchObject({ matching: 3, differing: [], missing: [] });
});
