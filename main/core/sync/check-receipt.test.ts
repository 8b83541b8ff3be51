import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toBase64Url } from '../../../domain/base64url.ts';
import type { KeyBundle, ReceiptVerification } from '../../../domain/wire/platform.ts';
import { signerFromSeed } from '../keys/ed25519.ts';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import type { ItemRow } from '../storage/item-rows.ts';
import { checkReceipt } from './check-receipt.ts';
import type { LinkState } from './contract.ts';
import { json, makeLine, page, type Line } from './line.test-helper.ts';
import { createLink } from './link.ts';
import { verifyReceiptOffline } from './verify-receipt.ts';

let disk: Disk;
let line: Line;
let item: ItemRow;
beforeEach(async () => {
  disk = await makeDisk();
  line = makeLine();
  item = await disk.store([]);
});
afterEach(() => disk.close());

type Entry = KeyBundle['terminals'][number];
const directory = (...changes: readonly Partial<Entry>[]): KeyBundle => ({
  recipients: [],
  terminals: changes.map((change) => ({
    terminalId: 'T-1',
    keyId: disk.signer.keyId,
    publicKey: toBase64Url(disk.signer.publicKey),
    place: '500199001001',
    ...change,
  })),
});
const stranger = toBase64Url(signerFromSeed(new Uint8Array(32).fill(9)).publicKey);
const NOTHING = { item: 'unknown', receiptNumber: null, state: null };

describe('by the key directory alone', () => {
  const verify = (keys: KeyBundle | undefined, text = item.qr): ReceiptVerification =>
    verifyReceiptOffline(text, keys);

  test('what a terminal of the place signed is valid', () => {
    const valid = { ...NOTHING, signature: 'valid', receiptNumber: item.receiptNumber };
    expect(verify(directory({}))).toEqual(valid);
    // another key whose number is the same by chance is no hindrance, nor is one that is none
    expect(verify(directory({ publicKey: stranger }, { publicKey: '*' }, {}))).toEqual(valid);
    const revokedAt = '2026-01-01T00:00:00Z';
    expect(verify(directory({ revokedAt }))).toEqual({ ...valid, signature: 'revokedKey' });
    // one key may have been enrolled twice, and one of the two revoked
    expect(verify(directory({ revokedAt }, {}))).toEqual(valid);
    expect(verify(directory({ place: '500199001002' }, {}))).toEqual(valid);
  });

  test.each<[string, () => KeyBundle | undefined, ReceiptVerification['signature']]>([
    ['no directory', () => undefined, 'unknownKey'],
    ['no such key', () => directory({ keyId: '00000000' }), 'unknownKey'],
    ['another key of that number', () => directory({ publicKey: stranger }), 'invalid'],
    ['a terminal of another place', () => directory({ place: '500199001002' }), 'invalid'],
    ['a part of the place', () => directory({ place: '50019900100' }), 'invalid'],
  ])('%s: said, and nothing of the item', (_what, keys, signature) => {
    expect(verify(keys())).toEqual({ ...NOTHING, signature });
  });

  test('what is no receipt is invalid', () => {
    expect(verify(directory({}), 'hello')).toEqual({ ...NOTHING, signature: 'invalid' });
  });
});

describe('with what this terminal has', () => {
  const check = (
    text = item.qr,
    state: LinkState = 'offline',
    entry: Partial<Entry> = {},
    sendsNothing = false,
  ) => {
    const link = createLink(() => undefined);
    link.set(state);
    const keys = directory(entry);
    return checkReceipt({ db: disk.db, client: line.client, link, keys, sendsNothing }, text);
  };
  const own = (change: object = {}) => ({
    signature: 'valid',
    item: 'notYetArrived',
    receiptNumber: item.receiptNumber,
    state: null,
    checkedOffline: true,
    ...change,
  });

  test('an item that waits has not arrived, one that was received has', async () => {
    expect(await check()).toEqual(own());
    disk.db.run("UPDATE item SET state = 'received'");
    expect(await check()).toEqual(own({ item: 'arrived' }));
    expect(line.asked).toEqual([]);
  });

  const REVOKED = { revokedAt: '2026-01-01T00:00:00Z' };
  const notYet = (signature: ReceiptVerification['signature']) =>
    json(200, { ...NOTHING, signature, item: 'notYetArrived', receiptNumber: item.receiptNumber });

  test('of a held item nobody is told that it comes by itself, whatever the platform has not', async () => {
    disk.db.run("UPDATE item SET state = 'held'");
    expect(await check()).toEqual(own({ item: 'held' }));
    line.answer = () => notYet('valid');
    expect(await check(item.qr, 'online')).toEqual(own({ item: 'held', checkedOffline: false }));
    // what the platform has it has, held here or not
    line.answer = () => json(200, { ...NOTHING, signature: 'valid', item: 'arrived' });
    expect(await check(item.qr, 'online')).toMatchObject({ item: 'arrived' });
  });

  test('nor where the keys here do not know this terminal yet, and the platform does', async () => {
    const another = { keyId: '00000000' };
    disk.db.run("UPDATE item SET state = 'held'");
    line.answer = () => notYet('valid');
    expect(await check(item.qr, 'online', another)).toEqual(
      own({ item: 'held', checkedOffline: false }),
    );
    disk.db.run("UPDATE item SET state = 'retry'");
    expect(await check(item.qr, 'online', another, true)).toMatchObject({ item: 'held' });
    expect(await check(item.qr, 'online', another)).toEqual(own({ checkedOffline: false }));
    // what is here under the number says nothing of another one's paper
    disk.db.run("UPDATE item SET state = 'held', envelope_sha256 = ?", 'f'.repeat(64));
    expect(await check(item.qr, 'online', another)).toEqual(own({ checkedOffline: false }));
    // nor does a signature that nobody here can check tell anything of what lies here
    disk.db.run('UPDATE item SET envelope_sha256 = ?', item.envelopeSha256);
    expect(await check(item.qr, 'offline', another)).toEqual({
      ...NOTHING,
      signature: 'unknownKey',
      checkedOffline: true,
    });
  });

  test('nor of what waits at a terminal that is no longer in use', async () => {
    const revoked = own({ signature: 'revokedKey', item: 'unknown' });
    expect(await check(item.qr, 'offline', REVOKED)).toEqual(revoked);
    line.answer = () => notYet('revokedKey');
    expect(await check(item.qr, 'online')).toEqual({ ...revoked, checkedOffline: false });
    disk.db.run("UPDATE item SET state = 'received'");
    expect(await check(item.qr, 'offline', REVOKED)).toEqual({ ...revoked, item: 'arrived' });
  });

  test('nor of what waits here when the platform has revoked this terminal, and no directory says so yet', async () => {
    expect(await check(item.qr, 'offline', {}, true)).toEqual(own({ item: 'held' }));
    disk.db.run("UPDATE item SET state = 'received'");
    expect(await check(item.qr, 'offline', {}, true)).toEqual(own({ item: 'arrived' }));
    // what another terminal has is none of it
    disk.db.run('DELETE FROM item');
    line.answer = () => notYet('valid');
    expect(await check(item.qr, 'online', {}, true)).toEqual(own({ checkedOffline: false }));
  });

  test('what waits here and is asked for may still come', async () => {
    line.answer = () => notYet('valid');
    expect(await check(item.qr, 'online')).toEqual(own({ checkedOffline: false }));
  });

  test('another envelope under the number differs, another terminal’s number is unknown', async () => {
    disk.db.run('UPDATE item SET envelope_sha256 = ?', 'f'.repeat(64));
    expect(await check()).toEqual(own({ item: 'differs' }));
    disk.db.run('DELETE FROM item');
    expect(await check()).toEqual(own({ item: 'unknown' }));
  });

  test('of a receipt that does not hold nothing is told', async () => {
    const at = item.qr.length - 10;
    const forged = item.qr.slice(0, at) + (item.qr[at] === 'A' ? 'B' : 'A') + item.qr.slice(at + 1);
    expect(await check(forged)).toEqual({ ...NOTHING, signature: 'invalid', checkedOffline: true });
    expect(await check('hello')).toEqual({
      ...NOTHING,
      signature: 'invalid',
      checkedOffline: true,
    });
  });

  const platform = { ...NOTHING, signature: 'valid', item: 'arrived', state: 'accepted' };
  test.each(['online', 'unknown'] as const)(
    'the platform is asked while the link is %s',
    async (state) => {
      line.answer = () => json(200, platform);
      const token = item.qr.split('/').at(-1)!;
      expect(await check(` ${item.qr}\n`, state)).toEqual({ ...platform, checkedOffline: false });
      expect(line.asked).toMatchObject([
        { method: 'GET', path: `/v1/receipts/${token}`, deadlineMs: 3000 },
      ]);
      expect(line.asked[0]?.headers).toBeUndefined();
      // the bare token is as good
      expect(await check(token, state)).toMatchObject({ checkedOffline: false });
    },
  );

  test.each([
    ['a page', () => page(200)],
    ['another status', () => json(203, platform)],
  ])('%s is not its word: what is known here counts', async (_what, answer) => {
    line.answer = answer;
    expect(await check(item.qr, 'online')).toEqual(own());
    expect(line.asked).toHaveLength(1);
  });

  test.each(['hello', 'A'.repeat(128), 'A'.repeat(99), ''])('%j is not asked for', async (text) => {
    line.answer = () => json(200, platform);
    expect(await check(text, 'online')).toMatchObject({ checkedOffline: true });
    expect(line.asked).toEqual([]);
  });

  test('a token with something behind it is not asked for', async () => {
    line.answer = () => json(200, platform);
    expect(await check(`${item.qr}?x`, 'online')).toMatchObject({ checkedOffline: true });
    expect(line.asked).toEqual([]);
  });
});
