import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RelayWords, relayFrame, type RelayWord } from './relay-frames.ts';

/** Cuts bytes at these places. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted(
    (one, other) => one - other,
  );
  return at.map((end, i) => bytes.subarray(i === 0 ? 0 : at[i - 1], end));
}

const heard = (parts: readonly Uint8Array[]): RelayWord[] => {
  const reader = new RelayWords();
  return parts.flatMap((part) => reader.push(part));
};

const word = fc.record({ channel: fc.integer({ min: 1, max: 8 }), on: fc.boolean() });
/** Noise that cannot end a word by itself: every word ends with N or F. */
const noise = fc
  .array(
    fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...Buffer.from('CH1: O\r\n'))),
    { maxLength: 40 },
  )
  .map((bytes) => Uint8Array.from(bytes.filter((byte) => byte !== 0x4e && byte !== 0x46)));
const space = fc.constantFrom('', ' ', '  ');
const end = fc.constantFrom('\r\n', '\n', '');

describe('a command to a relay board', () => {
  it('is its four bytes', () => {
    const hex = (channel: number, on: boolean) =>
      Buffer.from(relayFrame(channel, on)).toString('hex');
    expect(hex(1, true)).toBe('a00101a2');
    expect(hex(1, false)).toBe('a00100a1');
    expect(hex(4, true)).toBe('a00401a5');
    expect(hex(8, false)).toBe('a00800a8');
  });
});

describe('the words of a relay board', () => {
  it('are found in any pieces, with noise before each', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(noise, word, space, end), { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (said, cuts) => {
          const bytes = Buffer.concat(
            said.flatMap(([before, { channel, on }, gap, after]) => [
              before,
              Buffer.from(`CH${String(channel)}:${gap}${on ? 'ON' : 'OFF'}${after}`),
            ]),
          );
          expect(heard(pieces(bytes, cuts))).toEqual(said.map(([, one]) => one));
        },
      ),
    );
  });

  it('are the same however the line is cut, whatever is on it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            noise,
            fc
              .constantFrom(...['CH2: ON', 'CH9: ON', 'CH10: OFF', 'OFF', 'N'])
              .map((text) => Buffer.from(text)),
          ),
        ),
        fc.array(fc.nat(), { maxLength: 12 }),
        (parts, cuts) => {
          const bytes = Buffer.concat(parts);
          expect(heard(pieces(bytes, cuts))).toEqual(heard([bytes]));
        },
      ),
    );
  });

  it('are those of eight channels, and nothing that only looks like one', () => {
    const said = 'CH0: ON CH9: ON CH12: OFF ch1: on CH1 ON CH1:\r\nON CH1: OM CH3: ON';
    expect(heard([Buffer.from(said)])).toEqual([{ channel: 3, on: true }]);
  });

  it('are found behind a megabyte of what only begins as one', () => {
    const reader = new RelayWords();
    for (let i = 0; i < 2_000; i++) reader.push(Buffer.alloc(512, 'CH1: O'));
    expect(reader.push(Buffer.from('CH1: ON'))).toEqual([{ channel: 1, on: true }]);
  });
});
