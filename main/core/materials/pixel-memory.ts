/**
 * Memory for one large picture, used again for the next one: a page of A4 at 300 dpi is 37 MB, and to get so
 * much anew from the system costs more than to draw the page.
 */
let kept: Int32Array<ArrayBuffer> | undefined;

/** More than a page that is worked on has is not kept: 4000 pixels a side. */
const MOST_KEPT = 16_000_000;

const taken = new WeakMap<ArrayBuffer, Int32Array<ArrayBuffer>>();

/** Room for so many pixels of four bytes. What stands in it is not defined; every pixel is to be written. */
export function takePixels(count: number): Int32Array<ArrayBuffer> {
  const whole = kept !== undefined && kept.length >= count ? kept : new Int32Array(count);
  if (whole === kept) kept = undefined;
  taken.set(whole.buffer, whole);
  return whole.subarray(0, count);
}

/** Overwrites a picture, and keeps its memory where it came from `takePixels`. Nobody may look at it any more. */
export function givePixels(data: Uint8Array): void {
  data.fill(0);
  const { buffer } = data;
  const whole = buffer instanceof ArrayBuffer ? taken.get(buffer) : undefined;
  if (whole === undefined) return;
  taken.delete(whole.buffer);
  if (whole.length <= MOST_KEPT && whole.length > (kept?.length ?? 0)) kept = whole;
}
