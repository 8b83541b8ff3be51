import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import type { Feed, Problem } from '../../domain/wire/platform.ts';
import {
  deliver,
  sealApplication,
  type SealedApplication,
} from '../../tests/platform-kit/application.ts';
import { flipInEnvelope, sealedFile, spoilEnvelope } from '../../tests/platform-kit/platform.ts';
import { standingPlatform } from '../../tests/platform-kit/standing.ts';
import { sha256 } from '../../tests/platform-kit/terminal.ts';

const stand = standingPlatform();

/** Changes a character of the line behind the first words that are given. */
async function flipIn(file: string, words: string): Promise<void> {
  const bytes = await readFile(file);
  const at = bytes.indexOf('\n', bytes.indexOf(words)) + 5;
  bytes[at] = bytes[at] === 65 ? 66 : 65;
  await writeFile(file, bytes);
}
const incomplete = async (): Promise<readonly string[] | undefined> =>
  ((await (await stand.terminal.request('/v1/feed')).json()) as Feed).incomplete;
const again = ({ submissionId, envelope }: SealedApplication): Promise<Response> =>
  stand.terminal.put(submissionId, envelope);
const archive = async (): Promise<unknown> =>
  (await stand.platform.admin('/archive', { method: 'POST' })).body;

it('an item whose files were lost is not said to be there, its feed names it, and it is the same item when they have come again', async () => {
  const application = await sealApplication(stand.terminal);
  const other = await sealApplication(stand.terminal);
  await deliver(stand.terminal, other);
  const received: unknown = await (await deliver(stand.terminal, application)).json();
  await stand.platform.reviewed();
  const [gone, short] = application.attachments as [Uint8Array, Uint8Array];
  await rm(stand.paperFile(gone));
  await truncate(stand.paperFile(short), short.length - 1);
  expect(await incomplete()).toBeUndefined();
  expect(await archive()).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
  expect(await incomplete()).toEqual([application.submissionId]);

  const refused = await again(application);
  const problem = (await refused.json()) as Problem;
  expect([refused.status, problem.code]).toEqual([422, 'attachmentsMissing']);
  expect(problem.detail?.split(' ').sort()).toEqual([sha256(gone), sha256(short)].sort());
  // what lay there is kept for a person
  expect(await readdir(join(stand.paperFile(short), '..'))).toContain(`${sha256(short)}.damaged`);
  await stand.terminal.upload(gone);
  expect(await incomplete()).toEqual([application.submissionId]);
  await stand.terminal.upload(short);
  // also before the next pass
  expect(await incomplete()).toBeUndefined();
  const answer = await again(application);
  expect(answer.status).toBe(201);
  expect(await answer.json()).toEqual(received);
  expect(await archive()).toMatchObject({ kind: 'archived' });
  const { body } = await stand.platform.admin(`/items/${application.submissionId}`);
  expect(body).toMatchObject({ copies: 1, conflicts: 0, archived: true });
});

it('an envelope that was lost is there again once its terminal hands it over, and its receipt says no more than that', async () => {
  const application = await sealApplication(stand.terminal);
  const said = async (): Promise<unknown> =>
    (await fetch(`${stand.platform.url}/v1/receipts/${application.receiptToken}`)).json();
  await deliver(stand.terminal, application);
  await stand.platform.reviewed();
  const before = await said();
  expect(before).toMatchObject({ signature: 'valid', item: 'arrived' });
  spoilEnvelope(stand.platform.dataDir, application.envelopeSha256);
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
    const application = await sealApplication(stand.terminal, {
      changeSealed: (sealed, of) =>
        of === 'envelopes' ? Buffer.concat([sealed, Buffer.alloc(more)]) : sealed,
    });
    await deliver(stand.terminal, application);
    await stand.platform.reviewed();
    const name = application.envelopeSha256;
    const file = sealedFile(stand.platform.dataDir, 'envelopes', name);
    if (more === 0) flipInEnvelope(stand.platform.dataDir, name);
    else {
      const bytes = await readFile(file);
      await writeFile(file, bytes.fill(1, bytes.length - 20));
    }
    expect(await archive()).toMatchObject({ kind: 'failed', trouble: 'filesLost' });
    expect(await incomplete()).toEqual([application.submissionId]);
    expect((await again(application)).status).toBe(201);
    expect(await incomplete()).toBeUndefined();
    expect(await archive()).toMatchObject({ kind: 'archived' });
    const copy = sealedFile(join(stand.platform.dataDir, 'archive'), 'envelopes', name);
    expect(sha256(await readFile(copy))).toBe(name);
  },
);

const LOSSES: readonly [string, (lost: SealedApplication) => Promise<void> | void][] = [
  ['a paper that is gone', ({ attachments }) => rm(stand.paperFile(attachments[0] as Uint8Array))],
  [
    'a damaged paper',
    ({ attachments }) => flipIn(stand.paperFile(attachments[0] as Uint8Array), '-> '),
  ],
  [
    'a damaged envelope',
    ({ envelopeSha256 }) => {
      flipInEnvelope(stand.platform.dataDir, envelopeSha256);
    },
  ],
];
it.each(LOSSES)(
  '%s whose terminal does not come keeps nothing else from being copied, and nothing is called archived until it comes',
  async (_what, lose) => {
    const names = async (): Promise<readonly string[]> =>
      (await readdir(join(stand.platform.dataDir, 'archive'), { recursive: true })).map((each) =>
        basename(each),
      );
    const filesOf = ({ envelopeSha256, attachments }: SealedApplication): string[] => [
      envelopeSha256,
      ...attachments.map(sha256),
    ];
    const deliverOne = async (): Promise<SealedApplication> => {
      const application = await sealApplication(stand.terminal);
      await deliver(stand.terminal, application);
      return application;
    };
    const { archivedThrough } = (await archive()) as { archivedThrough: number };
    const databases = (await names()).filter((name) => name.startsWith('platform'));
    const before = await deliverOne();
    const lost = await deliverOne();
    const after = await deliverOne();
    await stand.platform.reviewed();
    await lose(lost);
    const failed = { kind: 'failed', trouble: 'filesLost', archivedThrough };
    expect(await archive()).toMatchObject(failed);
    expect(await names()).toEqual(expect.arrayContaining([before, after].flatMap(filesOf)));
    const later = await deliverOne();
    await stand.platform.reviewed();
    expect(await archive()).toMatchObject(failed);
    const there = await names();
    expect(there).toEqual(expect.arrayContaining(filesOf(later)));
    // the rest of it, too, and of what is lost no name of a whole file
    expect(filesOf(lost).filter((name) => !there.includes(name))).toHaveLength(1);
    expect(there.filter((name) => name.startsWith('platform'))).toEqual(databases);
    expect(await incomplete()).toEqual([lost.submissionId]);
    const { body } = await stand.platform.admin(`/items/${before.submissionId}`);
    expect(body).toMatchObject({ archived: false });

    await again(lost);
    for (const bytes of lost.attachments) await stand.terminal.upload(bytes);
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
    const application = await sealApplication(stand.terminal);
    await deliver(stand.terminal, application);
    await stand.platform.close();
    const database = new DatabaseSync(join(stand.platform.dataDir, 'platform.sqlite'));
    database
      .prepare('UPDATE items SET reviewedAt = NULL WHERE submissionId = ?')
      .run(application.submissionId);
    database.close();
    await lose(stand.paperFile(application.attachments[0] as Uint8Array));
    await stand.startAgain();
    await stand.platform.reviewed();
    const { events } = (await (await stand.terminal.request('/v1/feed?limit=500')).json()) as Feed;
    const states = events
      .filter(({ submissionId }) => submissionId === application.submissionId)
      .map(({ state }) => state);
    expect(states).toEqual(['received']);
    await archive();
    expect((await again(application)).status).toBe(422);
    for (const bytes of application.attachments) await stand.terminal.upload(bytes);
    expect((await again(application)).status).toBe(201);
    await stand.platform.reviewed();
    const { body } = await stand.platform.admin(`/items/${application.submissionId}`);
    expect(body).toMatchObject({ reviewed: true, problems: [], state: 'received' });
  },
);
