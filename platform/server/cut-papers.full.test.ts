import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { expect, it } from 'vitest';
import type { Problem } from '../../domain/wire/platform.ts';
import {
  deliver,
  sealApplication,
  type SealedApplication,
} from '../../tests/platform-kit/application.ts';
import { standingPlatform } from '../../tests/platform-kit/standing.ts';
import { sha256 } from '../../tests/platform-kit/terminal.ts';

/** Papers that change on the platform's disk after they came whole, and before the envelope that names them. */

const stand = standingPlatform();

const saidOf = async (answer: Response): Promise<unknown> => {
  const { code, detail } = (await answer.json()) as Problem;
  return [answer.status, code, detail];
};
/** Uploads all papers, and gives the first. */
async function bringPapers({ attachments }: SealedApplication): Promise<Uint8Array> {
  for (const bytes of attachments) await stand.terminal.upload(bytes);
  return attachments[0] as Uint8Array;
}

it('one that was cut short is missing, is kept aside for a person, and the item is received once it came anew', async () => {
  const application = await sealApplication(stand.terminal);
  const paper = await bringPapers(application);
  await truncate(stand.paperFile(paper), paper.length - 1);
  const refused = await stand.terminal.put(application.submissionId, application.envelope);
  expect(await saidOf(refused)).toEqual([422, 'attachmentsMissing', sha256(paper)]);
  expect(await readFile(`${stand.paperFile(paper)}.damaged`)).toEqual(
    Buffer.from(paper.slice(0, -1)),
  );
  expect((await deliver(stand.terminal, application)).status).toBe(201);
  expect(await readFile(stand.paperFile(paper))).toEqual(Buffer.from(paper));
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
  const application = await sealApplication(stand.terminal);
  const paper = await bringPapers(application);
  await change(stand.paperFile(paper));
  expect(await stand.terminal.head(sha256(paper))).toBeUndefined();
  await stand.terminal.upload(paper);
  const length = paper.length;
  expect(await stand.terminal.head(sha256(paper))).toEqual({ offset: length, length });
  expect((await deliver(stand.terminal, application)).status).toBe(201);
});

it('one whose item is brought on a stick is written over by the one on it', async () => {
  const application = await sealApplication(stand.terminal);
  const paper = await bringPapers(application);
  await truncate(stand.paperFile(paper), 100);
  const put = (path: string, type: string, body: Uint8Array) =>
    stand.platform.admin(path, {
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
  expect(await readFile(stand.paperFile(paper))).toEqual(Buffer.from(paper));
});

it('one that is what its name says stays, and an envelope that says another length of it is wrong', async () => {
  const application = await sealApplication(stand.terminal, {
    changeHeader: (header) => ({
      ...header,
      attachments: header.attachments.map((each) => ({ ...each, size: each.size + 1 })),
    }),
  });
  const paper = await bringPapers(application);
  const answer = await stand.terminal.put(application.submissionId, application.envelope);
  const detail = `size of ${sha256(paper)} is wrong`;
  expect(await saidOf(answer)).toEqual([400, 'malformed', detail]);
  const names = await readdir(dirname(stand.paperFile(paper)));
  expect(names).toContain(basename(stand.paperFile(paper)));
  expect(names).not.toContain(`${basename(stand.paperFile(paper))}.damaged`);
});
