import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatReceiptNumber, parseReceiptNumber } from '../../../domain/receipt/number.ts';
import type { EnrolmentRecord } from '../enrolment/contract.ts';
import { openIndex, type IndexDb } from '../storage/index-db.ts';
import { markNumberUsed, nextNumber } from './receipt-sequence.ts';

let folder: string;
let db: IndexDb;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bianmin-numbers-'));
  ({ db } = openIndex(join(folder, 'index.db'), 0));
});
afterAll(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const NOON = Date.parse('2026-11-02T12:00:00+08:00');
const enrolled = (change: Partial<EnrolmentRecord>): EnrolmentRecord => ({
  terminalId: 'T',
  region: '500151001',
  terminal: '001',
  generation: 1,
  lastReceiptNumber: null,
  bundleRoot: '',
  verifyBaseUrl: '',
  ...change,
});
const sequenceOf = (change: Partial<EnrolmentRecord>): number | undefined =>
  parseReceiptNumber(nextNumber(db, enrolled(change), NOON) ?? '')?.sequence;

test('a terminal that takes the place of another one repeats none of its numbers, also of those that never came in', () => {
  const seen = (sequence: number): string =>
    formatReceiptNumber({ region: '500151001', terminal: '001', date: '261102', sequence });
  expect(sequenceOf({})).toBe(1);
  // the old one printed 7 today, and the platform has 3 of them
  expect(sequenceOf({ generation: 2, lastReceiptNumber: seen(3) })).toBe(1001);
  expect(sequenceOf({ generation: 3, lastReceiptNumber: seen(1002) })).toBe(2001);
  // an old one that printed more than its part
  expect(sequenceOf({ generation: 2, lastReceiptNumber: seen(1204) })).toBe(1205);
  expect(sequenceOf({ generation: 12 })).toBe(1001);
});

test('numbers go on from the last one that was used, and end with 9999', () => {
  const used = nextNumber(db, enrolled({ terminal: '002', generation: 2 }), NOON) ?? '';
  markNumberUsed(db, used);
  expect(sequenceOf({ terminal: '002', generation: 2 })).toBe(1002);
  markNumberUsed(
    db,
    formatReceiptNumber({ region: '500151001', terminal: '002', date: '261102', sequence: 9999 }),
  );
  expect(sequenceOf({ terminal: '002', generation: 2 })).toBeUndefined();
});
