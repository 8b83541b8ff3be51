import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_BODY, PartsLineParser, encodeLine } from './parts-line.ts';
import { parseBoardMessage } from './parts-messages.ts';

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

const bodies = fc.string({
  unit: fc.constantFrom(' ', 'A', 'B', 'C', 'd', 'e', 'f', '0', '1', '9', '=', ',', ':', '.', '-'),
  maxLength: MAX_BODY,
});

/** Cuts a stream into pieces at the places given. */
function pieces(stream: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length].sort(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, i) => stream.subarray(at[i], end));
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

describe('the lines of the parts board', () => {
  it('are found in any pieces', () => {
    fc.assert(
      fc.property(fc.array(bodies, { maxLength: 5 }), fc.array(fc.nat()), (sent, cuts) => {
        const stream = join(sent.map((body) => encodeLine('<', body)));
        const parser = new PartsLineParser('<');
        expect(pieces(stream, cuts).flatMap((piece) => parser.push(piece))).toEqual(sent);
      }),
    );
  });

  it('are found behind any noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), bodies, (noise, body) => {
        const parser = new PartsLineParser('<');
        parser.push(noise);
        expect(parser.push(encodeLine('<', body)).at(-1)).toBe(body);
      }),
    );
  });

  it('are never made of anything but whole lines that were on the wire', () => {
    const spiced = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      bodies.map((body) => encodeLine('<', body)),
      bodies.map((body) => encodeLine('>', body)),
      bodies.map((body) => encodeLine('<', body).subarray(0, -3)),
      fc.constantFrom(...['<', '*', '\r', '\n', '*29B1', '<01 ACK', '*8B7B\r\n'].map(bytesOf)),
    );
    fc.assert(
      fc.property(fc.array(spiced, { maxLength: 12 }), fc.array(fc.nat()), (parts, cuts) => {
        const stream = join(parts);
        const wire = latin1(stream);
        const parser = new PartsLineParser('<');
        for (const body of pieces(stream, cuts).flatMap((piece) => parser.push(piece))) {
          const line = latin1(encodeLine('<', body));
          expect(wire.includes(line) || wire.includes(line.replace('\r', ''))).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are not lines any more when one of their bytes is another', () => {
    const line = encodeLine('<', '01 EV key select down');
    for (let at = 0; at < line.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        // LF for CR is a line that ended with LF alone.
        if (byte === line[at] || (byte === 0x0a && line[at] === 0x0d)) continue;
        const found = new PartsLineParser('<').push(line.with(at, byte));
        if (found.length > 0) expect.fail(`byte ${at} may be ${byte}`);
      }
    }
  });

  it('may end with LF alone, and are never longer than they may be', () => {
    const parser = new PartsLineParser('<');
    expect(parser.push(bytesOf('<03 ACK*8B7B\n'))).toEqual(['03 ACK']);
    expect(parser.push(encodeLine('<', 'A'.repeat(MAX_BODY)))).toHaveLength(1);
    expect(parser.push(encodeLine('<', 'A'.repeat(MAX_BODY + 1)))).toEqual([]);
    expect(parser.push(bytesOf(`<${'A'.repeat(100_000)}`))).toEqual([]);
    expect(parser.push(bytesOf('<03 ACK*8B7B\r\n'))).toEqual(['03 ACK']);
  });

  it('mean something or nothing, whatever stands in them', () => {
    const words = fc.constantFrom(
      ...['00', '01', 'FF', 'BOOT', 'IAM', 'STATE', 'EV', 'ACK', 'NAK', '1', '9F3A', 'key', 'up'],
      ...[
        'keys=up,,up',
        'lights=keypad:',
        'door=',
        '=',
        'call',
        'call=down',
        'down',
        'constructor',
      ],
      ...['__proto__', 'lights=__proto__:off', 'toString', ''],
    );
    const body = fc.oneof(
      fc.array(words, { maxLength: 9 }).map((all) => all.join(' ')),
      fc.string({ maxLength: 100 }),
    );
    fc.assert(
      fc.property(body, (said) => {
        const message = parseBoardMessage(said);
        if (message === undefined || message.type === 'boot') return;
        expect(message.number).toBeGreaterThan(0);
        expect(message.number).toBeLessThan(256);
      }),
      { numRuns: 500 },
    );
  });
});
