import { describe, expect, it } from 'vitest';
import { CodeFramer } from './code-framer.ts';
import type { FramingOptions } from './code-framer.ts';
import { MAX_CODE_BYTES } from './contract.ts';

function framer(options: Partial<FramingOptions> = {}): (text: string) => readonly string[] {
  const made = new CodeFramer({ suffix: 'newline', aimId: false, ...options });
  return (text) =>
    (text === '…' ? made.paused() : made.push(Buffer.from(text))).map((assembled) => {
      if (assembled.type === 'dropped') return `(${assembled.why})`;
      const aimId =
        assembled.aimId === undefined ? '' : `${Buffer.from(assembled.aimId).toString()} `;
      return aimId + Buffer.from(assembled.bytes).toString();
    });
}

describe('codes on a serial line', () => {
  it('end with CR, LF or both, wherever the pieces are cut', () => {
    const push = framer();
    expect(push('one\rtwo\nthree\r\nfo')).toEqual(['one', 'two', 'three']);
    expect(push('ur\r')).toEqual(['four']);
    expect(push('\n\r\r\n')).toEqual([]);
    expect(push('with\ttab\r')).toEqual(['with\ttab']);
  });

  it('end with TAB where the scanner is set so', () => {
    const push = framer({ suffix: 'tab' });
    expect(push('one\t\ttwo\r\nlines\t')).toEqual(['one', 'two\r\nlines']);
  });

  it('end with a pause where there is no suffix, and keep their own line ends', () => {
    const push = framer({ suffix: 'none' });
    expect(push('BEGIN\r\nEN')).toEqual([]);
    expect(push('D\r\n')).toEqual([]);
    expect(push('…')).toEqual(['BEGIN\r\nEND']);
    expect(push('\r\n')).toEqual([]);
    expect(push('…')).toEqual([]);
  });

  it('are thrown away when the pause comes before the suffix', () => {
    const push = framer();
    expect(push('half')).toEqual([]);
    expect(push('…')).toEqual(['(no suffix came)']);
    expect(push('…')).toEqual([]);
    expect(push('whole\r')).toEqual(['whole']);
  });

  it('are at most 4 KB, not counting suffix and symbology identifier', () => {
    const longest = 'x'.repeat(MAX_CODE_BYTES);
    const tooLong = `(longer than ${MAX_CODE_BYTES} bytes)`;
    const plain = framer();
    expect(plain(`${longest}\r${longest}y\rz\r`)).toEqual([longest, tooLong, 'z']);
    expect(plain(`${longest}yy`)).toEqual([]);
    expect(plain('…')).toEqual([tooLong]);
    const named = framer({ aimId: true });
    expect(named(`]Q1${longest}\r]Q1${longest}y\r`)).toEqual([`]Q1 ${longest}`, tooLong]);
    const paused = framer({ suffix: 'none' });
    expect(paused(`${longest}\r\n`)).toEqual([]);
    expect(paused('…')).toEqual([longest]);
    expect(paused(`${longest}\r\ny`)).toEqual([]);
    expect(paused('…')).toEqual([tooLong]);
  });

  it('carry their symbology identifier where the scanner is set so, or are thrown away', () => {
    const push = framer({ aimId: true });
    expect(push(']Q1text\r]C0123\r')).toEqual([']Q1 text', ']C0 123']);
    expect(push('Q1text\r')).toEqual(['(no symbology identifier)']);
    expect(push('xx]Q1text\r')).toEqual(['(no symbology identifier)']);
    expect(push(']Q\r]Q1\r')).toEqual(['(no symbology identifier)']);
  });
});
