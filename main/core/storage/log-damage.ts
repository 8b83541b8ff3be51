import { readFileSync } from 'node:fs';

const HEADER = 32;
const FRAME_HEADER = 24;
const MAGIC_LITTLE = 0x377f0682;
const MAGIC_BIG = 0x377f0683;

/** The running checksum of the write-ahead log. */
type Sum = readonly [number, number];

function sumOf(bytes: Buffer, from: number, to: number, start: Sum, big: boolean): Sum {
  let [one, two] = start;
  for (let at = from; at < to; at += 8) {
    const first = big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
    const second = big ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4);
    one = (one + first + two) >>> 0;
    two = (two + second + one) >>> 0;
  }
  return [one, two];
}

const sumAt = (bytes: Buffer, at: number): Sum => [
  bytes.readUInt32BE(at),
  bytes.readUInt32BE(at + 4),
];
const same = (one: Sum, other: Sum): boolean => one[0] === other[0] && one[1] === other[1];

/**
 * Whether a write-ahead log lost transactions to a bad disk. SQLite takes the log only up to the first frame
 * whose checksum is wrong, and says nothing: after a power cut that is the end of what was committed. But a
 * commit is flushed before the next one begins, so a power cut leaves at most one that is not whole. Two or
 * more commits behind the first wrong frame were there once. One alone cannot be told from a power cut.
 * Format: https://sqlite.org/fileformat2.html#walformat
 * @param file path of the log; it need not be there
 */
export function logIsDamaged(file: string): boolean {
  let log: Buffer;
  try {
    log = readFileSync(file);
  } catch {
    return false;
  }
  if (log.length < HEADER + FRAME_HEADER) return false;
  const magic = log.readUInt32BE(0);
  const big = magic === MAGIC_BIG;
  let sum = sumOf(log, 0, 24, [0, 0], big);
  if ((!big && magic !== MAGIC_LITTLE) || !same(sum, sumAt(log, 24)))
    return log.some((byte) => byte !== 0);
  const frameSize = FRAME_HEADER + log.readUInt32BE(8);
  const salts = sumAt(log, 16);
  let whole = true;
  let commitsBehind = 0;
  for (let at = HEADER; at + frameSize <= log.length; at += frameSize) {
    const ofThisLog = same(sumAt(log, at + 8), salts);
    if (whole) {
      const headed = sumOf(log, at, at + 8, sum, big);
      sum = sumOf(log, at + FRAME_HEADER, at + frameSize, headed, big);
      whole = ofThisLog && same(sum, sumAt(log, at + 16));
    }
    if (!whole && ofThisLog && log.readUInt32BE(at + 4) !== 0) commitsBehind++;
  }
  return commitsBehind > 1;
}
