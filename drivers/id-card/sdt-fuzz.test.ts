import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../any-text-test-support.ts';
import { isRealDate } from '../../domain/identity/calendar-date.ts';
import { isCleanText } from '../../domain/catalogue/characters.ts';
import { hasIdNumberShape } from '../../domain/identity/id-number.ts';
import type { IdCardData } from '../../domain/identity/card.ts';
import { DEMO_PERSONAS } from '../simulator-host/personas.ts';
import { CONFORMANCE_TODAY } from './conformance.ts';
import { samIdText } from './sam-id.ts';
import { interpretReadAnswer } from './sdt-card.ts';
import { SdtFrameParser, encodeFrame } from './sdt-frame.ts';
import type { SdtFrame } from './sdt-frame.ts';
import { parseNewestAddress, parseSdtText } from './sdt-text.ts';
import { encodeCardText } from './simulator/encode-text.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 400);

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** Bytes as they may come from a bad line: anything, whole frames, and what looks like the beginning of one. */
const scrap = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc.uint8Array({ minLength: 3, maxLength: 60 }).map(encodeFrame),
  fc
    .constantFrom('aa', 'aaaa', 'aa96', '9669', 'aa9669', 'aaaaaa96690004', 'aa96690ff9')
    .map(bytes),
  fc
    .tuple(fc.uint8Array({ minLength: 3, maxLength: 60 }).map(encodeFrame), fc.nat(), fc.nat(255))
    .map(([frame, at, byte]) => frame.map((b, i) => (i === at % frame.length ? byte : b))),
);
const stream = fc
  .array(scrap, { maxLength: 12 })
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });

/** What a parser finds in a stream that comes in pieces of these sizes, again and again from the first. */
function found(from: Uint8Array, pieces: readonly number[]): readonly string[] {
  const parser = new SdtFrameParser(4);
  const frames: SdtFrame[] = [];
  for (let at = 0, i = 0; at < from.length; i++) {
    const size = pieces[i % pieces.length] ?? 1;
    frames.push(...parser.push(from.subarray(at, at + size)));
    at += size;
  }
  frames.push(...parser.stalled());
  expect(parser.stalled()).toEqual([]);
  return frames.map((frame) => (frame.type === 'frame' ? hex(frame.body) : frame.type));
}

describe('any bytes on the line', () => {
  it('give the same frames in whatever pieces they come', () => {
    fc.assert(
      fc.property(stream, sizes, (from, pieces) => {
        const whole = found(from, [from.length + 1]);
        expect(found(from, pieces)).toEqual(whole);
        expect(found(from, [1])).toEqual(whole);
        for (const frame of whole) if (frame !== 'badChecksum') expect(hex(from)).toContain(frame);
      }),
      { numRuns: RUNS },
    );
  });

  it('lose no whole frame to the beginning of another one', () => {
    const bodies = fc.uint8Array({ minLength: 3, maxLength: 60 });
    const beginnings = fc.constantFrom(
      'aa',
      'aaaaaa',
      'aaaaaa9669',
      'aa9669',
      'aaaaaa96690004',
      'aaaaaa9669000a',
      'aaaaaa96690508',
    );
    fc.assert(
      fc.property(bodies, beginnings, sizes, (body, beginning, pieces) => {
        const from = Uint8Array.from([...bytes(beginning), ...encodeFrame(body)]);
        const frames = found(from, pieces);
        // One beginning in 256 is by chance a frame of its own, with the right checksum.
        fc.pre(frames.every((frame) => frame === 'badChecksum' || frame === hex(body)));
        expect(frames).toContain(hex(body));
      }),
      {
        numRuns: RUNS,
        // A frame that seems to end in the middle of the next one.
        examples: [[bytes('00009f00000000'), 'aaaaaa96690004', [1]]],
      },
    );
  });

  it('are got through in the time of their length, however they are made up', () => {
    // Every five bytes look like the beginning of the longest frame there is.
    const worst = bytes('aa96690ff9'.repeat(8_000));
    expect(found(worst, [64]).length).toBeLessThan(worst.length);
    expect(found(worst.subarray(0, 6_000), [1]).length).toBeLessThan(6_000);
  });
});

const TEXTS = DEMO_PERSONAS.map(({ card }) => encodeCardText(card));

/** Text of a card, some of its fields overwritten with anything; mostly still with a known type mark. */
const cardText = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
      { weight: 1, arbitrary: fc.uint8Array({ minLength: 256, maxLength: 256 }) },
    ),
    fc.array(
      fc.tuple(
        fc.constantFrom(0, 30, 32, 36, 52, 120, 122, 152, 158, 188, 204, 220, 236, 240, 242, 250),
        fc.oneof(
          anyText(6).map((text) => Buffer.from(text, 'utf16le')),
          fc.uint8Array({ maxLength: 12 }),
          fc.constantFrom('0000', '2000', 'ffff', 'fffe', '00d8', '2e20', '0dfe').map(bytes),
        ),
      ),
      { maxLength: 4 },
    ),
    fc.option(fc.constantFrom('I', 'J', 'Y', ' ', 'Q', '\0')),
  )
  .map(([text, changes, mark]) => {
    const changed = text.slice();
    for (const [at, value] of changes) changed.set(value.subarray(0, 256 - at), at);
    if (mark !== null) changed.set(Buffer.from(mark, 'utf16le'), 248);
    return changed;
  });

/** Whether a text stands in the bytes: its first field, or the seam of two. */
function standsIn(text: Uint8Array, value: string): boolean {
  const all = Buffer.from(text).toString('utf16le');
  const seam = all.slice(26, 61) + all.slice(110, 121);
  return all.includes(value) || seam.includes(value);
}

function checkCard(text: Uint8Array, card: IdCardData): void {
  const { kind, validTo, idNumber, ...rest } = card;
  expect(['resident', 'hkMoTwResidence', 'foreigner2017', 'foreigner2023']).toContain(kind);
  expect(hasIdNumberShape(idNumber)).toBe(true);
  const number = Array.from(Buffer.from(text).toString('utf16le').slice(61, 79).toUpperCase());
  for (const character of idNumber) expect(number).toContain(character);
  expect(isRealDate(card.birthDate)).toBe(true);
  expect(validTo === 'long-term' || isRealDate(validTo)).toBe(true);
  for (const [name, value] of Object.entries(rest)) {
    expect(isCleanText(value), name).toBe(true);
    expect(value, name).toBe(value.replace(/^[ \0]+|[ \0]+$/g, ''));
    expect(standsIn(text, value), `${name} is not on this card`).toBe(true);
  }
}

describe('any text of a card', () => {
  it('is refused by name, or gives fields that stand on this very card', () => {
    let accepted = 0;
    fc.assert(
      fc.property(cardText, cardText, (earlier, text) => {
        const alone = parseSdtText(text);
        const between = parseSdtText(earlier);
        expect(parseSdtText(text), `after ${between.ok}`).toEqual(alone);
        if (alone.ok) {
          accepted += 1;
          checkCard(text, alone.value);
        } else {
          expect(alone.error.code).toMatch(/^idCard\.(invalidContent|unknownKind)$/);
        }
      }),
      { numRuns: 2 * RUNS },
    );
    // A property that only ever saw refusals would say nothing.
    expect(accepted).toBeGreaterThan(20);
  });

  it('of any length, and any answer to any request, is never thrown about', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (any) => {
        if (any.length !== 256) expect(parseSdtText(any).ok).toBe(false);
        const address = parseNewestAddress(any);
        if (address !== undefined) {
          expect(isCleanText(address)).toBe(true);
          expect(standsIn(any, address)).toBe(true);
        }
        samIdText(any);
        expect(interpretReadAnswer(any, CONFORMANCE_TODAY).ok).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  it('in an answer gives a photo of its own, which later bytes do not change', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TEXTS),
        fc.uint8Array({ minLength: 1_024, maxLength: 1_024 }),
        (text, photo) => {
          const data = Uint8Array.from([1, 0, 4, 0, ...text, ...photo]);
          const readout = interpretReadAnswer(data, CONFORMANCE_TODAY);
          data.fill(0xee);
          if (readout.ok) expect(hex(readout.value.photo)).toBe(hex(photo));
        },
      ),
      { numRuns: 50 },
    );
  });
});
