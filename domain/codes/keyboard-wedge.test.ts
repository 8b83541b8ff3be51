import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyboardWedge } from './keyboard-wedge.ts';
import type { KeyPress, WedgeOptions, WedgeStep } from './keyboard-wedge.ts';

/** Keys one after the other, with so many ms between two, starting so many ms after what came before. */
interface Stroke {
  readonly keys: readonly string[];
  readonly gapMs: number;
  readonly afterMs?: number;
  readonly more?: Partial<KeyPress>;
}

function presses(strokes: readonly Stroke[]): readonly KeyPress[] {
  let atMs = 1_000;
  return strokes.flatMap(({ keys, gapMs, afterMs = 500, more = {} }) =>
    keys.map((key, i) => {
      atMs += i === 0 ? afterMs : gapMs;
      return { key, atMs, ...more };
    }),
  );
}

/** What came of it, in order: typed keys as they are, codes in brackets. */
function read(strokes: readonly Stroke[], options: WedgeOptions = {}): string {
  const wedge = new KeyboardWedge(options);
  const keys = presses(strokes);
  const steps: WedgeStep[] = keys.map((press) => wedge.press(press));
  steps.push(wedge.settle((keys.at(-1)?.atMs ?? 0) + 1_000));
  return steps
    .map(({ typed, code }) => {
      return typed.map(({ key }) => key).join('') + (code === undefined ? '' : `[${code}]`);
    })
    .join('');
}

const scan = (text: string, gapMs = 10): Stroke => ({
  keys: [...Array.from(text), 'Enter'],
  gapMs,
});
const type = (text: string, gapMs = 120): Stroke => ({ keys: Array.from(text), gapMs });

describe('a scanner that is a keyboard', () => {
  it('is told by its speed and its Enter', () => {
    expect(read([scan('6901234567892')])).toBe('[6901234567892]');
    expect(read([scan('6901234567892', 50)])).toBe('[6901234567892]');
    expect(read([type('6901234567892'), { keys: ['Enter'], gapMs: 0 }])).toBe('6901234567892Enter');
    expect(read([scan('6901234567892', 51)])).toBe('6901234567892Enter');
  });

  it('leaves a person what the person typed before and after', () => {
    expect(read([type('wang'), scan('690123'), type('li')])).toBe('wang[690123]li');
    expect(read([scan('690123'), scan('690124')])).toBe('[690123][690124]');
  });

  it('leaves a person a few fast keys, a held key and a command', () => {
    expect(read([scan('12345')])).toBe('12345Enter');
    expect(read([{ keys: ['Enter', 'Enter'], gapMs: 10 }])).toBe('EnterEnter');
    const held = {
      keys: [...Array.from('aaaaaaaaaa'), 'Enter'],
      gapMs: 33,
      more: { repeat: true },
    };
    expect(read([held])).toBe('aaaaaaaaaaEnter');
    const command = { keys: ['c'], gapMs: 0, afterMs: 10, more: { modified: true } };
    expect(read([{ keys: [...Array.from('123456')], gapMs: 10 }, command])).toBe('123456c');
  });

  it('may hold Shift for its capitals', () => {
    const keys = ['Shift', 'A', 'Shift', 'B', 'c', '1', '2', '3', 'Enter'];
    expect(read([{ keys, gapMs: 5 }])).toBe('[ABc123]');
  });

  it('gives no part of a burst with other keys in it, or of one that is too long', () => {
    for (const key of ['Tab', 'Backspace', 'Process', 'F8', 'Unidentified']) {
      const keys = [...Array.from('123456'), key, ...Array.from('7890123'), 'Enter'];
      expect(read([{ keys, gapMs: 10 }])).toBe(keys.join(''));
    }
    const long = 'x'.repeat(25);
    expect(read([scan(long), scan('x'.repeat(20))], { maxLength: 20 })).toBe(
      `${long}Enter[${'x'.repeat(20)}]`,
    );
  });

  it('gives no burst that stopped before its Enter', () => {
    expect(read([type('690123', 10), scan('690124')])).toBe('690123[690124]');
  });

  it('holds keys back no longer than told, and loses none to a clock that jumps', () => {
    const wedge = new KeyboardWedge();
    const press = { key: 'a', atMs: 100 };
    expect(wedge.press(press)).toEqual({ typed: [] });
    expect(wedge.settle(150)).toEqual({ typed: [] });
    expect(wedge.settle(151)).toEqual({ typed: [press] });
    expect(wedge.settle(300)).toEqual({ typed: [] });
    const late = { key: 'b', atMs: 400 };
    const early = { key: 'c', atMs: 10 };
    expect(wedge.press(late)).toEqual({ typed: [] });
    expect(wedge.press(early)).toEqual({ typed: [late] });
    expect(wedge.settle(Number.NaN)).toEqual({ typed: [early] });
  });

  it('gives every key back once, in order, whatever comes', () => {
    const anyPress = fc.record({
      key: fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom('1', 'b', '中') },
        { weight: 2, arbitrary: fc.constantFrom('Enter', 'Shift') },
        { weight: 1, arbitrary: fc.string() },
      ),
      gap: fc.constantFrom(0, 5, 5, 5, 5, 5, 5, 5, 50, 51, 300, -20),
      repeat: fc.constantFrom(false, false, false, false, false, true),
    });
    fc.assert(
      fc.property(fc.array(anyPress, { maxLength: 200 }), (raw) => {
        let atMs = 0;
        const keys = raw.map(({ key, gap, repeat }) => ({ key, atMs: (atMs += gap), repeat }));
        const wedge = new KeyboardWedge({ minLength: 3 });
        const back: string[] = [];
        for (const press of keys) {
          const { typed, code } = wedge.press(press);
          back.push(...typed.map(({ key }) => key));
          if (code !== undefined) {
            expect(Array.from(code).length).toBeGreaterThanOrEqual(3);
            back.push(...Array.from(code), 'Enter');
          }
        }
        back.push(...wedge.settle(Infinity).typed.map(({ key }) => key));
        // Shift may be used up by a code.
        const plain = (all: readonly string[]): readonly string[] =>
          all.filter((key) => key !== 'Shift');
        expect(plain(back)).toEqual(plain(keys.map(({ key }) => key)));
      }),
    );
  });
});
