import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ApplicationBody, type AttachedFile, MOST_FILES } from '../domain/envelope/body.ts';
import { deliver, sealApplication } from '../tests/platform-kit/application.ts';
import { temporaryFolder, testOptions, TEST_CODE } from '../tests/platform-kit/platform.ts';
import { enrolTerminal, type TestTerminal } from '../tests/platform-kit/terminal.ts';
import { assemblePlatform, type AssembledPlatform } from './main.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: AssembledPlatform;
let terminal: TestTerminal;
let url: string;

const start = async (): Promise<void> => {
  platform = await assemblePlatform({ ...testOptions(folder.path), reviewLullMs: 0 }, () => url);
  url = await platform.app.listen({ port: 0, host: '127.0.0.1' });
};
beforeEach(async () => {
  folder = await temporaryFolder();
  await start();
  terminal = await enrolTerminal(() => url, TEST_CODE);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await platform.close();
  await folder.remove();
});

const withPages = (pages: (body: ApplicationBody) => readonly AttachedFile[]) =>
  sealApplication(terminal, {
    changeBody: (body) => ({
      ...body,
      materials: [{ materialId: 'idcard', means: 'scan', pages: pages(body) }],
    }),
  });
const repeat = (file: AttachedFile, times: number): readonly AttachedFile[] =>
  Array.from({ length: times }, () => file);
const problemsOf = async (submissionId: string) =>
  (await platform.context.storage.items.find(submissionId))?.problems;

describe('an application that names files', () => {
  it('again and again has each of them opened once', async () => {
    const reads = vi.spyOn(platform.context.attachments, 'read');
    const application = await withPages(({ summary }) => repeat(summary, MOST_FILES - 2));
    expect((await deliver(terminal, application)).status).toBe(201);
    await platform.context.review.idle();
    expect(await problemsOf(application.submissionId)).toEqual([]);
    expect(reads).toHaveBeenCalledTimes(2);
  });

  it('of which there are more than an application may have waits for a person, with none opened', async () => {
    const reads = vi.spyOn(platform.context.attachments, 'read');
    const application = await withPages(({ summary }) => repeat(summary, MOST_FILES - 1));
    expect((await deliver(terminal, application)).status).toBe(201);
    await platform.context.review.idle();
    expect(await problemsOf(application.submissionId)).toEqual(['bodyShape']);
    expect(reads).not.toHaveBeenCalled();
  });

  it('that came with another one is not opened for it', async () => {
    let its: AttachedFile | undefined;
    const first = await withPages(({ summary }) => [(its = summary)]);
    await deliver(terminal, first);
    await platform.context.review.idle();
    const reads = vi.spyOn(platform.context.attachments, 'read');
    const second = await withPages(() => (its ? [its] : []));
    await deliver(terminal, second);
    await platform.context.review.idle();
    expect(await problemsOf(second.submissionId)).toEqual(['attachmentNotSent']);
    expect(reads).toHaveBeenCalledTimes(2);
  });

  it('of which it says two things at once waits for a person', async () => {
    const application = await withPages(({ summary }) => [
      { ...summary, clearSha256: '0'.repeat(64) },
    ]);
    await deliver(terminal, application);
    await platform.context.review.idle();
    expect(await problemsOf(application.submissionId)).toEqual(['attachment:fileDiffers']);
  });

  it('does not hold up a platform that is stopped, and is reviewed at its next start', async () => {
    const { attachments, review } = platform.context;
    const read = attachments.read.bind(attachments);
    let closing: Promise<void> | undefined;
    const reads = vi.spyOn(attachments, 'read').mockImplementation((sha256) => {
      closing ??= review.close();
      return read(sha256);
    });
    const application = await sealApplication(terminal);
    expect((await deliver(terminal, application)).status).toBe(201);
    await review.idle();
    await closing;
    expect(reads).toHaveBeenCalledTimes(1);
    const left = await platform.context.storage.items.unreviewed(10);
    expect(left.map(({ submissionId }) => submissionId)).toEqual([application.submissionId]);
    await platform.close();
    await start();
    platform.context.review.poke();
    await platform.context.review.idle();
    expect(await problemsOf(application.submissionId)).toEqual([]);
    expect(await platform.context.storage.items.unreviewed(10)).toEqual([]);
  });
});
