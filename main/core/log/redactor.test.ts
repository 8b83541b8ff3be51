import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idNumberCheckDigit } from '../../../domain/identity/id-number.ts';
import { createLogger } from './logger.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  let out = '';
  write(createLogger((line) => (out += line)));
  return out;
}

describe('the log holds no personal data', () => {
  it('takes id numbers out of free text, wherever they stand', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1900, max: 2025 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 28 }),
        fc.integer({ min: 0, max: 999 }),
        fc.constantFrom('', 'card ', 'id=', '号码', 'idNo', '"'),
        (year, month, day, sequence, before) => {
          const pad = (n: number, length: number): string => String(n).padStart(length, '0');
          const base = `500199${year}${pad(month, 2)}${pad(day, 2)}${pad(sequence, 3)}`;
          const number = base + (idNumberCheckDigit(base) ?? '');
          const out = logged((log) => log.error(`${before}${number} failed`, { why: number }));
          expect(out).not.toContain(number);
        },
      ),
    );
  });

  it('takes mobiles and bank cards out, with spaces or without', () => {
    for (const secret of ['13800000001', '138 0000 0001', '6222021234567890123']) {
      expect(logged((log) => log.warn(`call ${secret}`))).not.toContain(secret);
    }
  });

  it('takes numbers out that are no text', () => {
    expect(logged((log) => log.info('x', { account: 13800000001 }))).not.toContain('13800000001');
  });

  it('takes every member of a person out, whatever it holds', () => {
    const out = logged((log) =>
      log.error('bug', {
        err: { card: { name: '陈䶮' }, answers: { a: '巴川街道' } },
        name: 'EMMA JOHNSON',
      }),
    );
    expect(out).not.toMatch(/陈䶮|巴川|EMMA/);
    expect(out).toContain('bug');
  });

  it('takes names of the running session out of free text, and forgets them when it is over', () => {
    const out = logged((log) => {
      log.protect(['陈䶮', 'EMMA JOHNSON']);
      log.error('cannot draw 陈䶮 for EMMA JOHNSON');
    });
    expect(out).not.toMatch(/陈䶮|EMMA/);
    const after = logged((log) => {
      log.protect(['陈䶮']);
      log.protect([]);
      log.info('䶮 is a character');
    });
    expect(after).toContain('䶮');
  });

  it('keeps what is needed: receipt numbers, digests, times, codes', () => {
    const number = '50015100100126112300017';
    const out = logged((log) =>
      log.info('stored', { receiptNumber: number, sha: 'a1b2'.repeat(16), code: 'printer.jam' }),
    );
    expect(out).toContain(number);
    expect(out).toContain('a1b2'.repeat(16));
    expect(out).toContain('printer.jam');
    expect(out).toMatch(/"time":"20\d\d-/);
  });
});
