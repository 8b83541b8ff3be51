import type { Bitmap } from './bitmap.ts';
import { blacken, createBitmap, fillRect, overlay } from './bitmap.ts';

/** Hexadecimal digits of 5 by 7 dots, a row per number, most significant of five bits left. */
const DIGITS: readonly (readonly number[])[] = [
  [14, 17, 19, 21, 25, 17, 14],
  [4, 12, 4, 4, 4, 4, 14],
  [14, 17, 1, 2, 4, 8, 31],
  [31, 2, 4, 2, 1, 17, 14],
  [2, 6, 10, 18, 31, 2, 2],
  [31, 16, 30, 1, 1, 17, 14],
  [6, 8, 16, 30, 17, 17, 14],
  [31, 1, 2, 4, 8, 8, 8],
  [14, 17, 17, 14, 17, 17, 14],
  [14, 17, 17, 15, 1, 2, 12],
  [14, 17, 17, 31, 17, 17, 17],
  [30, 17, 17, 30, 17, 17, 30],
  [14, 17, 16, 16, 16, 17, 14],
  [28, 18, 17, 17, 17, 18, 28],
  [31, 16, 16, 30, 16, 16, 31],
  [31, 16, 16, 30, 16, 16, 16],
];

const SIDE = 24;

function digitBitmap(rows: readonly number[]): Bitmap {
  const bitmap = createBitmap(5, 7);
  rows.forEach((row, y) => {
    for (let x = 0; x < 5; x++) if ((row & (16 >> x)) !== 0) blacken(bitmap, x, y);
  });
  return bitmap;
}

/** Hexadecimal digits of 5 by 7 dots, a dot apart, centred on `middle`. */
function writeDigits(target: Bitmap, digits: string, middle: number, y: number): void {
  const left = Math.ceil(middle - (digits.length * 6 - 1) / 2);
  Array.from(digits).forEach((digit, i) => {
    const rows = DIGITS[Number.parseInt(digit, 16)] ?? [];
    overlay(target, digitBitmap(rows), { x: left + i * 6, y });
  });
}

/**
 * What stands for a character that the font has not: a frame with the code point in hexadecimal, so that
 * a clerk can still tell which character it is. `size` is a multiple of 24; one column is half as wide as
 * high, with room for the digits but not for the sides of the frame.
 */
export function codePointBox(codePoint: number, size: number, columns: 1 | 2 = 2): Bitmap {
  const small = columns === 2 ? squareBox(codePoint) : narrowBox(codePoint);
  const scale = Math.max(1, Math.floor(size / SIDE));
  const box = createBitmap((size / 2) * columns, size);
  overlay(box, small, { x: 0, y: 0, scaleX: scale, scaleY: scale });
  return box;
}

function narrowBox(codePoint: number): Bitmap {
  const small = createBitmap(SIDE / 2, SIDE);
  fillRect(small, { x: 0, y: 0, width: 11, height: 1 });
  fillRect(small, { x: 0, y: 23, width: 11, height: 1 });
  const hex = codePoint.toString(16).padStart(4, '0');
  const pairs = hex.padStart(hex.length + (hex.length % 2), '0').match(/../g) ?? [];
  const top = pairs.length > 2 ? 1 : 4;
  pairs.forEach((pair, row) => {
    writeDigits(small, pair, 5, top + row * (pairs.length > 2 ? 7 : 9));
  });
  return small;
}

function squareBox(codePoint: number): Bitmap {
  const small = createBitmap(SIDE, SIDE);
  fillRect(small, { x: 1, y: 1, width: 22, height: 1 });
  fillRect(small, { x: 1, y: 22, width: 22, height: 1 });
  fillRect(small, { x: 1, y: 1, width: 1, height: 22 });
  fillRect(small, { x: 22, y: 1, width: 1, height: 22 });
  const hex = codePoint.toString(16).padStart(4, '0');
  const upper = hex.length > 4 ? hex.length - 3 : 2;
  [hex.slice(0, upper), hex.slice(upper)].forEach((part, row) => {
    writeDigits(small, part, SIDE / 2, 4 + row * 9);
  });
  return small;
}
