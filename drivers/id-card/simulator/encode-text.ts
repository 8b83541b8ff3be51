import type { DemoCard } from '../../simulator-host/personas.ts';
import { NEWEST_ADDRESS_BYTES, TEXT_BYTES } from '../sdt-commands.ts';

/** Writes a text as UTF-16LE; throws if it does not fit, for a cut name would be a wrong name. */
function put(bytes: Uint8Array, offset: number, length: number, text: string): void {
  if (text.length * 2 > length) throw new RangeError(`no room for ${text.length} characters`);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[offset + 2 * i] = unit & 0xff;
    bytes[offset + 2 * i + 1] = unit >> 8;
  }
}

function blank(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  put(bytes, 0, length, ' '.repeat(length / 2));
  return bytes;
}

/** The 256 bytes of text as they lie on a card of this kind, padded with spaces. */
export function encodeCardText(card: DemoCard): Uint8Array {
  const bytes = blank(TEXT_BYTES);
  const write = (offset: number, length: number, text = ''): void => {
    put(bytes, offset, length, text);
  };
  write(188, 16, card.validFrom);
  write(204, 16, card.validTo);
  if (card.kind === 'foreigner2017') {
    write(0, 120, card.latinName);
    write(120, 2, card.sex);
    write(122, 30, card.idNumber);
    write(152, 6, card.nationality);
    write(158, 30, card.name);
    write(220, 16, card.birthDate);
    write(236, 4, card.cardVersion);
    write(240, 8, card.authorityCode);
    write(248, 2, 'I');
    return bytes;
  }
  write(0, 30, card.name);
  write(30, 2, card.sex);
  write(36, 16, card.birthDate);
  write(122, 36, card.idNumber);
  if (card.kind === 'foreigner2023') {
    const latin = card.latinName ?? '';
    write(32, 4, card.issueCount);
    write(52, 70, latin.slice(0, 35));
    write(220, 22, latin.slice(35));
    write(242, 6, card.nationality);
    write(248, 2, 'Y');
    write(250, 6, card.formerNumberLink);
    return bytes;
  }
  write(52, 70, card.address);
  write(158, 30, card.issuer);
  if (card.kind === 'hkMoTwResidence') {
    write(220, 18, card.passNumber);
    write(238, 4, card.issueCount);
    write(248, 2, 'J');
  } else {
    write(32, 4, card.nationCode);
  }
  return bytes;
}

/** The 70 bytes of a newest address. */
export function encodeNewestAddress(address: string): Uint8Array {
  const bytes = blank(NEWEST_ADDRESS_BYTES);
  put(bytes, 0, NEWEST_ADDRESS_BYTES, address);
  return bytes;
}
