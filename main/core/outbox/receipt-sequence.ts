import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { formatReceiptNumber, parseReceiptNumber } from '../../../domain/receipt/number.ts';
import { chinaDay } from '../china-day.ts';
import type { EnrolmentRecord } from '../enrolment/contract.ts';
import { replaceDurably } from '../storage/durable-files.ts';
import type { IndexDb } from '../storage/index-db.ts';

/** yyMMdd at the hall. */
export function receiptDate(wallMs: number): string {
  return chinaDay(wallMs).replaceAll('-', '').slice(2);
}

/** Each enrolment of a place begins the numbers of a day in a part of its own; more a day nobody hands in. */
const NUMBERS_OF_A_GENERATION = 1000;
const GENERATIONS = 10;

function lastOf(db: IndexDb, place: string, date: string): number {
  const row = db.get('SELECT last FROM receipt_sequence WHERE place = ? AND date = ?', place, date);
  return Number(row?.['last'] ?? 0);
}

/** Writes down that a number was used. It joins the open transaction. */
export function markNumberUsed(db: IndexDb, receiptNumber: string): void {
  const parts = parseReceiptNumber(receiptNumber);
  if (!parts) return;
  db.run(
    `INSERT INTO receipt_sequence (place, date, last) VALUES (?, ?, ?)
     ON CONFLICT (place, date) DO UPDATE SET last = max(last, excluded.last)`,
    parts.region + parts.terminal,
    parts.date,
    parts.sequence,
  );
}

/**
 * The next number of the day, not yet used: it is used when the transaction with `markNumberUsed` commits.
 * @returns `undefined` when the day's 9999 are gone
 */
export function nextNumber(
  db: IndexDb,
  enrolment: EnrolmentRecord,
  wallMs: number,
): string | undefined {
  const { region, terminal, generation, lastReceiptNumber } = enrolment;
  const date = receiptDate(wallMs);
  // what a terminal that stood here before has printed today may still lie in it, unknown to the platform
  const begin = ((generation - 1) % GENERATIONS) * NUMBERS_OF_A_GENERATION;
  let last = Math.max(begin, lastOf(db, region + terminal, date));
  // and what it printed beyond its part has come in
  const seen = parseReceiptNumber(lastReceiptNumber ?? '');
  if (seen?.region === region && seen.terminal === terminal && seen.date === date) {
    last = Math.max(last, seen.sequence);
  }
  if (last >= 9999) return undefined;
  return formatReceiptNumber({ region, terminal, date, sequence: last + 1 });
}

const floorSchema = z.array(z.string());
const floorFile = (folder: string): string => join(folder, 'used-numbers.json');

const KEPT_DAYS = 30;

/**
 * Keeps, beside the index, the last number of each day whose envelopes are about to be deleted: an index
 * rebuilt from the envelopes that are left would use those numbers again. The newest thirty, and none less than the
 * last thirty days: a clock that ran ahead for long leaves as many days that are still to come.
 */
export async function keepSequenceFloor(
  db: IndexDb,
  folder: string,
  wallMs: number,
): Promise<void> {
  const rows = db.all(
    `SELECT place, date, last FROM receipt_sequence ORDER BY date DESC
     LIMIT max(?, (SELECT count(*) FROM receipt_sequence WHERE date >= ?))`,
    KEPT_DAYS,
    receiptDate(wallMs - KEPT_DAYS * 24 * 60 * 60 * 1000),
  );
  const numbers = rows.map((row) => {
    const place = String(row['place']);
    return formatReceiptNumber({
      region: place.slice(0, 9),
      terminal: place.slice(9),
      date: String(row['date']),
      sequence: Number(row['last']),
    });
  });
  await replaceDurably(floorFile(folder), Buffer.from(JSON.stringify(numbers)));
}

/** Takes what `keepSequenceFloor` kept into a rebuilt index. */
export async function restoreSequenceFloor(db: IndexDb, folder: string): Promise<void> {
  let text: string;
  try {
    text = await readFile(floorFile(folder), 'utf8');
  } catch {
    return;
  }
  const numbers = floorSchema.safeParse(safeJson(text));
  if (!numbers.success) return;
  db.transaction(() => {
    for (const number of numbers.data) markNumberUsed(db, number);
  });
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
