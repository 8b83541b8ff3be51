import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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
import { enrolTerminal, sha256, type TestTerminal } from '../../tests/platform-kit/terminal.ts';

/** Papers that change on the platform's disk after they came whole, and before the envelope that names them. */

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

const fileOf = (bytes: Uint8Array): string => {
  const name = sha256(bytes);
  return join(folder.path, 'attachments', name.slice(0, 2), name);
};
const saidOf = async (answer: Response): Promise<unknown> => {
  const { code, detail } = (await answer.json()) as Problem;
  return [answer.status, code, detail];
};
/** Uploads all papers, and gives the first. */
async function bringPapers({ attachments }: SealedApplication): Promise<Uint8Array> {
  for (const bytes of attachments) await terminal.upload(bytes);
  return attachments[0] as Uint8Array;
}

it('one that was cut short is missing, is kept aside for a person, and the item is received once it came anew', async () => {
  const application = await sealApplication(terminal);
  const paper = await bringPapers(application);
  await truncate(fileOf(paper), paper.length - 1);
  const refused = await terminal.put(application.submissionId, application.envelope);
  expect(await saidOf(refused)).toEqual([422, 'attachmentsMissing', sha256(paper)]);
  expect(await readFile(`${fileOf(paper)}.damaged`)).toEqual(Buffer.from(paper.slice(0, -1)));
  expect((await deliver(terminal, application)).status).toBe(201);
  expect(await readFile(fileOf(paper))).toEqual(Buffer.from(paper));
});

it.each([
  ['was cut short', (file: string) => truncate(file, 100)],
  ['lost all its bytes', (file: string) => truncate(file, 0)],
  [
    'changed, its length the same',
    async (file: string) => {
      const bytes = await readFile(file);
      await writeFile(file, bytes.fill(1, bytes.length - 1));
    },
  ],
])('one that %s is not called whole to whoever asks before it sends', async (_how, change) => {
  const application = await sealApplication(terminal);
  const paper = await bringPapers(application);
  await change(fileOf(paper));
  expect(await terminal.head(sha256(paper))).toBeUndefined();
  await terminal.upload(paper);
  const length = paper.length;
  expect(await terminal.head(sha256(paper))).toEqual({ offset: length, length });
  expect((await deliver(terminal, application)).status).toBe(201);
});

it('one whose item is brought on a stick is written over by the one on it', async () => {
  const application = await sealApplication(terminal);
  const paper = await bringPapers(application);
  await truncate(fileOf(paper), 100);
  const put = (path: string, type: string, body: Uint8Array) =>
    platform.admin(path, {
      method: 'PUT',
      headers: { 'content-type': type },
      body: new Uint8Array(body),
    });
  for (const bytes of application.attachments) {
    const path = `/attachments/${sha256(bytes)}`;
    expect((await put(path, 'application/octet-stream', bytes)).status).toBe(200);
  }
  const { submissionId, envelope } = application;
  const item = await put(`/items/${submissionId}`, 'application/vnd.bianmin.envelope', envelope);
  expect(item.status).toBe(201);
  expect(await readFile(fileOf(paper))).toEqual(Buffer.from(paper));
});

it('one that is what its name says stays, and an envelope that says another length of it is wrong', async () => {
  const application = await sealApplication(terminal, {
    changeHeader: (header) => ({
      ...header,
      attachments: header.attachments.map((each) => ({ ...each, size: each.size + 1 })),
    }),
  });
  const paper = await bringPapers(application);
  const answer = await terminal.put(application.submissionId, application.envelope);
  const detail = `size of ${sha256(paper)} is wrong`;
  expect(await saidOf(answer)).toEqual([400, 'malformed', detail]);
  const names = await readdir(dirname(fileOf(paper)));
  expect(names).toContain(basename(fileOf(paper)));
  expect(names).not.toContain(`${basename(fileOf(paper))}.damaged`);
});
