/** Bytes that a QR code of version 1, 2, … 40 holds at level M (ISO/IEC 18004, table 7). */
const CAPACITY_M = [
  14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666,
  711, 779, 857, 911, 997, 1059, 1125, 1190, 1264, 1370, 1452, 1538, 1628, 1722, 1809, 1911, 1989,
  2099, 2213, 2331,
] as const;

/**
 * Modules along a side of the code for so many bytes at level M, known without drawing it.
 * Throws RangeError when no code holds them.
 */
export function modulesOf(bytes: number): number {
  const version = CAPACITY_M.findIndex((most) => bytes <= most) + 1;
  if (version === 0) throw new RangeError(`no QR code holds ${String(bytes)} bytes`);
  return 17 + 4 * version;
}
