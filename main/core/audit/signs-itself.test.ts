import { afterEach, beforeEach, expect, test } from 'vitest';
import { signerFromSeed } from '../keys/ed25519.ts';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import { createAuditChain, UNSIGNED_AT_MOST, verifyChain, type AuditChain } from './chain.ts';

let disk: Disk;
let chain: AuditChain;
beforeEach(async () => {
  disk = await makeDisk();
  chain = createAuditChain(disk.db, disk.clock, disk.signer);
});
afterEach(() => disk.close());

const check = () =>
  verifyChain(chain.rows(), new Map([[disk.signer.keyId, disk.signer.publicKey]]));
/** How many events at the end nothing signs. */
const unsigned = (): number => {
  const checked = check();
  if (!checked.ok) throw new Error(checked.error.what);
  return checked.value.events - checked.value.signedThrough;
};
/** Events that somebody else than a round writes, however many. */
const record = (count: number): void => {
  for (let n = 0; n < count; n++) chain.record('attemptBegun');
};

test('however many events come with no round in between, fewer than two hundred are unsigned at any moment', () => {
  let most = 0;
  for (let n = 0; n < 450; n++) {
    // a round signs at any place
    if (n === 130) chain.checkpointWhenDue(disk.signer);
    record(1);
    const [{ seq } = { seq: 0 }] = chain.latest(1);
    const signed = chain.latest(200).find(({ event }) => event === 'checkpoint')?.seq ?? 0;
    most = Math.max(most, seq - signed);
  }
  expect(most).toBeLessThan(200);
  expect(unsigned()).toBeLessThan(200);
});

test('so are those of one transaction, as of an index that is made anew', () => {
  disk.db.transaction(() => record(2 * UNSIGNED_AT_MOST));
  expect(unsigned()).toBeLessThan(200);
});

test('what is rolled back takes its signatures along, and the next events are signed', () => {
  record(90);
  expect(() =>
    disk.db.transaction(() => {
      record(150);
      throw new Error('full');
    }),
  ).toThrow('full');
  expect(chain.rows()).toHaveLength(90);
  record(300);
  expect(unsigned()).toBeLessThan(200);
});

test('an export that is the hundredth event is signed once: a stick’s chain ends with it and one signature', () => {
  record(99);
  chain.record('itemsExported', { detail: '1' });
  chain.checkpoint(disk.signer);
  expect(
    chain
      .rows()
      .map(({ event }) => event)
      .slice(-2),
  ).toEqual(['itemsExported', 'checkpoint']);
  expect(unsigned()).toBe(0);
  // by another key it is another signature
  chain.checkpoint(signerFromSeed(new Uint8Array(32).fill(8)));
  expect(chain.end().seq).toBe(102);
});

test('where no directory is at hand a checkpoint by a key of which nothing is known is left to a start that has one, and no other', () => {
  record(250);
  const stranger = signerFromSeed(new Uint8Array(32).fill(9));
  const nobody = new Map<string, Uint8Array>();
  expect(verifyChain(chain.rows(), nobody)).toMatchObject({ error: { what: 'checkpoint' } });
  expect(verifyChain(chain.rows(), nobody, true)).toMatchObject(check());
  // of a known key a wrong signature is wrong
  const another = new Map([[disk.signer.keyId, stranger.publicKey]]);
  expect(verifyChain(chain.rows(), another, true)).toMatchObject({ error: { what: 'checkpoint' } });
});
