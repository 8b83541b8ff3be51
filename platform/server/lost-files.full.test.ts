import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Feed, Problem } from '../../domain/wire/platform.ts';
import {
  deliver,
  sealApplication,
  type SealedApplication,
} from '../../tests/platform-kit/application.ts';
import {
  flipInEnvelope,
  spoilEnvelope,
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { enrolTerminal, sha256, type TestTerminal } from '../../tests/platform-kit/terminal.ts';

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
/** Changes a character of the line behind the first words that are given. */
async function flipIn(file: string, words: string): Promise<void> {
  const bytes = await readFile(file);
  const at = bytes.indexOf('\n', bytes.indexOf(words)) + 5;
  bytes[at] = bytes[at] === 65 ? 66 : 65;
  await writeFile(file, bytes);
}
const incomplete = async (): Promise<readonly string[] | undefined> =>
  ((await (await terminal.request('/v1/feed')).json()) as Feed).incomplete;
const again = ({ submissionId, envelope }: SealedApplication): Promise<Response> =>
  terminal.put(submissionId, envelope);
const archive = async (): Promise<unknown> =>
  (await platform.admin('/archive', { method: 'POST' })).body;

it('an item whose files were lost is not said to be there, its feed names it, and it is the same item when they have come again', async () => {
  const application = await sealApplication(terminal);
  const other = await sealApplication(terminal);
  await deliver(terminal, other);
  const received: unknown = await (await deliver(terminal, application)).json();
  await platform.reviewed();
  const [gone, short] = application.attachments as [Uint8Array, Uint8Array];
  await rm(fileOf(gone));
  await truncate(fileOf(short), short.length - 1);
  expect(await incomplete()).toBeUndefined();
  expect(await archive()).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
  expect(await incomplete()).toEqual([application.submissionId]);

  const refused = await again(application);
  const problem = (await refused.json()) as Problem;
  expect([refused.status, problem.code]).toEqual([422, 'attachmentsMissing']);
  expect(problem.detail?.split(' ').sort()).toEqual([sha256(gone), sha256(short)].sort());
  // what lay there is kept for a person
  expect(await readdir(join(fileOf(short), '..'))).toContain(`${sha256(short)}.damaged`);
  await terminal.upload(gone);
  expect(await incomplete()).toEqual([application.submissionId]);
  await terminal.upload(short);
  // also before the next pass
  expect(await incomplete()).toBeUndefined();
  const answer = await again(application);
  expect(answer.status).toBe(201);
  expect(await answer.json()).toEqual(received);
  expect(await archive()).toMatchObject({ kind: 'archived' });
  const { body } = await platform.admin(`/items/${application.submissionId}`);
  expect(body).toMatchObject({ copies: 1, conflicts: 0, archived: true });
});

it('an envelope that was lost is there again once its terminal hands it over, and its receipt says no more than that', async () => {
  const application = await sealApplication(terminal);
  const said = async (): Promise<unknown> =>
    (await fetch(`${platform.url}/v1/receipts/${application.receiptToken}`)).json();
  await deliver(terminal, application);
  await platform.reviewed();
  const before = await said();
  expect(before).toMatchObject({ signature: 'valid', item: 'arrived' });
  spoilEnvelope(folder.path, application.envelopeSha256);
  expect(await archive()).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
  expect(await incomplete()).toEqual([application.submissionId]);
  expect(await said()).toMatchObject({ signature: 'valid', item: 'notYetArrived', state: null });
  expect((await again(application)).status).toBe(201);
  expect(await said()).toEqual(before);
  expect(await incomplete()).toBeUndefined();
  expect(await archive()).toMatchObject({ kind: 'archived' });
});

it.each([
  ['that lies with the others', 0],
  // in a file of its own
  ['that is large', 300_000],
])(
  'an envelope %s and was damaged in place, its size the same, is asked for and right once its terminal hands it over',
  async (_what, more) => {
    const application = await sealApplication(terminal, {
      changeSealed: (sealed, of) =>
        of === 'envelopes' ? Buffer.concat([sealed, Buffer.alloc(more)]) : sealed,
    });
    await deliver(terminal, application);
    await platform.reviewed();
    const name = application.envelopeSha256;
    const file = join(folder.path, 'envelopes', name.slice(0, 2), name);
    if (more === 0) flipInEnvelope(folder.path, name);
    else {
      const bytes = await readFile(file);
      await writeFile(file, bytes.fill(1, bytes.length - 20));
    }
    expect(await archive()).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
    expect(await incomplete()).toEqual([application.submissionId]);
    expect((await again(application)).status).toBe(201);
    expect(await incomplete()).toBeUndefined();
    expect(await archive()).toMatchObject({ kind: 'archived' });
    const copy = join(folder.path, 'archive', 'envelopes', name.slice(0, 2), name);
    expect(sha256(await readFile(copy))).toBe(name);
  },
);

const LOSSES: readonly [string, (lost: SealedApplication) => Promise<void> | void][] = [
  ['a paper that is gone', ({ attachments }) => rm(fileOf(attachments[0] as Uint8Array))],
  ['a damaged paper', ({ attachments }) => flipIn(fileOf(attachments[0] as Uint8Array), '-> ')],
  [
    'a damaged envelope',
    ({ envelopeSha256 }) => {
      flipInEnvelope(folder.path, envelopeSha256);
    },
  ],
];
it.each(LOSSES)(
  '%s whose terminal does not come keeps nothing else from being copied, and nothing is called archived until it comes',
  async (_what, lose) => {
    const names = async (): Promise<readonly string[]> =>
      (await readdir(join(folder.path, 'archive'), { recursive: true })).map((each) =>
        basename(each),
      );
    const filesOf = ({ envelopeSha256, attachments }: SealedApplication): string[] => [
      envelopeSha256,
      ...attachments.map(sha256),
    ];
    const deliverOne = async (): Promise<SealedApplication> => {
      const application = await sealApplication(terminal);
      await deliver(terminal, application);
      return application;
    };
    const { archivedThrough } = (await archive()) as { archivedThrough: number };
    const databases = (await names()).filter((name) => name.startsWith('platform'));
    const before = await deliverOne();
    const lost = await deliverOne();
    const after = await deliverOne();
    await platform.reviewed();
    await lose(lost);
    const failed = { kind: 'failed', trouble: 'filesLost', archivedThrough };
    expect(await archive()).toMatchObject(failed);
    expect(await names()).toEqual(expect.arrayContaining([before, after].flatMap(filesOf)));
    const later = await deliverOne();
    await platform.reviewed();
    expect(await archive()).toMatchObject(failed);
    const there = await names();
    expect(there).toEqual(expect.arrayContaining(filesOf(later)));
    // the rest of it, too, and of what is lost no name of a whole file
    expect(filesOf(lost).filter((name) => !there.includes(name))).toHaveLength(1);
    expect(there.filter((name) => name.startsWith('platform'))).toEqual(databases);
    expect(await incomplete()).toEqual([lost.submissionId]);
    const { body } = await platform.admin(`/items/${before.submissionId}`);
    expect(body).toMatchObject({ archived: false });

    await again(lost);
    for (const bytes of lost.attachments) await terminal.upload(bytes);
    expect((await again(lost)).status).toBe(201);
    expect(await archive()).toMatchObject({ kind: 'archived' });
    expect(await names()).toEqual(expect.arrayContaining(filesOf(lost)));
  },
);

it.each([
  ['are gone', (file: string) => rm(file)],
  ['end too soon', (file: string) => truncate(file, 300)],
  // in the first lines of which the library would say that no key fits
  ['have a flipped bit', (file: string) => flipIn(file, '-> X25519 ')],
])(
  'an item whose files %s before it was looked through is not called invalid for it, and is looked through when they have come again',
  async (_how, lose) => {
    const application = await sealApplication(terminal);
    await deliver(terminal, application);
    await platform.close();
    const database = new DatabaseSync(join(folder.path, 'platform.sqlite'));
    database
      .prepare('UPDATE items SET reviewedAt = NULL WHERE submissionId = ?')
      .run(application.submissionId);
    database.close();
    await lose(fileOf(application.attachments[0] as Uint8Array));
    platform = await startTestPlatform(folder.path);
    await platform.reviewed();
    const { events } = (await (await terminal.request('/v1/feed?limit=500')).json()) as Feed;
    const states = events
      .filter(({ submissionId }) => submissionId === application.submissionId)
      .map(({ state }) => state);
    expect(states).toEqual(['received']);
    await archive();
    expect((await again(application)).status).toBe(422);
    for (const bytes of application.attachments) await terminal.upload(bytes);
    expect((await again(application)).status).toBe(201);
    await platform.reviewed();
    const { body } = await platform.admin(`/items/${application.submissionId}`);
    expect(body).toMatchObject({ reviewed: true, problems: [], state: 'received' });
  },
);
