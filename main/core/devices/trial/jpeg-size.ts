/** Markers that begin a frame and hold its size (ITU T.81 B.2.2): SOF0 to SOF15 without DHT, JPG and DAC. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Width and height of a JPEG in pixels; `undefined` when it does not tell. Decodes nothing; never throws. */
export function jpegSize(
  bytes: Uint8Array,
): { readonly width: number; readonly height: number } | undefined {
  const at = (i: number): number => bytes[i] ?? 0;
  const word = (i: number): number => (at(i) << 8) | at(i + 1);
  let i = 2;
  while (i + 9 <= bytes.length && at(i) === 0xff) {
    const marker = at(i + 1);
    if (isFrame(marker)) return { width: word(i + 7), height: word(i + 5) };
    // fill bytes before a marker
    i += marker === 0xff ? 1 : 2 + Math.max(2, word(i + 2));
  }
  return undefined;
}
