/** ESC/POS command bytes as this driver sends them (Epson's reference and Chinese makers' manuals). */
export const ESCPOS = {
  /** ESC @: back to power-on settings, line buffer emptied. */
  initialise: [0x1b, 0x40],
  /** FS &: two-byte Chinese; western firmware does not power up with it. */
  chineseOn: [0x1c, 0x26],
  lineFeed: [0x0a],
  /** GS a 0: no automatic status. */
  automaticStatusOff: [0x1d, 0x61, 0x00],
  /** GS a 255: automatic status of all that changes; ESC @ ends it. */
  automaticStatusOn: [0x1d, 0x61, 0xff],
  /** DLE ENQ 2: recover from an error and forget what was received. Real time. */
  forgetReceived: [0x10, 0x05, 0x02],
} as const;

/** ESC a: 0 left, 1 centre, 2 right; only at the start of a line. */
export function align(to: 'left' | 'center' | 'right'): readonly number[] {
  return [0x1b, 0x61, { left: 0, center: 1, right: 2 }[to]];
}

/** ESC E. */
export function bold(on: boolean): readonly number[] {
  return [0x1b, 0x45, on ? 1 : 0];
}

/** GS !: characters so many times as wide and as high. */
export function size(times: 1 | 2): readonly number[] {
  return [0x1d, 0x21, times === 2 ? 0x11 : 0x00];
}

/** ESC d: feed so many lines, 1 to 255. */
export function feedLines(lines: number): readonly number[] {
  return [0x1b, 0x64, lines];
}

/** ESC J: feed so many dots, 0 to 255. */
export function feedDots(dots: number): readonly number[] {
  return [0x1b, 0x4a, dots];
}

/** GS v 0: a picture, `scale` 2 doubles its dots both ways. */
export function raster(
  rowBytes: number,
  rows: number,
  scale: 1 | 2,
  data: Uint8Array,
): readonly number[] {
  const m = scale === 2 ? 3 : 0;
  const head = [0x1d, 0x76, 0x30, m, rowBytes & 0xff, rowBytes >> 8, rows & 0xff, rows >> 8];
  return [...head, ...withoutRealTimeCommands(data)];
}

/**
 * Printers look for real-time commands even within a picture. Where dots would read DLE EOT, DLE ENQ or
 * DLE DC4 one dot more is blackened.
 */
function withoutRealTimeCommands(data: Uint8Array): Uint8Array {
  const safe = Uint8Array.from(data);
  for (let i = 0; i + 1 < safe.length; i++) {
    const next = safe[i + 1] ?? 0;
    if (safe[i] === 0x10 && (next === 0x04 || next === 0x05 || next === 0x14)) safe[i] = 0x18;
  }
  return safe;
}

/** ESC * 33: dots 24 high beside the text of a line, three bytes for each column from left to right. */
export function bitImage(columns: Uint8Array): readonly number[] {
  const width = columns.length / 3;
  return [0x1b, 0x2a, 33, width & 0xff, width >> 8, ...withoutRealTimeCommands(columns)];
}

/** GS ( k: model 2, module size in dots, correction level M, the data, print. */
export function nativeQr(data: Uint8Array, moduleDots: number): readonly number[] {
  const length = data.length + 3;
  return [
    ...[0x1d, 0x28, 0x6b, 4, 0, 0x31, 0x41, 0x32, 0x00],
    ...[0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x43, moduleDots],
    ...[0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x45, 0x31],
    ...[0x1d, 0x28, 0x6b, length & 0xff, length >> 8, 0x31, 0x50, 0x30, ...data],
    ...[0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x51, 0x30],
  ];
}
