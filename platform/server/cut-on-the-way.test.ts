import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
import { enrolTerminal, type TestTerminal } from '../../tests/platform-kit/terminal.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: TestTerminal;

beforeAll(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(folder.path);
  terminal = await enrolTerminal(() => platform.url, TEST_CODE);
});
afterAll(async () => {
  await platform.close();
  await folder.remove();
});

const digestOf = (bytes: Uint8Array): string =>
  `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;
/** What is said of an envelope of which these bytes came, while this was said of it. */
const put = async (
  { submissionId }: SealedApplication,
  bytes: Uint8Array,
  digest?: string,
): Promise<[number, Problem['code'] | undefined]> => {
  const type = { 'content-type': 'application/vnd.bianmin.envelope' };
  const answer = await terminal.request(`/v1/items/${submissionId}`, {
    method: 'PUT',
    headers: digest === undefined ? type : { ...type, 'content-digest': digest },
    body: Buffer.from(bytes),
  });
  return [answer.status, ((await answer.json()) as Partial<Problem>).code];
};
/** One whose attachments are there. */
const ready = async (): Promise<SealedApplication> => {
  const application = await sealApplication(terminal);
  for (const bytes of application.attachments) await terminal.upload(bytes);
  return application;
};

describe('an envelope that comes with its hash', () => {
  test('wherever it is cut short on the way, it is not refused for good', async () => {
    const application = await ready();
    const { envelope } = application;
    const line = envelope.indexOf(0x0a);
    for (const length of [0, 1, 100, line, line + 1, envelope.length - 1]) {
      const came = envelope.subarray(0, length);
      expect(await put(application, came, digestOf(envelope))).toEqual([422, 'hashMismatch']);
    }
    expect(await put(application, envelope, digestOf(envelope))).toEqual([201, undefined]);
  });

  test('nor where a byte of its first line is another', async () => {
    const application = await ready();
    const other = Buffer.from(application.envelope);
    other[40] = other[40]! ^ 1;
    const said = digestOf(application.envelope);
    expect(await put(application, other, said)).toEqual([422, 'hashMismatch']);
  });

  test('what came as it was sent and is none is refused for good', async () => {
    const application = await ready();
    const none = Buffer.from('<html>');
    expect(await put(application, none, digestOf(none))).toEqual([400, 'malformed']);
  });

  test('another word in the place of the hash says nothing', async () => {
    const application = await ready();
    for (const word of ['sha-256=', 'sha-512=:AAAA:', 'sha-256=:AAAA:', '?']) {
      expect(await put(application, application.envelope, word)).toEqual([201, undefined]);
    }
    const several = `sha-512=:AAAA:, ${digestOf(Buffer.from('x'))}`;
    expect(await put(application, application.envelope, several)).toEqual([422, 'hashMismatch']);
  });
});

test('a terminal that says no hash is answered as before', async () => {
  const application = await ready();
  expect(await put(application, application.envelope.subarray(0, 100))).toEqual([400, 'malformed']);
  expect((await deliver(terminal, application)).status).toBe(201);
});
