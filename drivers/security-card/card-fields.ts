import { isCleanText } from '../../domain/catalogue/characters.ts';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import {
  dateOrNothing,
  hasSecurityNumberShape,
  type SecurityCardData,
} from '../../domain/identity/security-card.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';

/** Tags of the data elements that are read; the same number is the identifier of the record. */
export const TAG = {
  institution: 0x04,
  issuedOn: 0x05,
  validTo: 0x06,
  cardNumber: 0x07,
  number: 0x08,
  name: 0x09,
  birthDate: 0x0d,
  /** Only newer cards: what did not fit into the thirty bytes of the name. */
  nameExtension: 0x4e,
} as const;

/** The values of one card by tag, as they came. */
export type CardFields = ReadonlyMap<number, Uint8Array>;

/** Takes a record apart: tag, length, value. Undefined when it is no whole record. */
export function parseRecord(
  bytes: Uint8Array,
): { readonly tag: number; readonly value: Uint8Array } | undefined {
  const [tag, length] = bytes;
  if (tag === undefined || length === undefined || tag === 0x00 || tag === 0xff) return undefined;
  if (length > 0xfe || bytes.length < 2 + length) return undefined;
  return { tag, value: bytes.slice(2, 2 + length) };
}

/** Without the padding behind it: FF, 00 and spaces. No GBK character ends in any of these. */
export function trimPadding(value: Uint8Array): Uint8Array {
  let end = value.length;
  while (end > 0 && [0xff, 0x00, 0x20].includes(value[end - 1] ?? 0)) end -= 1;
  return value.subarray(0, end);
}

function ascii(value: Uint8Array | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = String.fromCharCode(...trimPadding(value)).trim();
  return /^[\x21-\x7e]+$/.test(text) ? text : undefined;
}

/** Four bytes of packed digits; undefined when they are no day, or padding. */
function bcdDate(value: Uint8Array | undefined): string | undefined {
  if (value?.length !== 4) return undefined;
  return dateOrNothing(Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join(''));
}

/** An institution is written as text or as packed digits, by who set the card up. */
function institution(value: Uint8Array | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = ascii(value);
  if (text !== undefined) return /^[0-9A-Za-z]{1,24}$/.test(text) ? text : undefined;
  const digits = Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const trimmed = digits.replace(/[f]+$/, '');
  return /^\d{1,24}$/.test(trimmed) && /[1-9]/.test(trimmed) ? trimmed : undefined;
}

/**
 * The name and its extension, joined before they are read: a character may lie across the seam. Cards are
 * written in GBK, of which GB 18030 is the larger sister. Empty when a character cannot be read: half a
 * name would be another name.
 */
function nameOf(fields: CardFields): string {
  const name = trimPadding(fields.get(TAG.name) ?? new Uint8Array(0));
  const extension = trimPadding(fields.get(TAG.nameExtension) ?? new Uint8Array(0));
  const bytes = Uint8Array.from([...name, ...extension]);
  try {
    const text = new TextDecoder('gb18030', { fatal: true }).decode(bytes).trim();
    return isCleanText(text) ? text : '';
  } catch {
    return '';
  }
}

/** What the fields of one card say. Faults: `securityCard.invalidContent`. */
export function readFields(fields: CardFields): Result<SecurityCardData, Fault> {
  const number = ascii(fields.get(TAG.number))?.toUpperCase();
  if (number === undefined || !hasSecurityNumberShape(number)) {
    return err(fault('securityCard.invalidContent', { detail: 'number' }));
  }
  const birthDate = bcdDate(fields.get(TAG.birthDate));
  const cardNumber = ascii(fields.get(TAG.cardNumber));
  const issuer = institution(fields.get(TAG.institution));
  const issuedOn = bcdDate(fields.get(TAG.issuedOn));
  const validTo = bcdDate(fields.get(TAG.validTo));
  return ok({
    number,
    name: nameOf(fields),
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(cardNumber === undefined ? {} : { cardNumber }),
    ...(issuer === undefined ? {} : { institution: issuer }),
    ...(issuedOn === undefined ? {} : { issuedOn }),
    ...(validTo === undefined ? {} : { validTo }),
  });
}
