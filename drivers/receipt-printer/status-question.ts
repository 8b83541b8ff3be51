import type { AnswerPattern } from './answer-pattern.ts';
import { answerPattern } from './answer-pattern.ts';

/** What a bit in a printer's answer can mean. */
export const STATUS_WORDS = [
  'paperOut',
  'paperLow',
  'coverOpen',
  'jam',
  'cutter',
  'headHot',
  'hardware',
  /** Something is wrong, and the printer does not say what. */
  'error',
  /** It waits for something that passes by itself. */
  'busy',
  /** A receipt hangs in the outlet. */
  'ticketWaiting',
] as const;

/** What a bit in a printer's answer can mean. */
export type StatusWord = (typeof STATUS_WORDS)[number];

/** What one place of an answer says: any bit under the mask, or exactly `value` under it. */
export interface StatusCheck {
  /** Place of the byte in the answer, from 0. */
  readonly byte: number;
  readonly mask: number;
  readonly value?: number;
  readonly means: StatusWord;
}

/** A question about the printer's state, answered at once whatever it is doing. */
export interface StatusQuestion {
  readonly ask: readonly number[];
  readonly answer: AnswerPattern;
  readonly checks: readonly StatusCheck[];
}

const REAL_TIME = answerPattern('0xx1xx10');

function check(byte: number, mask: number, means: StatusWord): StatusCheck {
  return { byte, mask, means };
}

function realTime(n: 1 | 2 | 3 | 4, checks: readonly StatusCheck[]): StatusQuestion {
  return { ask: [0x10, 0x04, n], answer: REAL_TIME, checks };
}

/** DLE EOT 1 to 4, as most ESC/POS printers answer them. */
export const REAL_TIME_QUESTIONS: readonly StatusQuestion[] = [
  realTime(1, [check(0, 0x08, 'busy')]),
  realTime(2, [check(0, 0x04, 'coverOpen'), check(0, 0x20, 'paperOut'), check(0, 0x40, 'error')]),
  realTime(3, [
    check(0, 0x04, 'jam'),
    check(0, 0x08, 'cutter'),
    check(0, 0x20, 'hardware'),
    // Of head or voltage; it recovers by itself.
    check(0, 0x40, 'headHot'),
  ]),
  realTime(4, [check(0, 0x0c, 'paperLow'), check(0, 0x60, 'paperOut')]),
];

/** DLE EOT 20, the full status of Custom's kiosk printers: paper, user, recoverable, unrecoverable. */
export const CUSTOM_FULL_STATUS: StatusQuestion = {
  ask: [0x10, 0x04, 0x14],
  answer: answerPattern('10 0F ?? ?? ?? ??'),
  checks: [
    check(2, 0x01, 'paperOut'),
    check(2, 0x04, 'paperLow'),
    check(2, 0x20, 'ticketWaiting'),
    check(3, 0x03, 'coverOpen'),
    check(4, 0x01, 'headHot'),
    check(4, 0x08, 'error'),
    check(4, 0x40, 'jam'),
    check(5, 0x01, 'cutter'),
    check(5, 0x4c, 'hardware'),
  ],
};

/** The four bytes of automatic status (GS a) after SNBC's manual; the first as Epson has it. */
export const AUTOMATIC_CHECKS: readonly StatusCheck[] = [
  check(0, 0x08, 'busy'),
  check(0, 0x20, 'coverOpen'),
  check(1, 0x04, 'jam'),
  check(1, 0x08, 'cutter'),
  check(1, 0x20, 'hardware'),
  check(1, 0x40, 'headHot'),
  check(2, 0x03, 'paperLow'),
  check(2, 0x0c, 'paperOut'),
];

/** What an answer says. Total: any bytes give some words or none. */
export function wordsOf(
  checks: readonly StatusCheck[],
  answer: ArrayLike<number>,
): readonly StatusWord[] {
  return checks
    .filter(({ byte, mask, value }) => {
      const under = (answer[byte] ?? 0) & mask;
      return value === undefined ? under !== 0 : under === value;
    })
    .map(({ means }) => means);
}
