import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unmetEligibility } from './eligibility.ts';
import {
  ageOn,
  fromCompactDate,
  isCalendarDate,
  isDateExpression,
  resolveDate,
} from './relative-date.ts';

const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe('resolveDate', () => {
  it('counts natural days from today, over months and leap years', () => {
    expect(resolveDate('today', '2026-11-23')).toBe('2026-11-23');
    expect(resolveDate('today-183d', '2026-11-23')).toBe('2026-05-24');
    expect(resolveDate('today+300d', '2026-11-23')).toBe('2027-09-19');
    expect(resolveDate('today+1d', '2028-02-28')).toBe('2028-02-29');
    expect(resolveDate('today+1d', '2027-02-28')).toBe('2027-03-01');
    expect(resolveDate('1970-01-01', '2026-11-23')).toBe('1970-01-01');
  });

  it('goes so many days there and the same number back', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 9999 }), (today, days) => {
        const later = resolveDate(`today+${days}d`, today);
        expect(resolveDate(`today-${days}d`, later)).toBe(today);
        expect((Date.parse(later) - Date.parse(today)) / 86_400_000).toBe(days);
      }),
    );
  });

  it('refuses what is no day and no expression', () => {
    for (const bad of ['2026-02-30', '2026-13-01', 'tomorrow', 'today-d', 'today - 3d', '']) {
      expect(isDateExpression(bad)).toBe(false);
      expect(() => resolveDate(bad, '2026-11-23')).toThrow(RangeError);
    }
    expect(() => resolveDate('today', '2026-02-30')).toThrow(RangeError);
  });
});

describe('calendar dates', () => {
  it('knows each day that exists and no other', () => {
    fc.assert(fc.property(day, (date) => isCalendarDate(date)));
    for (const bad of ['2025-02-29', '1900-02-29', '2026-00-10', '2026-1-1', '20260101']) {
      expect(isCalendarDate(bad)).toBe(false);
    }
  });

  it('reads the dates of cards', () => {
    expect(fromCompactDate('19920118')).toBe('1992-01-18');
    expect(fromCompactDate('19920230')).toBeUndefined();
    expect(fromCompactDate('long-term')).toBeUndefined();
  });
});

describe('age', () => {
  it('grows on the birthday itself', () => {
    expect(ageOn('2010-11-23', '2026-11-22')).toBe(15);
    expect(ageOn('2010-11-23', '2026-11-23')).toBe(16);
    expect(ageOn('2008-02-29', '2026-02-28')).toBe(17);
    expect(ageOn('2008-02-29', '2026-03-01')).toBe(18);
  });

  it('tells which rule of a service is not met', () => {
    const rules = [
      { rule: 'ageMin', value: 16 },
      { rule: 'ageMax', value: 60 },
    ] as const;
    expect(unmetEligibility(rules, '2010-11-23', '2026-11-23')).toEqual([]);
    expect(unmetEligibility(rules, '2010-11-24', '2026-11-23')).toEqual([rules[0]]);
    expect(unmetEligibility(rules, '1965-11-23', '2026-11-23')).toEqual([rules[1]]);
  });
});
