import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KeyBundle } from '../../../domain/wire/platform.ts';
import { attachmentsOf } from '../storage/item-rows.ts';
import { createClockBelief } from './clock-belief.ts';
import type { ClearFile, Outbox, Submission } from './contract.ts';
import { makeDisk, type Disk } from './disk.test-helper.ts';
import { createListeners } from './listeners.ts';
import { createOutbox } from './outbox.ts';
import { letGo, sealFiles, type SealedFiles } from './seal-submission.ts';
import { submissionOf } from './submission.test-helper.ts';

const ID = '0123456789abcdef'.repeat(2);
const OTHER = 'fedcba9876543210'.repeat(2);

let disk: Disk;
let outbox: Outbox;
/** What was sealed, by the hash of what came out; bodies are the ones that are JSON. */
let sealed: Map<string, Uint8Array>;
let keys: KeyBundle;
let failing: boolean;
/** Called before each sealing. */
let before: () => void | Promise<void>;

beforeEach(async () => {
  disk = await makeDisk();
  sealed = new Map();
  keys = disk.keys;
  failing = false;
  before = () => undefined;
  const seal = {
    ...disk.ports.seal,
    async seal(clear: Uint8Array, recipients: readonly string[]) {
      await before();
      if (failing) throw new Error('the sealing worker ended');
      const copy = new Uint8Array(clear);
      const bytes = await disk.ports.seal.seal(clear, recipients);
      sealed.set(createHash('sha256').update(bytes).digest('hex'), copy);
      return bytes;
    },
  };
  outbox = createOutbox({
    ...disk.context({ keys: () => keys }, { seal }),
    belief: createClockBelief(disk.clock, disk.db, () => []),
    changes: createListeners<string>(),
  });
});
afterEach(() => disk.close());

const attachmentsSealed = (): number =>
  [...sealed.values()].filter((clear) => clear[0] !== '{'.charCodeAt(0)).length;

/** Lets what was begun come to its end: what is sealed ahead waits for threads, not for the clock. */
async function sealedAhead(count: number): Promise<void> {
  const end = Date.now() + 60_000;
  while (attachmentsSealed() < count) {
    if (Date.now() > end) throw new Error(`${attachmentsSealed()} files were sealed ahead`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Submits, and says what lies in the stored files, cut to the sizes that the citizen's files have. */
async function stored(submission: Submission): Promise<readonly Uint8Array[]> {
  const done = await outbox.submit(submission);
  if (!done.ok) throw new Error(done.error);
  await disk.context().file();
  const names = disk.names();
  const attachments = attachmentsOf(disk.db, submission.submissionId);
  // these, and the envelope, and nothing that was sealed ahead and not used
  expect(names.toSorted()).toEqual(
    [...attachments.map(({ sha256 }) => sha256), done.value.envelopeSha256].toSorted(),
  );
  return attachments.map(({ sha256 }) => sealed.get(sha256) ?? new Uint8Array());
}

const filesOf = async (submission: Submission): Promise<readonly ClearFile[]> =>
  (await submission.compose({ submissionId: ID, receiptNumber: '', submittedAt: '' })).files;

/** The files, and nothing but zero bytes behind them. */
async function expectContents(
  contents: readonly Uint8Array[],
  submission: Submission,
): Promise<void> {
  const files = await filesOf(submission);
  expect(contents.map((bytes, n) => bytes.subarray(0, files[n]?.bytes.length))).toEqual(
    files.map(({ bytes }) => bytes),
  );
}

test('what was sealed ahead is what is stored, and nothing is on the disk before', async () => {
  const submission = submissionOf(ID, [10, 20, 30]);
  outbox.prepare(submission);
  await sealedAhead(3);
  expect(disk.names()).toEqual([]);
  expect(disk.db.all('SELECT * FROM item')).toEqual([]);
  expect(disk.db.all('SELECT * FROM receipt_sequence')).toEqual([]);
  expect(disk.events()).toEqual([]);
  await expectContents(await stored(submission), submission);
  expect(attachmentsSealed()).toBe(3);
});

test('who hands it in at once waits for what is being sealed, and it is not sealed twice', async () => {
  const submission = submissionOf(ID, [10, 20]);
  outbox.prepare(submission);
  await expectContents(await stored(submission), submission);
  expect(attachmentsSealed()).toBe(2);
});

test('what was stored, and let go, is no file sealed ahead', async () => {
  const recipients = disk.keys.recipients.map(({ recipient }) => recipient);
  const files = await filesOf(submissionOf(ID, [10]));
  const sealing = (ahead: SealedFiles): Promise<SealedFiles> =>
    sealFiles(disk.ports.seal, recipients, files, ahead);
  const first = await sealing(new Map());
  const [file] = first.values();
  expect([...(await sealing(first)).values()]).toEqual([file]);
  letGo({ attachments: [...first.values()], envelope: { sha256: '', bytes: new Uint8Array(1) } });
  expect(file?.bytes).toHaveLength(0);
  const [again] = (await sealing(first)).values();
  expect(again?.bytes.length).toBeGreaterThan(0);
  expect(again?.attached.clearSha256).toBe(file?.attached.clearSha256);
});

test('a file that changed is sealed anew, the others are taken over', async () => {
  outbox.prepare(submissionOf(ID, [10, 20, 30]));
  await sealedAhead(3);
  const changed = submissionOf(ID, [10, 21, 30]);
  await expectContents(await stored(changed), changed);
  expect(attachmentsSealed()).toBe(4);
});

test('content counts, not the length', async () => {
  outbox.prepare(submissionOf(ID, [10]));
  await sealedAhead(1);
  const plain = submissionOf(ID, [10]);
  const turned: Submission = {
    ...plain,
    compose: async (draft) => {
      const parts = await plain.compose(draft);
      for (const { bytes } of parts.files) bytes.fill(99);
      return parts;
    },
  };
  await expectContents(await stored(turned), turned);
  expect(attachmentsSealed()).toBe(2);
});

test('prepared again, what is the same is taken over', async () => {
  outbox.prepare(submissionOf(ID, [10, 20]));
  outbox.prepare(submissionOf(ID, [10, 21]));
  outbox.prepare(submissionOf(ID, [10, 22]));
  const last = submissionOf(ID, [10, 22]);
  await expectContents(await stored(last), last);
  expect(attachmentsSealed()).toBe(4);
});

test('two files with the same content are sealed each for itself', async () => {
  const plain = submissionOf(ID, [10, 10]);
  const alike: Submission = {
    ...plain,
    compose: async (draft) => {
      const parts = await plain.compose(draft);
      for (const { bytes } of parts.files) bytes.fill(1);
      return parts;
    },
  };
  outbox.prepare(alike);
  await sealedAhead(2);
  await expectContents(await stored(alike), alike);
});

test('what is overwritten while it is being sealed never stands for what it was', async () => {
  const first = submissionOf(ID, [10, 20]);
  const files = await filesOf(first);
  before = () => {
    // as when its person goes on: the first file is being sealed, the second one is not read yet
    for (const { bytes } of files) bytes.fill(0);
    before = () => undefined;
  };
  outbox.prepare(first);
  await sealedAhead(2);
  const again = submissionOf(ID, [10, 20]);
  outbox.prepare(again);
  await expectContents(await stored(again), again);
});

test('what was given up is not used, and what was not begun of it is not sealed', async () => {
  before = () => {
    outbox.forgetPrepared();
    before = () => undefined;
  };
  const submission = submissionOf(ID, [10, 20, 30]);
  outbox.prepare(submission);
  await sealedAhead(1);
  await expectContents(await stored(submission), submission);
  expect(attachmentsSealed()).toBe(4);
});

test('it is of no use to another submission', async () => {
  outbox.prepare(submissionOf(OTHER, [10]));
  await sealedAhead(1);
  await expectContents(await stored(submissionOf(ID, [10])), submissionOf(ID, [10]));
  expect(attachmentsSealed()).toBe(2);
});

test('recipients that changed get files of their own', async () => {
  outbox.prepare(submissionOf(ID, [10]));
  await sealedAhead(1);
  const [one] = disk.keys.recipients;
  if (one === undefined) throw new Error('no recipient');
  keys = { ...disk.keys, recipients: [one, { ...one, id: 'fedcba9876543210' }] };
  await expectContents(await stored(submissionOf(ID, [10])), submissionOf(ID, [10]));
  expect(attachmentsSealed()).toBe(2);
});

test('used once: after a refusal it is sealed anew, for its memory was given back', async () => {
  const submission = submissionOf(ID, [10]);
  outbox.prepare(submission);
  await sealedAhead(1);
  disk.db.run("CREATE TRIGGER no BEFORE INSERT ON item BEGIN SELECT RAISE(ABORT, 'no'); END");
  expect(await outbox.submit(submission)).toEqual({ ok: false, error: 'storeFailed' });
  disk.db.run('DROP TRIGGER no');
  await expectContents(await stored(submission), submission);
  expect(attachmentsSealed()).toBe(2);
});

test.each<[string, () => Submission]>([
  ['a worker that ended', () => ((failing = true), submissionOf(ID, [10]))],
  [
    'a summary that is not drawn',
    () => ({ ...submissionOf(ID, [10]), compose: () => Promise.reject(new Error('no')) }),
  ],
])('%s is told to nobody before it is handed in, and is no hindrance then', async (_what, make) => {
  outbox.prepare(make());
  await new Promise((resolve) => setTimeout(resolve, 20));
  failing = false;
  await expectContents(await stored(submissionOf(ID, [10])), submissionOf(ID, [10]));
});

test('where nothing can be stored nothing is prepared', async () => {
  keys = { recipients: [], terminals: [] };
  outbox.prepare(submissionOf(ID, [10]));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(attachmentsSealed()).toBe(0);
});
