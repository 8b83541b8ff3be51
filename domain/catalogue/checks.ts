import { parseIdNumber } from '../identity/id-number.ts';
import { isLuhnValid } from './luhn.ts';
import type { FieldSchema } from './form.ts';

/** A checksum that a field can ask for (keyword `x-checksum`). */
export type ChecksumName = NonNullable<FieldSchema['x-checksum']>;

/** The named checksums; the same on the terminal and on the platform. */
export const CHECKSUMS: Readonly<Record<ChecksumName, (text: string) => boolean>> = {
  // of the 15-character numbers of foreigners' cards of 2017 only the form can be checked
  GB11643: (text) => parseIdNumber(text).ok,
  LUHN: isLuhnValid,
};

/** Whether a disability certificate number (identity number, type, level) belongs to that identity number. */
export function first18Equal(certificate: string, idNumber: string): boolean {
  return certificate.slice(0, 18) === idNumber;
}
