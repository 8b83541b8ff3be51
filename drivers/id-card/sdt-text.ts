import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { isRealDate } from '../../domain/identity/calendar-date.ts';
import type { IdCardData, SexCode } from '../../domain/identity/card.ts';
import { isCleanText } from '../../domain/catalogue/characters.ts';
import { hasIdNumberShape, normaliseIdNumber } from '../../domain/identity/id-number.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import { TEXT_BYTES } from './sdt-commands.ts';

/** Padding of a field on both sides: spaces and NULs. */
const PADDING = /^[ \0]+|[ \0]+$/g;

/**
 * Reads the 256 bytes of text of an ID card (UTF-16LE, fields at fixed places): resident card, residence
 * permit (type mark J), foreigner's card of 2017 (I) and of 2023 (Y). Characters are kept as they are.
 * A number that breaks the rule of its kind is none of its business, and fields that only the issuer
 * needs are left out when they hold no text: the layout of 2023 is known from a single source. Faults: `idCard.unknownKind` (another type mark),
 * `idCard.invalidContent` (not possible on a card; the detail names the fields, never what they hold).
 */
export function parseSdtText(bytes: Uint8Array): Result<IdCardData, Fault> {
  if (bytes.length !== TEXT_BYTES) {
    return err(fault('idCard.invalidContent', { detail: `${bytes.length} bytes of text` }));
  }
  const fields = new Fields(bytes);
  const card = readByKind(fields);
  if (card === undefined) {
    return err(fault('idCard.unknownKind', { detail: 'type mark' }));
  }
  if (fields.wrong.size > 0) {
    const detail = [...fields.wrong].join(', ');
    return err(fault('idCard.invalidContent', { detail }));
  }
  return ok(card);
}

/**
 * Reads the newest address, which a card may hold beside the printed one. Undefined when it is empty or
 * no text.
 */
export function parseNewestAddress(bytes: Uint8Array): string | undefined {
  const text = decode(bytes).replace(PADDING, '');
  return text === '' || !isCleanText(text) ? undefined : text;
}

function readByKind(fields: Fields): IdCardData | undefined {
  const mark = fields.raw(248, 2);
  switch (mark) {
    case 'I':
      return foreigner2017(fields);
    case 'J':
      return residencePermit(fields);
    case 'Y':
      return foreigner2023(fields);
    default:
      return /^[A-Z]$/.test(mark) ? undefined : residentCard(fields);
  }
}

function residentCard(fields: Fields): IdCardData {
  const nationCode = fields.text('nation', 32, 4);
  return {
    kind: 'resident',
    name: fields.required('name', 0, 30),
    ...fields.holder(30, 36, 122),
    ...(nationCode === '' ? {} : { nationCode }),
    address: fields.text('address', 52, 70),
    issuer: fields.text('issuer', 158, 30),
    ...fields.validity(188, 204),
  };
}

function residencePermit(fields: Fields): IdCardData {
  const passNumber = fields.text('pass number', 220, 18);
  return {
    kind: 'hkMoTwResidence',
    name: fields.required('name', 0, 30),
    ...fields.holder(30, 36, 122),
    address: fields.text('address', 52, 70),
    issuer: fields.text('issuer', 158, 30),
    ...fields.validity(188, 204),
    ...(passNumber === '' ? {} : { passNumber }),
    ...fields.extra('issueCount', 238, 4),
  };
}

function foreigner2017(fields: Fields): IdCardData {
  return {
    kind: 'foreigner2017',
    ...foreignNames(fields, fields.text('Chinese name', 158, 30), fields.text('name', 0, 120)),
    ...fields.holder(120, 220, 122, 30),
    ...nationality(fields.text('nationality', 152, 6)),
    ...fields.validity(188, 204),
    ...fields.extra('cardVersion', 236, 4),
    ...fields.extra('authorityCode', 240, 8),
  };
}

function foreigner2023(fields: Fields): IdCardData {
  // The English name goes on in a second field; a space at the seam is part of it.
  const latin = (fields.raw(52, 70) + fields.raw(220, 22)).replace(PADDING, '');
  fields.check('name', latin);
  return {
    kind: 'foreigner2023',
    ...foreignNames(fields, fields.text('Chinese name', 0, 30), latin),
    ...fields.holder(30, 36, 122),
    ...nationality(fields.text('nationality', 242, 6)),
    ...fields.validity(188, 204),
    ...fields.extra('issueCount', 32, 4),
    ...fields.extra('formerNumberLink', 250, 6),
  };
}

function foreignNames(
  fields: Fields,
  chinese: string,
  latinName: string,
): { readonly name: string; readonly latinName?: string } {
  const name = chinese === '' ? latinName : chinese;
  if (name === '') fields.wrong.add('name');
  return latinName === '' ? { name } : { name, latinName };
}

function nationality(code: string): { readonly nationality?: string } {
  return code === '' ? {} : { nationality: code };
}

function decode(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    text += String.fromCharCode((bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8));
  }
  return text;
}

/** Fields at their places, and the names of those that hold what no card can hold. */
class Fields {
  readonly wrong = new Set<string>();
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  raw(offset: number, length: number): string {
    return decode(this.#bytes.subarray(offset, offset + length));
  }

  text(name: string, offset: number, length: number): string {
    const text = this.raw(offset, length).replace(PADDING, '');
    this.check(name, text);
    return text;
  }

  required(name: string, offset: number, length: number): string {
    const text = this.text(name, offset, length);
    if (text === '') this.wrong.add(name);
    return text;
  }

  /** A field that may be missing: what is no text counts as missing. */
  extra<Name extends keyof IdCardData>(
    name: Name,
    offset: number,
    length: number,
  ): { readonly [K in Name]?: string } {
    const text = this.raw(offset, length).replace(PADDING, '');
    const extra: { [K in Name]?: string } = {};
    if (text !== '' && isCleanText(text)) extra[name] = text;
    return extra;
  }

  check(name: string, text: string): void {
    if (!isCleanText(text)) this.wrong.add(name);
  }

  holder(
    sexAt: number,
    birthAt: number,
    numberAt: number,
    numberBytes = 36,
  ): Pick<IdCardData, 'sex' | 'birthDate' | 'idNumber'> {
    const idNumber = normaliseIdNumber(this.text('id number', numberAt, numberBytes));
    const fits = hasIdNumberShape(idNumber) && idNumber.length === numberBytes / 2;
    if (!fits) this.wrong.add('id number');
    return { sex: this.#sex(sexAt), birthDate: this.#date('birth', birthAt), idNumber };
  }

  validity(fromAt: number, toAt: number): Pick<IdCardData, 'validFrom' | 'validTo'> {
    const longTerm = this.text('valid to', toAt, 16) === '长期';
    return {
      validFrom: this.#date('valid from', fromAt),
      validTo: longTerm ? 'long-term' : this.#date('valid to', toAt),
    };
  }

  #sex(offset: number): SexCode {
    const code = this.text('sex', offset, 2);
    if (code === '0' || code === '1' || code === '2' || code === '9') return code;
    this.wrong.add('sex');
    return '0';
  }

  #date(name: string, offset: number): string {
    const date = this.text(name, offset, 16);
    if (!isRealDate(date)) this.wrong.add(name);
    return date;
  }
}
