import { describe, expect, it } from 'vitest';
import { symbologyOf } from './aim-id.ts';
import { TEXT_ENCODINGS, decodeText } from './decode-text.ts';
import { encodeText } from './simulator/commands.ts';

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));

describe('the text of a code', () => {
  it('is UTF-8 where it fits, else GB 18030 with all its lengths', () => {
    for (const text of ['龚大福', '\u{2CC56}玲', '欧阳\u{30EDD}', '〇', '€', 'ḿ', '\u9FB4']) {
      expect(decodeText(encodeText(text), TEXT_ENCODINGS)).toEqual({ text, encoding: 'utf-8' });
      const gb18030 = encodeText(text, 'gb18030');
      expect(decodeText(gb18030, TEXT_ENCODINGS)).toEqual({ text, encoding: 'gb18030' });
    }
    expect(decodeText(hex('3132'), TEXT_ENCODINGS)).toEqual({ text: '12', encoding: 'utf-8' });
  });

  it('loses a byte order mark', () => {
    expect(decodeText(hex('efbbbf41'), TEXT_ENCODINGS)?.text).toBe('A');
  });

  it('may be pinned to one encoding: a few short texts fit both', () => {
    const ambiguous = encodeText('模', 'gb18030');
    expect(decodeText(ambiguous, TEXT_ENCODINGS)?.text).toBe('ģ');
    expect(decodeText(ambiguous, ['gb18030'])?.text).toBe('模');
    expect(decodeText(encodeText('模'), ['gb18030'])).toBeUndefined();
    expect(decodeText(encodeText('模', 'gb18030').subarray(0, 1), ['utf-8'])).toBeUndefined();
  });

  it('is refused when no encoding fits without an error', () => {
    for (const digits of ['ff', '41ff', '80', '4180', 'b9ff', 'c3', '81', '8130', '813081', 'a1']) {
      expect(decodeText(hex(digits), TEXT_ENCODINGS), digits).toBeUndefined();
    }
  });

  it('is refused with control characters, but for those that codes use', () => {
    for (const digits of ['4100', '1b41', '7f', 'b9a800']) {
      expect(decodeText(hex(digits), TEXT_ENCODINGS), digits).toBeUndefined();
    }
    expect(decodeText(hex('c285'), ['utf-8'])).toBeUndefined();
    const separators = '[)>\u001e06\u001dP1\u001e\u0004';
    expect(decodeText(Buffer.from(separators), TEXT_ENCODINGS)?.text).toBe(separators);
  });
});

describe('a symbology identifier', () => {
  it('names the kinds that are ours, and no other', () => {
    expect(symbologyOf(Buffer.from(']Q1'))).toBe('qr');
    expect(symbologyOf(Buffer.from(']d2'))).toBe('dataMatrix');
    expect(symbologyOf(Buffer.from(']E0'))).toBe('ean');
    for (const other of [']X0', 'xQ1', ']q', '\0\0\0', ']\0\0']) {
      expect(symbologyOf(Buffer.from(other)), other).toBeUndefined();
    }
  });
});
