import type { Mask } from '../catalogue/form.ts';
import { graphemes, maskName } from './names.ts';

/** Keeps so many characters at the start and end; the rest become stars. Too short a text is all stars. */
function keepEnds(text: string, start: number, end: number): string {
  const characters = graphemes(text.trim());
  const hidden = characters.length - start - end;
  if (hidden <= 0) return '*'.repeat(characters.length);
  const tail = characters.slice(characters.length - end).join('');
  return characters.slice(0, start).join('') + '*'.repeat(hidden) + tail;
}

/** The first three and the last two characters of an id number stay. */
export function maskIdNumber(idNumber: string): string {
  return keepEnds(idNumber, 3, 2);
}

/** The first three and the last four digits of a telephone number stay. */
export function maskMobile(mobile: string): string {
  return keepEnds(mobile, 3, 4);
}

/** The last four digits of a bank card stay. */
export function maskBankCard(number: string): string {
  return keepEnds(number.replace(/\s/gu, ''), 0, 4);
}

const COUNTY = String.raw`(?:[^\s]{2,8}?(?:省|自治区|特别行政区))?(?:[^\s]{2,10}?(?:市|自治州|地区|盟))?(?:[^\s]{1,12}?(?:自治县|林区|新区|区|县|旗|市))?`;
const TOWN_LEVEL = new RegExp(
  `^(?<county>${COUNTY})(?<town>[^\\s]{1,12}?(?:街道办事处|街道|镇|乡|苏木))?`,
  'u',
);

/**
 * An address down to its town or street office (镇、街道), the rest hidden behind three stars whatever its
 * length. An address whose town cannot be told is shown down to its county, else not at all.
 */
export function maskAddress(address: string): string {
  const text = address.trim();
  if (text === '') return '';
  const groups = TOWN_LEVEL.exec(text)?.groups;
  const shown = `${groups?.['county'] ?? ''}${groups?.['town'] ?? ''}`;
  return shown === text ? shown : `${shown}***`;
}

/** Masks a value as its form field asks (`x-mask`). */
export function maskValue(mask: Mask, value: string): string {
  switch (mask) {
    case 'none':
      return value;
    case 'name':
      return maskName(value);
    case 'idNumber':
      return maskIdNumber(value);
    case 'mobile':
      return maskMobile(value);
    case 'bankCard':
      return maskBankCard(value);
    case 'address':
      return maskAddress(value);
  }
}
