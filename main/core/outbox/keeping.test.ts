import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatReceiptNumber, parseReceiptNumber } from '../../../domain/receipt/number.ts';
import { parseReceiptToken } from '../../../domain/receipt/token.ts';
import { verifyChain } from '../audit/chain.ts';
import { verifyEd25519 } from '../keys/ed25519.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { readNumber, writeNumber } from '../storage/key-values.ts';
import { openBlobFolder, sha256Hex } from './blob-folder.ts';
import { createClockBelief, type ClockBelief } from './clock-belief.ts';
import { confirmClock } from './confirm-clock.ts';
import { makeDisk, NOON, type Disk } from './disk.test-helper.ts';
import { basicCodeOf, receiptQr } from './receipt-qr.ts';
import {
  keepSequenceFloor,
  markNumberUsed,
  nextNumber,
  receiptDate,
  restoreSequenceFloor,
} from './receipt-sequence.ts';

const DAY = 86_400_000;

let disk: Disk;
beforeEach(async () => {
  disk = await makeDisk();
});
afterEach(() => disk.close());

describe('the clock', () => {
  const beliefOf = (wall: () => number, floors: readonly (string | undefined)[] = []) =>
    createClockBelief({ ...disk.clock, wall }, disk.db, () => floors);

  test('before the platform’s word it is measured by what has already happened, a day is forgiven', async () => {
    let wall = NOON;
    const belief = beliefOf(() => wall, [undefined, 'no time', new Date(NOON).toISOString()]);
    expect(belief.skewMs()).toBeUndefined();
    expect(belief.now()).toBe(NOON);
    expect(belief.wrong()).toBe(false);
    wall = NOON - DAY;
    expect(belief.wrong()).toBe(false);
    wall = NOON - DAY - 1;
    expect(belief.wrong()).toBe(true);
    // no floor at all: nothing is known against it, not even before 1970
    expect(beliefOf(() => 0).wrong()).toBe(false);
    expect(beliefOf(() => -DAY).wrong()).toBe(false);
    expect(beliefOf(() => -DAY - 1).wrong()).toBe(true);
    // an item that was stored counts, another event does not
    disk.audit.record('coreStarted');
    expect(beliefOf(() => 0).wrong()).toBe(false);
    await disk.store();
    expect(beliefOf(() => NOON - DAY).wrong()).toBe(false);
    expect(beliefOf(() => NOON - DAY - 1).wrong()).toBe(true);
  });

  test('what was stored last is looked for once until something is written, from the end of the chain', async () => {
    await disk.store();
    const asked: string[] = [];
    const get: IndexDb['get'] = (sql, ...values) => {
      if (sql.includes('audit_event')) asked.push(sql);
      return disk.db.get(sql, ...values);
    };
    let wall = NOON;
    const belief = createClockBelief(
      { ...disk.clock, wall: () => wall },
      { ...disk.db, get },
      () => [],
    );
    const stands = (): boolean => {
      wall = disk.clock.wall() - DAY;
      const before = belief.wrong();
      wall -= 1;
      return !before && belief.wrong();
    };
    expect([stands(), stands()]).toEqual([true, true]);
    expect(asked).toHaveLength(1);
    const plan = disk.db.all(`EXPLAIN QUERY PLAN ${asked[0]}`).map(({ detail }) => detail);
    // in the order of its rows, with nothing sorted: it ends at the first that fits
    expect(plan).toEqual(['SCAN audit_event']);
    expect(asked[0]).toContain('ORDER BY seq DESC LIMIT 1');
    disk.audit.record('coreStarted');
    expect([stands(), stands()]).toEqual([true, true]);
    expect(asked).toHaveLength(2);
    disk.clock.go(3 * DAY);
    await disk.store();
    expect(stands()).toBe(true);
    // what was rolled back was not stored
    const unstored = (): void =>
      disk.db.transaction(() => {
        disk.clock.go(3 * DAY);
        disk.audit.record('itemStored');
        expect(stands()).toBe(true);
        throw new Error('broken');
      });
    expect(unstored).toThrow('broken');
    wall = disk.clock.wall() - 4 * DAY;
    expect(belief.wrong()).toBe(false);
  });

  test('a clock that ran ahead while something was stored counts no longer once more was stored under a right one', async () => {
    disk.clock.go(30 * DAY);
    await disk.store();
    expect(beliefOf(() => NOON).wrong()).toBe(true);
    disk.clock.go(-30 * DAY);
    await disk.store();
    expect(beliefOf(() => NOON).wrong()).toBe(false);
  });

  /** What a technician says on the service page at a terminal that shows this time. */
  const confirming = (belief: ClockBelief, wall: number, said = wall) =>
    confirmClock(
      {
        belief,
        audit: disk.audit,
        signer: disk.signer,
        clock: { ...disk.clock, wall: () => wall },
      },
      'page',
      said,
    );

  test('a technician who set a clock right that ran ahead says so: signed at once, and numbers go on', async () => {
    const before = await disk.store();
    disk.clock.go(400 * DAY);
    const ahead = new Date(disk.clock.wall()).toISOString();
    await disk.store();
    disk.clock.go(-400 * DAY);
    const belief = beliefOf(() => disk.clock.wall());
    expect([belief.wrong(), belief.mayConfirm()]).toEqual([true, 'yes']);
    expect(confirming(belief, NOON)).toEqual({ ok: true, value: true });
    expect([belief.wrong(), belief.mayConfirm()]).toEqual([false, 'notDoubted']);
    expect(disk.events().slice(-2)).toEqual([
      `clockConfirmed page ${ahead}`,
      expect.stringMatching(/^checkpoint /),
    ]);
    const chain = verifyChain(
      disk.audit.rows(),
      new Map([[disk.signer.keyId, disk.signer.publicKey]]),
    );
    expect(chain).toEqual({
      ok: true,
      value: { events: disk.audit.rows().length, signedThrough: disk.audit.end().seq },
    });
    // over a restart too: the chain itself keeps the word
    expect(beliefOf(() => NOON).wrong()).toBe(false);
    const after = await disk.store();
    const numbers = [before, after].map(({ receiptNumber }) => parseReceiptNumber(receiptNumber));
    expect(numbers.map((parts) => parts?.date)).toEqual(['261102', '261102']);
    expect(numbers[1]?.sequence).toBe((numbers[0]?.sequence ?? 0) + 1);
    // and what it says is the floor from now on
    expect(beliefOf(() => NOON - DAY - 1).wrong()).toBe(true);
  });

  test('nobody’s word makes a clock right that nothing doubts, or that is before what others said', async () => {
    disk.clock.go(400 * DAY);
    await disk.store();
    disk.clock.go(-400 * DAY);
    const told = new Date(NOON).toISOString();
    const events = disk.events();
    const refused = (belief: ClockBelief, wall: number, said = wall): unknown => {
      const answer = confirming(belief, wall, said);
      return answer.ok ? 'taken' : answer.error;
    };
    const at = (wall: number): ClockBelief => beliefOf(() => wall, [told]);
    expect(refused(at(NOON + 400 * DAY), NOON + 400 * DAY)).toBe('notDoubted');
    expect(refused(at(NOON - DAY - 1), NOON - DAY - 1)).toBe('tooEarly');
    expect(refused(at(NOON), NOON, NOON + 600_001)).toBe('differs');
    expect(refused(at(NOON), NOON, Number.NaN)).toBe('differs');
    // the platform's own last word, of an earlier run
    writeNumber(disk.db, 'lastPlatformTime', NOON + 2 * DAY);
    expect(refused(at(NOON), NOON)).toBe('tooEarly');
    writeNumber(disk.db, 'lastPlatformTime', NOON);
    // and its word in this one
    const heard = at(NOON);
    heard.notePlatformTime(new Date(NOON + 3 * DAY).toISOString());
    expect(refused(heard, NOON)).toBe('platformSays');
    expect(heard.wrong()).toBe(true);
    expect(disk.events()).toEqual(events);
    writeNumber(disk.db, 'lastPlatformTime', NOON);
    expect(refused(at(NOON), NOON, NOON + 600_000)).toBe('taken');
  });

  test('the platform’s last word is kept over a restart, at most a minute off', () => {
    const at = (ms: number): string => new Date(ms).toISOString();
    const belief = beliefOf(() => NOON);
    belief.notePlatformTime(at(NOON));
    expect(readNumber(disk.db, 'lastPlatformTime')).toBe(NOON);
    belief.notePlatformTime(at(NOON + 60_000));
    expect(readNumber(disk.db, 'lastPlatformTime')).toBe(NOON);
    belief.notePlatformTime(at(NOON + 60_001));
    expect(readNumber(disk.db, 'lastPlatformTime')).toBe(NOON + 60_001);
    belief.notePlatformTime(at(NOON - 60_001));
    expect(readNumber(disk.db, 'lastPlatformTime')).toBe(NOON - 60_001);
    writeNumber(disk.db, 'lastPlatformTime', NOON + 5 * DAY);
    expect(beliefOf(() => NOON + 4 * DAY).wrong()).toBe(false);
    expect(beliefOf(() => NOON + 4 * DAY - 1).wrong()).toBe(true);
  });

  test('the platform’s word goes on with the time that went by, and more than a day off is wrong', () => {
    const belief = beliefOf(() => NOON);
    belief.notePlatformTime('no time');
    expect(belief.skewMs()).toBeUndefined();
    belief.notePlatformTime(new Date(NOON + 1000).toISOString());
    disk.clock.go(500);
    expect(belief.now()).toBe(NOON + 1500);
    expect(belief.skewMs()).toBe(1500);
    expect(belief.wrong()).toBe(false);
    belief.notePlatformTime(new Date(NOON + DAY).toISOString());
    expect(belief.wrong()).toBe(false);
    disk.clock.go(1);
    expect(belief.wrong()).toBe(true);
    belief.notePlatformTime(new Date(NOON - DAY).toISOString());
    expect(belief.wrong()).toBe(false);
    belief.notePlatformTime(new Date(NOON - DAY - 1).toISOString());
    expect(belief.wrong()).toBe(true);
  });
});

describe('sealed files', () => {
  test('lie under their hash, with nobody else’s eyes on them', async () => {
    const bytes = Buffer.from('sealed');
    const name = await sha256Hex(bytes);
    expect(name).toBe('c9d0036bed6744bcdf692fc980d8717d7e5f5a4f4e8266b4a84982602fb1cd09');
    await disk.blobs.write(name, bytes);
    await disk.blobs.sync();
    expect(disk.blobs.path).toBe(join(disk.folder, 'blobs'));
    expect(disk.blobs.pathOf(name)).toBe(join(disk.folder, 'blobs', name));
    expect(statSync(disk.blobs.path).mode & 0o777).toBe(0o700);
    expect(Buffer.from(await disk.blobs.read(name)).toString()).toBe('sealed');
    expect(await disk.blobs.list()).toEqual([name]);
    // opening again changes nothing
    expect(await (await openBlobFolder(disk.folder)).list()).toEqual([name]);
    await disk.blobs.remove([name, 'never-there']);
    expect(await disk.blobs.list()).toEqual([]);
  });

  test('are set aside whole, and only a folder with something in it is made', async () => {
    expect(await disk.blobs.listAside()).toEqual([]);
    await disk.blobs.setAside([]);
    const aside = join(disk.folder, 'set-aside');
    expect(existsSync(aside)).toBe(false);
    for (const name of ['a', 'b', 'c']) await disk.blobs.write(name, Buffer.from(name));
    await disk.blobs.setAside(['a', 'b']);
    expect(statSync(aside).mode & 0o777).toBe(0o700);
    expect((await disk.blobs.listAside()).toSorted()).toEqual(['a', 'b']);
    expect(readFileSync(join(aside, 'b'), 'utf8')).toBe('b');
    expect(await disk.blobs.list()).toEqual(['c']);
    await disk.blobs.setAside(['c']);
    expect(await disk.blobs.listAside()).toHaveLength(3);
  });
});

describe('the receipt', () => {
  test('its code says number, service, time and envelope, signed by this terminal', () => {
    const facts = {
      receiptNumber: formatReceiptNumber({
        region: '500199001',
        terminal: '001',
        date: '261102',
        sequence: 7,
      }),
      basicCode: '502014901000',
      createdAt: '2026-11-02T04:00:01.999Z',
      envelopeSha256: 'ab'.repeat(32),
    };
    const text = receiptQr('https://verify.example/', facts, disk.signer);
    expect(text).toMatch(/^https:\/\/verify\.example\/r\/[\w-]{128}$/);
    expect(receiptQr('https://verify.example', facts, disk.signer)).toBe(text);
    expect(receiptQr('https://verify.example/a/b', facts, disk.signer)).toContain('/a/b/r/');
    const parsed = parseReceiptToken(text)!;
    expect(parsed.token).toEqual({
      receiptNumber: facts.receiptNumber,
      basicCode: facts.basicCode,
      issuedAt: Date.parse('2026-11-02T04:00:01Z') / 1000,
      envelopePrefix: 'ab'.repeat(8),
      keyId: disk.signer.keyId,
    });
    expect(verifyEd25519(disk.signer.publicKey, parsed.signedBytes, parsed.signature)).toBe(true);
    expect(basicCodeOf('11500151DEMA000135550201490100001')).toBe('502014901000');
  });

  const number = (sequence: number, terminal = '001', date = '261102'): string =>
    formatReceiptNumber({ region: '500199001', terminal, date, sequence });

  test('numbers change with the day at the hall, not in London', () => {
    expect(receiptDate(Date.parse('2026-11-02T15:59:59Z'))).toBe('261102');
    expect(receiptDate(Date.parse('2026-11-02T16:00:00Z'))).toBe('261103');
    markNumberUsed(disk.db, number(41));
    expect(nextNumber(disk.db, disk.enrolment, NOON)).toBe(number(42));
    expect(nextNumber(disk.db, disk.enrolment, NOON + DAY)).toBe(number(1, '001', '261103'));
    // what was used stays used, whatever comes later
    markNumberUsed(disk.db, number(12));
    markNumberUsed(disk.db, 'not a number');
    expect(nextNumber(disk.db, disk.enrolment, NOON)).toBe(number(42));
    markNumberUsed(disk.db, number(9998));
    expect(nextNumber(disk.db, disk.enrolment, NOON)).toBe(number(9999));
  });

  test.each([
    ['another terminal', number(41, '002')],
    ['another day', number(41, '001', '261101')],
    [
      'another town',
      formatReceiptNumber({ region: '500199002', terminal: '001', date: '261102', sequence: 41 }),
    ],
    ['none', null],
  ])('the last number of %s says nothing of this one’s', (_of, lastReceiptNumber) => {
    expect(nextNumber(disk.db, { ...disk.enrolment, lastReceiptNumber }, NOON)).toBe(number(1));
  });

  test('what was used outlives the index', async () => {
    markNumberUsed(disk.db, number(3));
    markNumberUsed(disk.db, number(8, '002', '261101'));
    await keepSequenceFloor(disk.db, disk.folder, NOON);
    expect(JSON.parse(readFileSync(join(disk.folder, 'used-numbers.json'), 'utf8'))).toEqual([
      number(3),
      number(8, '002', '261101'),
    ]);
    disk.loseIndex();
    await restoreSequenceFloor(disk.db, disk.folder);
    expect(nextNumber(disk.db, disk.enrolment, NOON)).toBe(number(4));
    expect(disk.db.all('SELECT * FROM receipt_sequence')).toHaveLength(2);
  });

  test('of more than thirty days the newest are kept', async () => {
    for (let day = 1; day <= 31; day++) {
      markNumberUsed(disk.db, number(1, '001', `2610${String(day).padStart(2, '0')}`));
    }
    await keepSequenceFloor(disk.db, disk.folder, NOON);
    const kept = JSON.parse(
      readFileSync(join(disk.folder, 'used-numbers.json'), 'utf8'),
    ) as string[];
    expect(kept).toHaveLength(30);
    expect(kept[0]).toBe(number(1, '001', '261031'));
    expect(kept).not.toContain(number(1, '001', '261001'));
  });

  test('a clock that ran ahead for more than thirty days pushes none out that may be given still', async () => {
    markNumberUsed(disk.db, number(7));
    // nor one of the last thirty days, which a clock that is set back may come to again
    markNumberUsed(disk.db, number(5, '001', '261003'));
    markNumberUsed(disk.db, number(3, '001', '261002'));
    for (let day = 1; day <= 31; day++) {
      markNumberUsed(disk.db, number(1, '001', `2701${String(day).padStart(2, '0')}`));
    }
    await keepSequenceFloor(disk.db, disk.folder, NOON);
    disk.loseIndex();
    await restoreSequenceFloor(disk.db, disk.folder);
    expect(nextNumber(disk.db, disk.enrolment, NOON)).toBe(number(8));
    expect(nextNumber(disk.db, disk.enrolment, NOON - 30 * DAY)).toBe(number(6, '001', '261003'));
    expect(nextNumber(disk.db, disk.enrolment, NOON - 31 * DAY)).toBe(number(1, '001', '261002'));
  });

  test.each(['', '{}', '[1]', '["x"'])('a list that reads %j is as none', async (text) => {
    writeFileSync(join(disk.folder, 'used-numbers.json'), text);
    await restoreSequenceFloor(disk.db, disk.folder);
    expect(nextNumber(disk.db, disk.enrolment, NOON)).toBe(number(1));
  });
});
