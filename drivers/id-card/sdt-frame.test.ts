import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LENGTH, SdtFrameParser, encodeFrame, encodeRequest } from './sdt-frame.ts';
import type { SdtFrame } from './sdt-frame.ts';
import { SDT } from './sdt-commands.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

const bodies = fc.uint8Array({ minLength: 3, maxLength: 1_400 });
const noise = fc.uint8Array({ maxLength: 60 });

/** Cuts a stream into pieces at the places given. */
function pieces(stream: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length].sort(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, i) => stream.subarray(at[i], end));
}

function frames(found: readonly SdtFrame[]): string[] {
  return found.flatMap((frame) => (frame.type === 'frame' ? [hex(frame.body)] : []));
}

describe('a frame of SDT', () => {
  it.each([
    ['reset SAM', SDT.resetSam.frame, 'AAAAAA9669000310FFEC'],
    ['SAM status', SDT.samStatus.frame, 'AAAAAA9669000311FFED'],
    ['SAM id', SDT.samId.frame, 'AAAAAA9669000312FFEE'],
    ['find card', SDT.find.frame, 'AAAAAA96690003200122'],
    ['select card', SDT.select.frame, 'AAAAAA96690003200221'],
    ['read text and photo', SDT.readTextAndPhoto.frame, 'AAAAAA96690003300132'],
    ['read newest address', SDT.readNewestAddress.frame, 'AAAAAA96690003300330'],
    ['set max RF bytes', encodeRequest(0x61, 0xff, 0x50), 'AAAAAA9669000461FF50CA'],
    ['a card found', encodeFrame(bytes('00009F00000000')), 'AAAAAA9669000800009F0000000097'],
    [
      'a card selected',
      encodeFrame(bytes('0000900000000000000000')),
      'AAAAAA9669000C00009000000000000000009C',
    ],
  ])('%s has the bytes that readers know', (_name, frame, expected) => {
    expect(hex(frame)).toBe(expected);
  });

  it('of a whole card is 1295 bytes long', () => {
    const frame = encodeFrame(new Uint8Array(3 + SDT.readTextAndPhoto.dataBytes));
    expect(frame).toHaveLength(1_295);
    expect(hex(frame.subarray(5, 7))).toBe('0508');
  });
});

describe('the parser of SDT frames', () => {
  it('finds every frame in any pieces', () => {
    fc.assert(
      fc.property(fc.array(bodies, { maxLength: 4 }), fc.array(fc.nat()), (sent, cuts) => {
        const stream = Uint8Array.from(sent.flatMap((body) => [...encodeFrame(body)]));
        const parser = new SdtFrameParser(4);
        const found = pieces(stream, cuts).flatMap((piece) => parser.push(piece));
        expect(frames(found)).toEqual(sent.map(hex));
        expect(parser.partial).toBe(false);
      }),
    );
  });

  it('finds a frame after noise, at the latest when the line falls still', () => {
    fc.assert(
      fc.property(noise, bodies, fc.array(fc.nat()), (before, body, cuts) => {
        const stream = Uint8Array.from([...before, ...encodeFrame(body)]);
        const parser = new SdtFrameParser(4);
        const found = pieces(stream, cuts).flatMap((piece) => parser.push(piece));
        found.push(...parser.stalled());
        expect(frames(found)).toContain(hex(body));
      }),
    );
  });

  it('accepts a preamble that lost its first one or two bytes', () => {
    for (const lost of [1, 2]) {
      const parser = new SdtFrameParser(4);
      expect(frames(parser.push(encodeFrame(bytes('000090')).subarray(lost)))).toEqual(['000090']);
    }
  });

  it('tells a wrong checksum and goes on behind it', () => {
    const parser = new SdtFrameParser(4);
    const damaged = encodeFrame(bytes('00009F00000000'));
    damaged[9] = 0x90;
    expect(parser.push(damaged)).toEqual([{ type: 'badChecksum' }]);
    expect(frames(parser.push(encodeFrame(bytes('000090'))))).toEqual(['000090']);
  });

  it('takes no length for true that no frame has', () => {
    for (const length of [0, 1, 2, 3, MAX_LENGTH + 1, 0xffff]) {
      const parser = new SdtFrameParser(4);
      parser.push(Uint8Array.of(0xaa, 0xaa, 0xaa, 0x96, 0x69, length >> 8, length & 0xff));
      expect(frames(parser.push(encodeFrame(bytes('000090'))))).toEqual(['000090']);
    }
  });

  it('never throws, and gives only what was on the wire, when it fell still too', () => {
    const spiced = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      bodies.map(encodeFrame),
      fc.constantFrom(bytes('AAAAAA9669'), bytes('AAAAAA96690508'), bytes('AA9669'), bytes('AA')),
    );
    fc.assert(
      fc.property(fc.array(spiced, { maxLength: 12 }), fc.array(fc.nat()), (parts, cuts) => {
        const stream = Uint8Array.from(parts.flatMap((part) => [...part]));
        const parser = new SdtFrameParser(4);
        const wire = hex(stream);
        for (const piece of pieces(stream, cuts)) {
          for (const body of frames(parser.push(piece))) expect(wire).toContain(body);
        }
        for (const body of frames(parser.stalled())) expect(wire).toContain(body);
        expect(parser.stalled()).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('goes on with a frame that came to a halt, however often', () => {
    fc.assert(
      fc.property(bodies, fc.array(fc.nat()), (body, cuts) => {
        const parser = new SdtFrameParser(4);
        const found = pieces(encodeFrame(body), cuts).flatMap((piece) => [
          ...parser.push(piece),
          ...parser.stalled(),
        ]);
        expect(frames(found)).toContain(hex(body));
      }),
    );
  });

  it('forgets what came before when told so', () => {
    const parser = new SdtFrameParser(4);
    parser.push(encodeFrame(bytes('00009F00000000')).subarray(0, 9));
    parser.reset();
    expect(parser.partial).toBe(false);
    expect(frames(parser.push(encodeFrame(bytes('000090'))))).toEqual(['000090']);
  });
});
