/** A picture of black (1) and white (0) dots: rows of `rowBytes` bytes, most significant bit left, as printers take them. */
export interface Bitmap {
  /** Dots. */
  readonly width: number;
  /** Dots. */
  readonly height: number;
  readonly rowBytes: number;
  readonly data: Uint8Array;
}

/** An all-white bitmap. */
export function createBitmap(width: number, height: number): Bitmap {
  const rowBytes = Math.ceil(width / 8);
  return { width, height, rowBytes, data: new Uint8Array(rowBytes * height) };
}

/** Whether a dot is black; dots outside are white. */
export function isBlack(bitmap: Bitmap, x: number, y: number): boolean {
  if (x < 0 || y < 0 || x >= bitmap.width || y >= bitmap.height) return false;
  return ((bitmap.data[y * bitmap.rowBytes + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0;
}

/** Blackens a dot; dots outside are ignored. */
export function blacken(bitmap: Bitmap, x: number, y: number): void {
  if (x < 0 || y < 0 || x >= bitmap.width || y >= bitmap.height) return;
  const at = y * bitmap.rowBytes + (x >> 3);
  bitmap.data[at] = (bitmap.data[at] ?? 0) | (0x80 >> (x & 7));
}

/** Blackens a rectangle. */
export function fillRect(
  bitmap: Bitmap,
  area: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  },
): void {
  for (let y = area.y; y < area.y + area.height; y++) {
    for (let x = area.x; x < area.x + area.width; x++) blacken(bitmap, x, y);
  }
}

/** Lays the black dots of `source` over `target`, each dot `scaleX` by `scaleY` large. */
export function overlay(
  target: Bitmap,
  source: Bitmap,
  at: {
    readonly x: number;
    readonly y: number;
    readonly scaleX?: number;
    readonly scaleY?: number;
  },
): void {
  const { scaleX = 1, scaleY = 1 } = at;
  for (let y = 0; y < source.height; y++) {
    for (let x = 0; x < source.width; x++) {
      if (!isBlack(source, x, y)) continue;
      fillRect(target, {
        x: at.x + x * scaleX,
        y: at.y + y * scaleY,
        width: scaleX,
        height: scaleY,
      });
    }
  }
}

/** The part of a bitmap from one row to another. */
export function rowsOf(bitmap: Bitmap, from: number, to: number): Bitmap {
  const end = Math.min(to, bitmap.height);
  return {
    width: bitmap.width,
    height: Math.max(0, end - from),
    rowBytes: bitmap.rowBytes,
    data: bitmap.data.slice(from * bitmap.rowBytes, end * bitmap.rowBytes),
  };
}

/** The number of black dots. */
export function countBlack(bitmap: Bitmap): number {
  let count = 0;
  for (let y = 0; y < bitmap.height; y++) {
    for (let x = 0; x < bitmap.width; x++) if (isBlack(bitmap, x, y)) count += 1;
  }
  return count;
}
