import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Assembled, CodeAssembler } from './code-assembler.ts';
import { CodeFramer } from './code-framer.ts';
import { MAX_CODE_BYTES } from './contract.ts';
import type { CodeScanner } from './contract.ts';
import { TEXT_ENCODINGS, decodeText } from './decode-text.ts';
import { DATA_REPORT, HidReportJoiner } from './hid-report.ts';
import { createHidScanner } from './hid-scanner.ts';
import { HeldClock, HeldLine, heldTransport } from './scanner-test-support.ts';
import { createSerialScanner } from './serial-scanner.ts';
import { AIM_IDS, encodeText } from './simulator/commands.ts';
import { dataReports } from './simulator/hid-scanner-simulator.ts';

/** Bytes among which line ends and the starts of things are frequent. */
const anyBytes = fc
  .array(fc.oneof(fc.constantFrom(0x0a, 0x0d, 0x09, 0x5d, 0x51, 0x31), fc.nat(255)), {
    maxLength: 300,
  })
  .map((bytes) => Uint8Array.from(bytes));

/** A text that is nowhere in noise by chance, with Chinese in it. */
const anyText = fc
  .tuple(fc.nat(1_000_000), fc.string({ unit: fc.constantFrom('码', '龚', 'a', '\u{30EDD}', ' ') }))
  .map(([number, text]) => `code-${number}-${text}|`);

const anyEncoding = fc.constantFrom('utf-8', 'gb18030');
const anySizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });

/** The bytes in pieces of these sizes, over and over. */
function cut(bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

function hex(assembled: readonly Assembled[]): readonly string[] {
  return assembled.map((one) =>
    one.type === 'code' ? Buffer.from(one.bytes).toString('hex') : `(${one.why})`,
  );
}

function feed(assembler: CodeAssembler, pieces: readonly Uint8Array[]): readonly string[] {
  return hex([...pieces.flatMap((piece) => assembler.push(piece)), ...assembler.paused()]);
}

describe('any bytes in any pieces', () => {
  it('make the same codes on a serial line however they are cut, and nothing stays behind', () => {
    const anyFraming = fc.record({
      suffix: fc.constantFrom('newline', 'tab', 'none'),
      aimId: fc.boolean(),
    });
    fc.assert(
      fc.property(anyBytes, anySizes, anyFraming, (bytes, sizes, framing) => {
        const framer = new CodeFramer(framing);
        const cutUp = feed(framer, cut(bytes, sizes));
        expect(framer.partial).toBe(false);
        expect(cutUp).toEqual(feed(new CodeFramer(framing), [bytes]));
        expect(feed(framer, [])).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('make on a serial line exactly what stands between line ends', () => {
    fc.assert(
      fc.property(anyBytes, anySizes, (bytes, sizes) => {
        const lines = Buffer.from(bytes)
          .toString('latin1')
          .split(/[\r\n]/);
        const rest = lines.pop() ?? '';
        const expected = lines
          .filter((line) => line !== '')
          .map((line) => Buffer.from(line, 'latin1').toString('hex'));
        if (rest !== '') expected.push('(no suffix came)');
        const framer = new CodeFramer({ suffix: 'newline', aimId: false });
        expect(feed(framer, cut(bytes, sizes))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('are decoded without a throw, and what is UTF-8 gives its bytes back', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), anyBytes), (bytes) => {
        const decoded = decodeText(bytes, TEXT_ENCODINGS);
        if (decoded?.encoding !== 'utf-8') return;
        const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
        const again = new TextEncoder().encode(decoded.text);
        expect(again).toEqual(Uint8Array.from(marked ? bytes.subarray(3) : bytes));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(anyText, anyEncoding, (text, encoding) => {
        expect(decodeText(encodeText(text, encoding), TEXT_ENCODINGS)?.text).toBe(text);
      }),
    );
  });

  it('as reports never throw, never make too long a code, and leave nothing behind after a pause', () => {
    const anyReport = fc.oneof(
      fc.uint8Array({ maxLength: 70 }),
      fc
        .tuple(fc.uint8Array({ minLength: 63, maxLength: 63 }), fc.nat(60), fc.nat(1))
        .map(([body, length, more]) => {
          const report = Uint8Array.of(DATA_REPORT.id, ...body);
          report[DATA_REPORT.length] = length;
          report.set(Buffer.from(']Q1'), DATA_REPORT.aimId);
          report[DATA_REPORT.flags] = more;
          return report;
        }),
    );
    fc.assert(
      fc.property(fc.array(anyReport, { maxLength: 150 }), anyText, (reports, text) => {
        const joiner = new HidReportJoiner();
        for (const told of feed(joiner, reports)) {
          expect(told.length).toBeLessThanOrEqual(2 * MAX_CODE_BYTES);
        }
        expect(joiner.partial).toBe(false);
        const code = Buffer.from(text);
        expect(feed(joiner, dataReports(code, AIM_IDS.qr))).toEqual([code.toString('hex')]);
      }),
      { numRuns: 200 },
    );
  });
});

/** Something that happens at a scanner. */
type Happening =
  | {
      readonly what: 'scan' | 'torn';
      readonly text: string;
      readonly encoding: 'utf-8' | 'gb18030';
    }
  | { readonly what: 'noise'; readonly bytes: Uint8Array }
  | { readonly what: 'lost' };

const anyHappenings: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ what: fc.constant('scan'), text: anyText, encoding: anyEncoding }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ what: fc.constant('torn'), text: anyText, encoding: anyEncoding }),
    },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('noise'), bytes: anyBytes }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('lost') }) },
  ),
  { maxLength: 12 },
);

/** How a scanner puts things on its line. */
interface Speech {
  readonly scan: (code: Uint8Array) => readonly Uint8Array[];
  readonly torn: (code: Uint8Array) => readonly Uint8Array[];
  readonly noise: (bytes: Uint8Array) => readonly Uint8Array[];
}

/** Everything happens in turn, with a pause after what is broken; gives every text that was told. */
async function live(
  make: (clock: HeldClock, line: () => HeldLine) => CodeScanner,
  happenings: readonly Happening[],
  speech: Speech,
): Promise<readonly string[]> {
  const clock = new HeldClock();
  let line = new HeldLine();
  const scanner = make(clock, () => (line = new HeldLine()));
  const told: string[] = [];
  scanner.onEvent((event) => {
    if (event.type === 'code') told.push(event.text);
  });
  await scanner.open();
  await clock.pass(300);
  for (const happening of happenings) {
    switch (happening.what) {
      case 'scan':
        for (const piece of speech.scan(encodeText(happening.text, happening.encoding))) {
          line.send(piece);
        }
        break;
      case 'torn':
        for (const piece of speech.torn(encodeText(happening.text, happening.encoding))) {
          line.send(piece);
        }
        await clock.pass(1_000);
        break;
      case 'noise':
        for (const piece of speech.noise(happening.bytes)) line.send(piece);
        await clock.pass(1_000);
        break;
      case 'lost':
        line.send(speech.torn(Buffer.from('code-lost'))[0] ?? new Uint8Array());
        await line.close();
        await clock.pass(1_000);
        break;
    }
  }
  await scanner.close();
  expect(scanner.status).toEqual({ state: 'offline' });
  return told.filter((text) => text.includes('code-'));
}

const scanned = (happenings: readonly Happening[]): readonly string[] =>
  happenings.flatMap((happening) => (happening.what === 'scan' ? [happening.text] : []));

const timings = { duplicateMs: 0 };

describe('whatever happens at a scanner, each whole code is told exactly and no part of another', () => {
  it('on a serial line', async () => {
    await fc.assert(
      fc.asyncProperty(anyHappenings, anySizes, async (happenings, sizes) => {
        const told = await live(
          (clock, next) =>
            createSerialScanner({
              transport: heldTransport(next),
              clock,
              random: () => 0,
              timings,
            }),
          happenings,
          {
            scan: (code) => cut(Buffer.concat([code, Uint8Array.of(0x0d)]), sizes),
            torn: (code) => cut(code, sizes),
            noise: (bytes) => cut(bytes, sizes),
          },
        );
        expect(told).toEqual(scanned(happenings));
      }),
      { numRuns: 60 },
    );
  });

  it('over HID', async () => {
    await fc.assert(
      fc.asyncProperty(anyHappenings, async (happenings) => {
        const told = await live(
          (clock, next) =>
            createHidScanner({ transport: heldTransport(next), clock, random: () => 0, timings }),
          happenings,
          {
            scan: (code) => dataReports(code, AIM_IDS.qr),
            torn: (code) => dataReports(code, AIM_IDS.qr, false),
            noise: (bytes) => [Uint8Array.of(DATA_REPORT.id, ...bytes.subarray(0, 63))],
          },
        );
        expect(told).toEqual(scanned(happenings));
      }),
      { numRuns: 60 },
    );
  });
});
