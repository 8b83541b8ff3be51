import type { TextEncoding } from './contract.ts';

/** A text, and the encoding that its bytes fitted. */
export interface DecodedText {
  readonly text: string;
  readonly encoding: TextEncoding;
}

/** Both, UTF-8 first: Chinese text in GB 18030 is hardly ever valid UTF-8, the other way round it often is. */
export const TEXT_ENCODINGS: readonly TextEncoding[] = ['utf-8', 'gb18030'];

/** Tabs, line ends, and the separators that bar codes use themselves (EOT, FS, GS, RS). */
const ALLOWED_CONTROLS = new Set([0x04, 0x09, 0x0a, 0x0d, 0x1c, 0x1d, 0x1e]);

/**
 * Decodes one whole code by the first encoding that it fits without a single error. Nothing when none
 * fits, or when control characters say that it is noise. A few very short texts in GB 18030, such as 模 alone,
 * are valid UTF-8 too: where a scanner is known to send one encoding, give that one only.
 */
export function decodeText(
  bytes: Uint8Array,
  encodings: readonly TextEncoding[],
): DecodedText | undefined {
  for (const encoding of encodings) {
    const text = decodeStrictly(bytes, encoding);
    if (text !== undefined && !hasNoise(text)) return { text, encoding };
  }
  return undefined;
}

function decodeStrictly(bytes: Uint8Array, encoding: TextEncoding): string | undefined {
  if (encoding === 'gb18030' && hasLone80(bytes)) return undefined;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    // Bytes that do not fit are a TypeError; anything else is a bug.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The Web's decoder reads the byte 80 as a euro sign; GB 18030 has no such character. */
function hasLone80(bytes: Uint8Array): boolean {
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0;
    const second = bytes[at + 1] ?? 0;
    if (lead === 0x80) return true;
    if (lead < 0x80) at += 1;
    else at += second >= 0x30 && second <= 0x39 ? 4 : 2;
  }
  return false;
}

function hasNoise(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    if (control && !ALLOWED_CONTROLS.has(code)) return true;
  }
  return false;
}
