import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KeyBundle } from '../../../domain/wire/platform.ts';
import type { EnrolmentRecord } from '../enrolment/contract.ts';
import type { Draft, Submission } from './contract.ts';
import { makeDisk, NOON, type Disk } from './disk.test-helper.ts';
import { createPrepared, type Prepared } from './prepared.ts';
import { nextNumber } from './receipt-sequence.ts';
import { submissionOf } from './submission.test-helper.ts';

const ID = '0123456789abcdef'.repeat(2);
const OTHER = 'fedcba9876543210'.repeat(2);

let disk: Disk;
let prepared: Prepared;
let keys: KeyBundle | undefined;
let enrolment: EnrolmentRecord | undefined;
/** First bytes and recipients of what was sealed. */
let sealed: string[];
/** Drafts for which something was composed. */
let composed: Draft[];
/** Each sealing waits for this. */
let gate: Promise<unknown>;

beforeEach(async () => {
  disk = await makeDisk();
  keys = disk.keys;
  enrolment = disk.enrolment;
  sealed = [];
  composed = [];
  gate = Promise.resolve();
  const seal = {
    ...disk.ports.seal,
    async seal(clear: Uint8Array, recipients: readonly string[]) {
      await gate;
      sealed.push(`${String(clear[0])} for ${recipients.join(' and ')}`);
      return Uint8Array.from(clear);
    },
  };
  prepared = createPrepared({
    ...disk.context({ keys: () => keys, enrolment: () => enrolment }, { seal }),
  });
});
afterEach(() => disk.close());

/** One whose drafts are noted. */
function noted(id: string, sizes: readonly number[]): Submission {
  const plain = submissionOf(id, sizes);
  return {
    ...plain,
    compose(draft) {
      composed.push(draft);
      return plain.compose(draft);
    },
  };
}

const recipients = (): readonly string[] =>
  keys?.recipients.map(({ recipient }) => recipient) ?? [];

/** What was sealed for this submission, by name. */
const taken = async (id: string): Promise<readonly string[]> => [
  ...(await prepared.take(id, recipients())).keys(),
];

/** Everything that does not wait for the gate has come to its end. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

/** Holds up what is to be sealed. @returns lets it go */
function hold(): () => void {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  gate = promise;
  return () => {
    resolve(undefined);
  };
}

function withSecondRecipient(): KeyBundle {
  const [one] = disk.keys.recipients;
  if (one === undefined) throw new Error('no recipient');
  return {
    ...disk.keys,
    recipients: [one, { ...one, id: 'fedcba9876543210', recipient: 'another' }],
  };
}

test('it is composed as it will be when it is handed in: with its id, the next number and the time', async () => {
  prepared.begin(noted(ID, [10]));
  expect(await taken(ID)).toEqual(['page-0']);
  expect(composed).toEqual([
    {
      submissionId: ID,
      receiptNumber: nextNumber(disk.db, disk.enrolment, NOON),
      submittedAt: new Date(NOON).toISOString(),
    },
  ]);
});

describe('nothing is composed', () => {
  test('by a terminal that is not enrolled', async () => {
    enrolment = undefined;
    prepared.begin(noted(ID, [10]));
    expect(await taken(ID)).toEqual([]);
    expect(composed).toEqual([]);
  });

  test('by one that has no keys; nobody is told before it is handed in', async () => {
    keys = undefined;
    expect(() => prepared.begin(noted(ID, [10]))).not.toThrow();
    await settled();
    expect(composed).toEqual([]);
  });

  test('when the day’s numbers are gone', async () => {
    disk.db.run("INSERT INTO receipt_sequence VALUES ('500199001001', '261102', 9999)");
    prepared.begin(noted(ID, [10]));
    expect(await taken(ID)).toEqual([]);
    expect(composed).toEqual([]);
  });

  test('for one that was given up while it waited for what was begun before', async () => {
    const go = hold();
    prepared.begin(noted(ID, [10]));
    prepared.begin(noted(ID, [11]));
    await settled();
    prepared.forget();
    go();
    await settled();
    expect(composed).toHaveLength(1);
  });

  test.each([
    ['for other recipients', () => ((keys = withSecondRecipient()), ID)],
    ['for another submission', () => OTHER],
  ])('any more once something is handed in %s than it was prepared for', async (_what, turn) => {
    const go = hold();
    prepared.begin(noted(ID, [10]));
    prepared.begin(noted(ID, [11]));
    await settled();
    expect(await taken(turn())).toEqual([]);
    go();
    await settled();
    // the one that waited would have been composed now, over what is being sealed
    expect(composed).toHaveLength(1);
  });
});

test('one that could not be composed holds nothing up: the next is sealed ahead', async () => {
  const broken: Submission = {
    ...submissionOf(ID, [10]),
    compose: () => Promise.reject(new Error('no')),
  };
  prepared.begin(broken);
  await settled();
  prepared.begin(noted(ID, [10]));
  expect(await taken(ID)).toEqual(['page-0']);
});

test('for several recipients, too, what was sealed is given', async () => {
  keys = withSecondRecipient();
  prepared.begin(noted(ID, [10]));
  expect(await taken(ID)).toEqual(['page-0']);
  expect(sealed).toEqual([`1 for ${recipients().join(' and ')}`]);
});

test('what was sealed for other recipients is taken over by nobody', async () => {
  prepared.begin(noted(ID, [10]));
  await settled();
  const before = recipients();
  keys = withSecondRecipient();
  prepared.begin(noted(ID, [10]));
  expect(await taken(ID)).toEqual(['page-0']);
  expect(sealed).toEqual([`1 for ${before.join(' and ')}`, `1 for ${recipients().join(' and ')}`]);
});

test('where the keys went away it is forgotten, and not used when they are back', async () => {
  prepared.begin(noted(ID, [10]));
  await settled();
  keys = { ...disk.keys, recipients: [] };
  prepared.begin(noted(ID, [10]));
  keys = disk.keys;
  expect(await taken(ID)).toEqual([]);
});

test('when another one begins no more is sealed of the one before', async () => {
  const go = hold();
  prepared.begin(noted(ID, [10, 20, 30]));
  await settled();
  prepared.begin(noted(OTHER, [10]));
  go();
  expect(await taken(OTHER)).toEqual(['page-0']);
  await settled();
  expect(sealed).toHaveLength(2);
});

test('it is given once', async () => {
  prepared.begin(noted(ID, [10]));
  expect(await taken(ID)).toEqual(['page-0']);
  expect(await taken(ID)).toEqual([]);
});

test('one that begins while another is being waited for is not lost by it', async () => {
  const go = hold();
  prepared.begin(noted(ID, [10]));
  const first = taken(ID);
  prepared.begin(noted(OTHER, [10]));
  go();
  await first;
  expect(await taken(OTHER)).toEqual(['page-0']);
});
