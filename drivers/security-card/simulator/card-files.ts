import iconv from 'iconv-lite';
import type { DemoPersona } from '../../simulator-host/personas.ts';
import type { CardFiles } from './chip.ts';

/** What is written on a synthetic social security card. */
export interface DemoSecurityCard {
  readonly number: string;
  readonly name: string;
  readonly sex: string;
  readonly nationCode: string;
  readonly birthDate: string;
  readonly cardNumber: string;
  readonly institution: string;
  readonly issuedOn: string;
  readonly validTo: string;
}

/** "sx1.sh." and 社会保障 in GBK, by the encoder of another library than the driver uses. */
export const DEMO_ENVIRONMENT: Uint8Array = Uint8Array.from(iconv.encode('sx1.sh.社会保障', 'gbk'));

/** Nobody's region: 500199 is not given to any place. */
const INSTITUTION = '500199000001';
const NAME_BYTES = 30;

/**
 * The social security card of a persona: the number of the identity card, and a card number of its own that
 * belongs to nobody. The card of `expired` has run out as well.
 */
export function securityCardOf({ id, card }: DemoPersona): DemoSecurityCard {
  return {
    number: card.idNumber,
    name: card.name === '' ? (card.latinName ?? '') : card.name,
    sex: card.sex,
    nationCode: card.nationCode ?? '97',
    birthDate: card.birthDate,
    cardNumber: `Z0${card.idNumber.slice(-7)}`.replace('X', '0'),
    institution: INSTITUTION,
    issuedOn: id === 'expired' ? '20100101' : '20190601',
    validTo: id === 'expired' ? '20200101' : '20390601',
  };
}

function record(tag: number, value: ArrayLike<number>): Uint8Array {
  return Uint8Array.from([tag, value.length, ...Array.from(value)]);
}

function text(tag: number, value: string, length: number): Uint8Array {
  const bytes = Array.from(iconv.encode(value, 'gb18030'));
  return record(tag, [...bytes, ...new Array<number>(Math.max(0, length - bytes.length)).fill(0)]);
}

/** Packed digits, an odd one out and all that is left filled up with F. */
function bcd(tag: number, digits: string, length: number): Uint8Array {
  return record(tag, Buffer.from(digits.padEnd(length * 2, 'f'), 'hex'));
}

/**
 * The two files that are free to read, as a card of the second or third generation has them; an earlier
 * one has no extension of the name, and the records behind it are one lower.
 */
export function encodeSecurityCard(card: DemoSecurityCard, earlier = false): CardFiles {
  const name = Uint8Array.from(iconv.encode(card.name, 'gb18030'));
  const padded = (bytes: Uint8Array, length: number): number[] => [
    ...bytes,
    ...new Array<number>(Math.max(0, length - bytes.length)).fill(0),
  ];
  return new Map([
    [
      0xef05,
      [
        bcd(0x01, `${INSTITUTION.slice(0, 6)}d1560000050000`, 16),
        text(0x02, '3', 1),
        text(0x03, earlier ? '1.00' : '3.00', 4),
        text(0x04, card.institution, 12),
        bcd(0x05, card.issuedOn, 4),
        bcd(0x06, card.validTo, 4),
        text(0x07, card.cardNumber, 9),
      ],
    ],
    [
      0xef06,
      [
        text(0x08, card.number, 18),
        record(0x09, padded(name.slice(0, NAME_BYTES), NAME_BYTES)),
        ...(earlier ? [] : [record(0x4e, padded(name.slice(NAME_BYTES), 20))]),
        text(0x0a, card.sex, 1),
        bcd(0x0b, card.nationCode, 1),
        bcd(0x0c, '500199', 3),
        bcd(0x0d, card.birthDate, 4),
      ],
    ],
  ]);
}
