import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerPattern, couldBeConfused } from './answer-pattern.ts';
import { PROFILES, REPORT_PAPER } from './profile.ts';
import { automaticReading, PrinterWordReader, readingOf, statusFrom } from './status.ts';
import type { PrinterWord, Speech } from './status.ts';
import { AUTOMATIC_CHECKS, REAL_TIME_QUESTIONS, wordsOf } from './status-question.ts';

const { generic80, generic80Automatic, custom80Presenter } = PROFILES;
const fine = { 1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12 };

function realTime(answers: Readonly<Record<1 | 2 | 3 | 4, number>>) {
  return readingOf(REAL_TIME_QUESTIONS, [[answers[1]], [answers[2]], [answers[3]], [answers[4]]]);
}

describe('the four real-time answers', () => {
  it.each([
    ['all fine', {}, 'online', 'full', undefined],
    ['paper near its end', { 4: 0x1e }, 'online', 'low', 'printer.paperLow'],
    // The example in makers' manuals of a printer without paper.
    ['no paper', { 1: 0x1a, 2: 0x32, 4: 0x7e }, 'userError', 'out', 'printer.paperOut'],
    ['cover open', { 1: 0x1a, 2: 0x16 }, 'userError', 'full', 'printer.coverOpen'],
    ['jam', { 1: 0x1a, 2: 0x52, 3: 0x16 }, 'userError', 'jammed', 'printer.jam'],
    ['cutter', { 1: 0x1a, 2: 0x52, 3: 0x1a }, 'hardwareError', 'full', 'printer.cutter'],
    ['broken', { 1: 0x1a, 2: 0x52, 3: 0x32 }, 'hardwareError', 'full', 'printer.hardware'],
    ['hot head', { 1: 0x1a, 3: 0x52 }, 'deviceBusy', 'full', 'printer.headHot'],
    ['fed by its button', { 1: 0x1a }, 'deviceBusy', 'full', undefined],
    ['an error without a name', { 2: 0x52 }, 'hardwareError', 'full', 'printer.hardware'],
  ] as const)('%s', (_what, answers, state, paper, code) => {
    const status = statusFrom(realTime({ ...fine, ...answers }));
    expect([status.state, status.paper, status.fault?.code]).toEqual([state, paper, code]);
  });

  it('make a status whatever they are, and only a printer without faults but little paper is online', () => {
    const byte = fc.nat(255);
    fc.assert(
      fc.property(byte, byte, byte, byte, (a, b, c, d) => {
        const status = statusFrom(realTime({ 1: a, 2: b, 3: c, 4: d }));
        if (status.state === 'online') {
          expect(['printer.paperLow', undefined]).toContain(status.fault?.code);
          expect(status.paper).not.toBe('out');
        }
      }),
    );
  });
});

describe('the full status of a kiosk printer', () => {
  it.each([
    ['all fine', [0, 0, 0, 0], 'online', undefined],
    ['a receipt in the outlet', [0x20, 0, 0, 0], 'online', undefined],
    ['paper near its end', [0x04, 0, 0, 0], 'online', 'printer.paperLow'],
    ['no paper', [0x05, 0, 0, 0], 'userError', 'printer.paperOut'],
    ['head up', [0, 0x01, 0, 0], 'userError', 'printer.coverOpen'],
    ['cover', [0, 0x02, 0, 0], 'userError', 'printer.coverOpen'],
    ['hot head', [0, 0, 0x01, 0], 'deviceBusy', 'printer.headHot'],
    ['jam', [0, 0, 0x40, 0], 'userError', 'printer.jam'],
    ['cutter', [0, 0, 0, 0x01], 'hardwareError', 'printer.cutter'],
    ['memory', [0, 0, 0, 0x40], 'hardwareError', 'printer.hardware'],
  ] as const)('%s', (_what, bytes, state, code) => {
    const status = statusFrom(readingOf(custom80Presenter.questions, [[0x10, 0x0f, ...bytes]]));
    expect([status.state, status.fault?.code]).toEqual([state, code]);
  });
});

describe('paper', () => {
  const cover = {
    ask: [0x10, 0x04, 2],
    answer: answerPattern('0xx1xx10'),
    checks: [{ byte: 0, mask: 0x04, means: 'coverOpen' }],
  } as const;
  const low = { ...cover, checks: [{ byte: 0, mask: 0x08, means: 'paperLow' }] } as const;

  it('is unknown of a printer that is not asked about it, whatever else it answers', () => {
    for (const byte of [0x12, 0x16]) {
      expect(statusFrom(readingOf([cover], [[byte]])).paper).toBe('unknown');
    }
    expect(statusFrom(readingOf([cover], [[0x12]]))).toEqual({ state: 'online', paper: 'unknown' });
  });

  it('is not called full by a printer that can only say that it is low', () => {
    expect(statusFrom(readingOf([low], [[0x12]])).paper).toBe('unknown');
    expect(statusFrom(readingOf([low], [[0x1a]])).paper).toBe('low');
  });

  it('is known where any one question asks about it, or where the printer tells by itself', () => {
    expect(statusFrom(readingOf([cover, ...REAL_TIME_QUESTIONS], [])).paper).toBe('full');
    expect(statusFrom(automaticReading([0x10, 0, 0, 0x0f])).paper).toBe('full');
    expect(statusFrom(automaticReading([0x10, 0, 0x0c, 0x0f])).paper).toBe('out');
  });
});

describe('automatic status', () => {
  it.each([
    [[0x10, 0, 0, 0x0f], []],
    [
      [0x38, 0, 0, 0x0f],
      ['busy', 'coverOpen'],
    ],
    [
      [0x18, 0x0c, 0x0f, 0x0f],
      ['busy', 'jam', 'cutter', 'paperLow', 'paperOut'],
    ],
    [
      [0x10, 0x40, 0x03, 0x0f],
      ['headHot', 'paperLow'],
    ],
  ])('%o', (bytes, words) => {
    expect(wordsOf(AUTOMATIC_CHECKS, bytes)).toEqual(words);
  });
});

function read(speech: Speech, ...parts: readonly (readonly number[])[]): readonly PrinterWord[] {
  const reader = new PrinterWordReader(speech);
  return parts.flatMap((part) => [...reader.read(Uint8Array.from(part))]);
}

const kinds = (words: readonly PrinterWord[]): readonly string[] => words.map(({ type }) => type);

describe('the mixed stream of a printer’s words', () => {
  it('is taken apart by kind', () => {
    const words = read(
      generic80Automatic,
      ...[[0x12], [0x13, 0x11], [0x03], [0x18, 0, 0x03, 0x0f], [0x5f, 0x41, 0]],
    );
    expect(kinds(words)).toEqual(['answer', 'flow', 'flow', 'done', 'automatic', 'block']);
    expect(words.at(-1)).toEqual({ type: 'block', bytes: [0x5f, 0x41] });
  });

  it('does not take part of an automatic status for the word that it is done', () => {
    const words = read(generic80Automatic, [0x18, 0x00], [0x12, 0x03], [0x0f, 0x00]);
    expect(kinds(words)).toEqual(['answer', 'automatic', 'done']);
  });

  it('does not take a full status for the word that it is done, though nobody asked any more', () => {
    const words = read(custom80Presenter, [0x10, 0x0f, 0x00], [0x00, 0x00, 0x00], [0x00]);
    expect(kinds(words)).toEqual(['answer', 'done']);
  });

  it('finds its way after a beginning that was none', () => {
    expect(kinds(read(custom80Presenter, [0x10, 0x10, 0x0f, 0, 0, 0, 0]))).toEqual([
      'noise',
      'answer',
    ]);
  });

  it('hears answers that begin like the word that it is done only while they are awaited', () => {
    const odd = {
      questions: [{ ask: [1], answer: answerPattern('?? ??'), checks: [] }],
      done: REPORT_PAPER,
      automaticStatus: false,
    };
    const reader = new PrinterWordReader(odd);
    expect(kinds(reader.read(Uint8Array.of(0, 0)))).toEqual(['done', 'done']);
    reader.await(odd.questions[0]?.answer);
    expect(kinds(reader.read(Uint8Array.of(0, 0)))).toEqual(['answer']);
  });

  it.each([generic80, generic80Automatic, custom80Presenter])(
    'is read the same in whatever pieces it comes, and nothing breaks the reader: $id',
    (speech) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, at) => {
          const whole = read(speech, [...bytes]);
          expect(read(speech, [...bytes.slice(0, at)], [...bytes.slice(at)])).toEqual(whole);
        }),
      );
    },
  );
});

describe('the pattern of an answer', () => {
  it('is read as manuals write it', () => {
    expect(answerPattern('0F 0xx1xx10 ??')).toEqual([
      { mask: 0xff, value: 0x0f },
      { mask: 0x93, value: 0x12 },
      { mask: 0, value: 0 },
    ]);
    expect(() => answerPattern('0F,10')).toThrow(RangeError);
  });

  it.each([
    ['0xx1xx10', '0xx0xxxx', false],
    ['10 0F ?? ?? ?? ??', '0xx0xxxx', false],
    ['?? 0F', '0xx0xxxx', true],
    ['00', '0xx0xxxx', true],
  ])('%s beside %s', (one, other, confused) => {
    expect(couldBeConfused(answerPattern(one), answerPattern(other))).toBe(confused);
  });
});
