import type { Result } from '../result.ts';
import { err, ok } from '../result.ts';
import { isRealDate } from './calendar-date.ts';
import type { CardKind } from './card.ts';

/** What a well-formed id number tells about its holder. */
export interface IdNumber {
  readonly kind: CardKind;
  /** As it is stored: no spaces, X upper-case. */
  readonly value: string;
  /** YYYYMMDD; absent in the 15-character number of 2017, which has no century. */
  readonly birthDate?: string;
  /** 1 male, 2 female; only where the rule is known: residents, and residence permits. */
  readonly sex?: '1' | '2';
}

/** Why a text is not an id number: not the form of one, no such day of birth, wrong check digit. */
export type IdNumberProblem = 'shape' | 'birthDate' | 'checksum';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECK_DIGITS = '10X98765432';

/** Takes the spaces out and upper-cases the letters: an `x` at the end counts as `X`. */
export function normaliseIdNumber(text: string): string {
  return text.replace(/\s/gu, '').toUpperCase();
}

/**
 * Check character of an 18-digit number by GB 11643 (ISO 7064 MOD 11-2).
 * Undefined when there are not at least 17 leading digits.
 */
export function idNumberCheckDigit(number: string): string | undefined {
  if (!/^\d{17}/.test(number)) return undefined;
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * Number(number[i]), 0);
  return CHECK_DIGITS[sum % 11];
}

/** Says whether the text has the form of an id number, whatever its digits add up to. */
export function hasIdNumberShape(value: string): boolean {
  return /^(?:\d{17}[\dX]|[A-Z]{3}\d{12})$/.test(value);
}

/** Says whether the last character of an 18-digit number fits; true for the 15-character ones, which are not checked. */
export function hasRightCheckDigit(value: string): boolean {
  return value.length !== 18 || idNumberCheckDigit(value) === value[17];
}

function kindOf(value: string): CardKind {
  if (value.length === 15) return 'foreigner2017';
  if (value.startsWith('9')) return 'foreigner2023';
  return /^8[123]0000/.test(value) ? 'hkMoTwResidence' : 'resident';
}

/**
 * Says whether a number follows the rule of its kind of card: residents, foreigners of 2023 (first digit
 * 9) and residence permits (810000, 820000, 830000) have 18 characters with a check digit; foreigners of
 * 2017 three letters and twelve digits, of which nothing can be checked.
 */
export function fitsCardKind(kind: CardKind, number: string): boolean {
  return readIdNumber(number)?.kind === kind && hasRightCheckDigit(normaliseIdNumber(number));
}

/**
 * What the digits say, whether or not the check digit fits. Undefined without the form of an id number.
 * A birth date is told only if there is such a day.
 */
export function readIdNumber(text: string): IdNumber | undefined {
  const value = normaliseIdNumber(text);
  if (!hasIdNumberShape(value)) return undefined;
  const kind = kindOf(value);
  if (kind === 'foreigner2017') return { kind, value };
  const birthDate = value.slice(6, 14);
  const born = isRealDate(birthDate) ? { birthDate } : {};
  // Whether the sequence of a foreigner's number tells the sex is not published: it says nothing here.
  if (kind === 'foreigner2023') return { kind, value, ...born };
  return { kind, value, ...born, sex: Number(value[16]) % 2 === 1 ? '1' : '2' };
}

/**
 * Checks an id number: 18 digits of GB 11643 (residents; 9… foreigners' cards of 2023; 810000, 820000,
 * 830000 residence permits), or three letters and twelve digits (foreigners' cards of 2017, whose form
 * alone can be checked).
 */
export function parseIdNumber(text: string): Result<IdNumber, IdNumberProblem> {
  const number = readIdNumber(text);
  if (number === undefined) return err('shape');
  if (number.kind !== 'foreigner2017' && number.birthDate === undefined) return err('birthDate');
  return hasRightCheckDigit(number.value) ? ok(number) : err('checksum');
}
