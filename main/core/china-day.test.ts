import { expect, test } from 'vitest';
import { chinaDay, chinaMinute } from './china-day.ts';

const HOUR_MS = 60 * 60 * 1000;

const byTimeZone = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

test('the day at the hall is the one that the time zone database has, since summer time ended', () => {
  for (let at = Date.UTC(1991, 8, 15, 16); at < Date.UTC(2100, 0, 1); at += 11 * HOUR_MS) {
    expect(chinaDay(at)).toBe(byTimeZone.format(at));
  }
});

test('it begins at 16:00 of Greenwich, to the millisecond', () => {
  const midnight = Date.UTC(2026, 11, 31, 16);
  expect(chinaDay(midnight - 1)).toBe('2026-12-31');
  expect(chinaDay(midnight)).toBe('2027-01-01');
  expect(chinaMinute(midnight)).toBe('2027-01-01 00:00');
});
