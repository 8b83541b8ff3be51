import iconv from 'iconv-lite';

/** A way in which a program may have written a text. */
export type Spelling =
  'utf8' | 'utf16le' | 'utf16be' | 'gb18030' | 'base64' | 'hex' | 'percent' | 'escaped';

/** The bytes of a text, written so. */
export interface Spelt {
  readonly spelling: Spelling;
  readonly bytes: Buffer;
}

const escapedOf = (text: string): string =>
  Array.from({ length: text.length }, (_, at) => {
    const code = text.charCodeAt(at);
    return code < 0x80 ? text.charAt(at) : `\\u${code.toString(16).padStart(4, '0')}`;
  }).join('');

/**
 * Every spelling of a text that is looked for: GBK is a part of GB 18030; base64 from each of the three places
 * that a text may have in it, without its blurred ends; `escaped` as JSON in ASCII. None is given twice.
 */
export function spellingsOf(text: string): readonly Spelt[] {
  const utf8 = Buffer.from(text, 'utf8');
  const utf16le = Buffer.from(text, 'utf16le');
  const base64 = [0, 1, 2].map((lead) => {
    const shifted = Buffer.concat([Buffer.alloc(lead), utf8]).toString('base64');
    const blurredEnd = (lead + utf8.length) % 3 === 0 ? shifted.length : shifted.indexOf('=') - 1;
    return Buffer.from(
      shifted.slice(lead === 0 ? 0 : lead + 1, blurredEnd < 0 ? undefined : blurredEnd),
    );
  });
  const all: readonly Spelt[] = [
    { spelling: 'utf8', bytes: utf8 },
    { spelling: 'utf16le', bytes: utf16le },
    { spelling: 'utf16be', bytes: Buffer.from(utf16le).swap16() },
    { spelling: 'gb18030', bytes: iconv.encode(text, 'gb18030') },
    ...base64.map((bytes) => ({ spelling: 'base64' as const, bytes })),
    { spelling: 'hex', bytes: Buffer.from(utf8.toString('hex')) },
    { spelling: 'hex', bytes: Buffer.from(utf8.toString('hex').toUpperCase()) },
    { spelling: 'percent', bytes: Buffer.from(encodeURIComponent(text)) },
    { spelling: 'escaped', bytes: Buffer.from(escapedOf(text)) },
  ];
  const seen = new Set<string>();
  return all.filter(({ bytes }) => {
    const key = bytes.toString('latin1');
    if (key === '' || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
