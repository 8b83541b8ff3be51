import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PrinterWordReader, statusFrom } from './status.ts';
import type { PrinterWord } from './status.ts';

const fine = { 1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12 };

describe('the four real-time answers', () => {
  it.each([
    ['all fine', {}, 'online', 'full', undefined],
    ['paper near its end', { 4: 0x1e }, 'online', 'low', undefined],
    // The example in makers' manuals of a printer without paper.
    ['no paper', { 1: 0x1a, 2: 0x32, 4: 0x7e }, 'userError', 'out', 'printer.paperOut'],
    ['cover open', { 1: 0x1a, 2: 0x16 }, 'userError', 'full', 'printer.coverOpen'],
    ['jam', { 1: 0x1a, 2: 0x52, 3: 0x16 }, 'userError', 'jammed', 'printer.jam'],
    ['cutter', { 1: 0x1a, 2: 0x52, 3: 0x1a }, 'hardwareError', 'full', 'printer.cutter'],
    ['broken', { 1: 0x1a, 2: 0x52, 3: 0x32 }, 'hardwareError', 'full', 'printer.hardware'],
    ['hot head', { 1: 0x1a, 3: 0x52 }, 'deviceBusy', 'full', undefined],
  ] as const)('%s', (_what, answers, state, paper, code) => {
    const status = statusFrom({ ...fine, ...answers });
    expect([status.state, status.paper, status.fault?.code]).toEqual([state, paper, code]);
  });

  it('make a status whatever they are, and only a printer without faults is online', () => {
    const byte = fc.nat(255);
    fc.assert(
      fc.property(byte, byte, byte, byte, (a, b, c, d) => {
        const status = statusFrom({ 1: a, 2: b, 3: c, 4: d });
        if (status.state === 'online') {
          expect(status.fault).toBeUndefined();
          expect(status.paper).not.toBe('out');
        }
      }),
    );
  });
});

function read(...parts: readonly (readonly number[])[]): readonly PrinterWord[] {
  const reader = new PrinterWordReader();
  return parts.flatMap((part) => [...reader.read(Uint8Array.from(part))]);
}

describe('the mixed stream of a printer’s words', () => {
  it('is taken apart by kind', () => {
    expect(read([0x12], [0x13, 0x11], [0x03], [0x18, 0, 0x03, 0x0f], [0x5f, 0x41, 0])).toEqual([
      { type: 'realTime', byte: 0x12 },
      { type: 'flow', resume: false },
      { type: 'flow', resume: true },
      { type: 'single', byte: 0x03 },
      { type: 'automatic', bytes: [0x18, 0, 0x03, 0x0f] },
      { type: 'block', bytes: [0x41] },
    ]);
  });

  it('does not take part of an automatic status for the answer to GS r', () => {
    const words = read([0x18, 0x00], [0x12, 0x03], [0x0f, 0x00]);
    expect(words).toEqual([
      { type: 'realTime', byte: 0x12 },
      { type: 'automatic', bytes: [0x18, 0x00, 0x03, 0x0f] },
      { type: 'single', byte: 0x00 },
    ]);
  });

  it('is read the same in whatever pieces it comes, and nothing breaks the reader', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, at) => {
        const whole = read([...bytes]);
        expect(read([...bytes.slice(0, at)], [...bytes.slice(at)])).toEqual(whole);
      }),
    );
  });
});
