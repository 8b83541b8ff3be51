/** What one byte of an answer must look like: the bits under the mask have this value. */
export interface AnswerByte {
  readonly mask: number;
  readonly value: number;
}

/** What an answer of a printer looks like, byte by byte. By it answers are told apart in a mixed stream. */
export type AnswerPattern = readonly AnswerByte[];

/** One byte of a pattern as manuals write it: `0F` in hex, `0xx1xx10` in bits with `x` for any, `??` for any byte. */
export const PATTERN_STEP = /^(?:[0-9A-Fa-f]{2}|[01x]{8}|\?\?)$/;

/** Reads a pattern such as `10 0F ?? ?? ?? ??` or `0xx1xx10`. Throws RangeError; what a configuration holds is checked before. */
export function answerPattern(text: string): AnswerPattern {
  return text.split(' ').map((step): AnswerByte => {
    if (!PATTERN_STEP.test(step)) throw new RangeError(`no pattern of an answer: ${text}`);
    if (step === '??') return { mask: 0, value: 0 };
    if (step.length === 2) return { mask: 0xff, value: Number.parseInt(step, 16) };
    const bits = (digits: string, one: string): number =>
      Number.parseInt(Array.from(digits, (digit) => (one.includes(digit) ? '1' : '0')).join(''), 2);
    return { mask: bits(step, '01'), value: bits(step, '1') };
  });
}

/** Whether a byte may stand at this place of the answer. */
export function fits(pattern: AnswerPattern, place: number, byte: number): boolean {
  const step = pattern[place];
  return step !== undefined && (byte & step.mask) === step.value;
}

/** Whether the two could begin with the same byte, so that one might be taken for the other. */
export function couldBeConfused(one: AnswerPattern, other: AnswerPattern): boolean {
  const [first, second] = [one[0], other[0]];
  if (first === undefined || second === undefined) return true;
  return ((first.value ^ second.value) & first.mask & second.mask) === 0;
}
