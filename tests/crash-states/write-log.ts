import { readFileSync } from 'node:fs';

/** Machines whose disks are recorded. */
export const DISKS = ['terminal', 'platform'] as const;

/** One of the machines. */
export type Disk = (typeof DISKS)[number];

/**
 * One thing that happened, in the order in which the disks saw it. A write was acknowledged before the next
 * entry; a flush made durable what its disk had acknowledged before.
 */
export type LogEntry =
  | {
      readonly kind: 'write';
      readonly disk: Disk;
      readonly offset: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'flush'; readonly disk: Disk }
  /** What a person saw at this moment, or a machine was told, as JSON. */
  | { readonly kind: 'mark'; readonly text: string };

const KINDS = ['write', 'flush', 'mark'] as const;
/** kind, disk, length: bytes; offset: 8 bytes. */
const HEAD = 16;

/** An entry as it lies in a log file: a head of 16 bytes, then the bytes. */
export function encodeEntry(entry: LogEntry): Uint8Array {
  const bytes =
    entry.kind === 'write'
      ? entry.bytes
      : Buffer.from(entry.kind === 'mark' ? entry.text : '', 'utf8');
  const head = Buffer.alloc(HEAD);
  head.writeUInt8(KINDS.indexOf(entry.kind), 0);
  head.writeUInt8(entry.kind === 'mark' ? 0 : DISKS.indexOf(entry.disk), 1);
  head.writeUInt32LE(bytes.length, 4);
  head.writeBigUInt64LE(BigInt(entry.kind === 'write' ? entry.offset : 0), 8);
  return Buffer.concat([head, bytes]);
}

/** Reads a log file to its end; throws when it is cut off. */
export function readLog(file: string): readonly LogEntry[] {
  const log = readFileSync(file);
  const entries: LogEntry[] = [];
  let at = 0;
  while (at < log.length) {
    const kind = KINDS[log.readUInt8(at)];
    const disk = DISKS[log.readUInt8(at + 1)];
    const length = log.readUInt32LE(at + 4);
    const offset = Number(log.readBigUInt64LE(at + 8));
    const bytes = log.subarray(at + HEAD, at + HEAD + length);
    if (bytes.length < length || disk === undefined) throw new Error('the log is cut off');
    if (kind === 'write') entries.push({ kind, disk, offset, bytes });
    else if (kind === 'flush') entries.push({ kind, disk });
    else if (kind === 'mark') entries.push({ kind, text: bytes.toString('utf8') });
    else throw new Error('not a log');
    at += HEAD + length;
  }
  return entries;
}
