import { isRealDate } from './calendar-date.ts';
import { normaliseIdNumber, parseIdNumber, readIdNumber } from './id-number.ts';

/**
 * What a social security card gives without a PIN and without keys, as text, trimmed of padding. Nothing
 * of it was proved by a security module: a card that was made to look like one gives the same. Held in
 * memory only.
 */
export interface SecurityCardData {
  /** 社会保障号码: for citizens the number of the identity card. */
  readonly number: string;
  /** Empty when the characters on the card could not be read. */
  readonly name: string;
  /** YYYYMMDD */
  readonly birthDate?: string;
  /** The number printed on the card, of the card itself. */
  readonly cardNumber?: string;
  /** Code of the institution that set the card up, as it stands on the card. */
  readonly institution?: string;
  /** YYYYMMDD */
  readonly issuedOn?: string;
  /** YYYYMMDD; absent where the card names no last day. */
  readonly validTo?: string;
}

/** A thing on the card that does not fit together, for the clerk: the terminal does not judge it. */
export type SecurityCardDoubt =
  'numberRule' | 'numberBirthDateDiffers' | 'nameUnreadable' | 'expired' | 'notYetIssued';

/** Says whether a text may be a social security number: of citizens 18 digits, of foreigners also letters. */
export function hasSecurityNumberShape(text: string): boolean {
  return /^[0-9A-Z]{15,18}$/.test(text);
}

/** What on a card does not fit together. `today` is YYYYMMDD where the terminal stands. */
export function securityCardDoubts(
  card: SecurityCardData,
  today: string,
): readonly SecurityCardDoubt[] {
  const doubts: SecurityCardDoubt[] = [];
  if (!parseIdNumber(card.number).ok) doubts.push('numberRule');
  const born = readIdNumber(card.number)?.birthDate;
  if (born !== undefined && card.birthDate !== undefined && born !== card.birthDate) {
    doubts.push('numberBirthDateDiffers');
  }
  if (card.name === '') doubts.push('nameUnreadable');
  if (card.validTo !== undefined && card.validTo < today) doubts.push('expired');
  if (card.issuedOn !== undefined && card.issuedOn > today) doubts.push('notYetIssued');
  return doubts;
}

/** Whether the card is of the person with this number. The name decides nothing: cards spell rare ones freely. */
export function isSecurityCardOf(card: SecurityCardData, idNumber: string): boolean {
  return hasSecurityNumberShape(card.number) && card.number === normaliseIdNumber(idNumber);
}

/** A date of eight digits, if there is such a day. */
export function dateOrNothing(digits: string): string | undefined {
  return isRealDate(digits) ? digits : undefined;
}
