import type { Symbology } from './contract.ts';

/** Code characters of ISO/IEC 15424 (`]Q1`: the Q) that are ours. */
const BY_CODE_CHARACTER: Readonly<Record<string, Symbology>> = {
  A: 'code39',
  C: 'code128',
  E: 'ean',
  I: 'interleaved2of5',
  L: 'pdf417',
  Q: 'qr',
  d: 'dataMatrix',
};

/** Every kind that a symbology identifier can name here. */
export const NAMED_SYMBOLOGIES: readonly Symbology[] = Object.values(BY_CODE_CHARACTER);

/** Bytes of a symbology identifier: `]`, code character, modifier. */
export const AIM_ID_BYTES = 3;

/** Whether the three bytes have the form of a symbology identifier. */
export function isAimId(bytes: Uint8Array): boolean {
  return /^\][A-Za-z][0-9A-Za-z]$/.test(String.fromCharCode(...bytes.subarray(0, AIM_ID_BYTES)));
}

/** The kind of code that a symbology identifier names, if it is one of ours. */
export function symbologyOf(aimId: Uint8Array): Symbology | undefined {
  if (!isAimId(aimId)) return undefined;
  return BY_CODE_CHARACTER[String.fromCharCode(aimId[1] ?? 0)];
}
