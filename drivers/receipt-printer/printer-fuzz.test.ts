import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ok } from '../../domain/result.ts';
import type { DriverClock } from '../device.ts';
import { ToldHardware } from '../hardware.ts';
import type { ByteLine } from '../transport/transport.ts';
import { answerPattern, couldBeConfused, fits, PATTERN_STEP } from './answer-pattern.ts';
import { findKept, listHas } from './picture-memory.ts';
import { askIdentity } from './printer-identity.ts';
import { PrinterLink } from './printer-link.ts';
import { PROFILES } from './profile.ts';

/** A clock whose every wait is over as soon as what was said meanwhile is heard. */
const HASTY: DriverClock = {
  now: () => 0,
  after: (_ms, callback) => {
    const timer = setImmediate(callback);
    return () => clearImmediate(timer);
  },
};

/** Bytes as a printer may say them: anything, whole blocks, and lists of kept pictures. */
const scrap = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc
    .uint8Array({ maxLength: 140, min: 1, max: 0x90 })
    .map((text) => Uint8Array.from([0x5f, ...text, 0])),
  fc
    .tuple(
      fc.constantFrom(0x40, 0x41, 0x00),
      fc.uint8Array({ maxLength: 12, min: 0x21, max: 0x22 }),
    )
    .map(([more, names]) => Uint8Array.from([0x37, 0x72, more, ...names, 0])),
  fc
    .constantFrom('5f', '37', '3772', '00', '11', '13', '14000000')
    .map((text) => Uint8Array.from(Buffer.from(text, 'hex'))),
);
const answers = fc.array(fc.array(scrap, { maxLength: 3 }), { minLength: 1, maxLength: 12 });
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

/** A printer that answers the first write with the first of these, and so on, in pieces of these sizes. */
function printer(
  said: readonly (readonly Uint8Array[])[],
  pieces: readonly number[],
): { readonly link: PrinterLink; readonly heard: () => Uint8Array; readonly writes: () => number } {
  let hear: (bytes: Uint8Array) => void = () => undefined;
  let writes = 0;
  let heard = new Uint8Array(0);
  const line: ByteLine = {
    onData: (listener) => {
      hear = listener;
      return () => undefined;
    },
    onClose: () => () => undefined,
    write: () => {
      const bytes = Uint8Array.from((said[writes] ?? []).flatMap((one) => [...one]));
      writes += 1;
      heard = Uint8Array.from([...heard, ...bytes]);
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = pieces[i % pieces.length] ?? 1;
        hear(bytes.subarray(at, at + size));
        at += size;
      }
      return Promise.resolve(ok(undefined));
    },
    close: () => Promise.resolve(),
  };
  const link = new PrinterLink(line, HASTY, new AbortController().signal, PROFILES.generic80);
  return { link, heard: () => heard, writes: () => writes };
}

describe('whatever a printer answers when it is asked', () => {
  it('who it is: its words are its own, the same in whatever pieces they come', async () => {
    let named = 0;
    await fc.assert(
      fc.asyncProperty(answers, sizes, async (said, pieces) => {
        const asked = printer(said, pieces);
        const told = await askIdentity(asked.link, 100);
        expect(told).toEqual(await askIdentity(printer(said, [1_000]).link, 100));
        expect(asked.writes()).toBeLessThanOrEqual(4);
        const heard = Buffer.from(asked.heard()).toString('latin1');
        for (const word of Object.values(told ?? {})) expect(heard).toContain(word);
        const hardware = new ToldHardware();
        hardware.told(told ?? {});
        for (const word of Object.values<string>({ ...hardware.details })) {
          named += 1;
          expect(word).toMatch(/^[\p{L}\p{N}\p{P}\p{S} ]{1,80}$/u);
        }
      }),
      { numRuns: 200 },
    );
    // A property that only ever saw silence would say nothing.
    expect(named).toBeGreaterThan(20);
  });

  it('whether it keeps a picture: only one that it listed, after a few questions at most', async () => {
    const key = fc
      .tuple(fc.integer({ min: 0x21, max: 0x22 }), fc.integer({ min: 0x21, max: 0x22 }))
      .map((codes) => String.fromCharCode(...codes));
    let kept = 0;
    await fc.assert(
      fc.asyncProperty(answers, sizes, key, async (said, pieces, name) => {
        const asked = printer(said, pieces);
        const found = await findKept(asked.link, 'graphics', name, 100);
        expect(found).toEqual(await findKept(printer(said, [1_000]).link, 'graphics', name, 100));
        expect(asked.writes()).toBeLessThanOrEqual(9);
        if (found === undefined) return;
        kept += 1;
        expect(found).toEqual({ memory: 'graphics', key: name });
        expect(Buffer.from(asked.heard()).toString('latin1')).toContain(name);
      }),
      { numRuns: 400 },
    );
    // About twenty of 400 keep one, as names have two letters only.
    expect(kept).toBeGreaterThan(2);
  });

  it('lists names two bytes each, and no other two beside one another are a name', () => {
    const names = fc.array(fc.constantFrom('!"', '"!', '!!', '#$'), { maxLength: 8 });
    fc.assert(
      fc.property(names, fc.constantFrom('!"', '"!', '!!', '#$'), (listed, key) => {
        const block = [0x37, 0x72, 0x40, ...Buffer.from(listed.join(''), 'latin1')];
        expect(listHas(block, key)).toBe(listed.includes(key));
      }),
      { numRuns: 200 },
    );
  });
});

describe('any text as the pattern of an answer', () => {
  it('is refused by RangeError, or fits the bytes that it is written for', () => {
    const step = fc.oneof(
      fc.constantFrom('0F', '??', '0xx1xx10', 'ff', '10', 'xxxxxxxx', '0xx', ''),
      fc.string({ maxLength: 8 }),
    );
    const texts = fc.array(step, { maxLength: 5 }).map((steps) => steps.join(' '));
    fc.assert(
      fc.property(texts, texts, fc.nat(255), (text, other, byte) => {
        const read = (one: string): ReturnType<typeof answerPattern> | undefined => {
          const valid = one.split(' ').every((part) => PATTERN_STEP.test(part));
          if (valid) return answerPattern(one);
          expect(() => answerPattern(one)).toThrow(RangeError);
          return undefined;
        };
        const [pattern, second] = [read(text), read(other)];
        if (pattern === undefined || second === undefined) return;
        expect(fits(pattern, pattern.length, byte)).toBe(false);
        for (const [place, { value }] of pattern.entries())
          expect(fits(pattern, place, value)).toBe(true);
        if (fits(pattern, 0, byte) && fits(second, 0, byte)) {
          expect(couldBeConfused(pattern, second)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
