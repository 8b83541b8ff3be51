/**
 * A file system in user space (FUSE, protocol 7.31: include/uapi/linux/fuse.h of the kernel) that holds the
 * images of two disks, and writes down in order what their block devices write and flush:
 * DEVICE-FD LOG TERMINAL-IMAGE PLATFORM-IMAGE. What is written to its file `mark` stands in the log, too;
 * `slow N` there makes every flush take N milliseconds from then on.
 *
 * The loop driver hands a FLUSH on as fsync, and has no FUA: the kernel makes a write and a flush of it.
 * Everything is answered one after another, so that a flush covers just the writes that came before it.
 */
import { openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { DISKS, encodeEntry, type LogEntry } from './write-log.ts';

const OPCODE = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  setattr: 4,
  open: 14,
  read: 15,
  write: 16,
  statfs: 17,
  release: 18,
  fsync: 20,
  flush: 25,
  init: 26,
  opendir: 27,
  readdir: 28,
  releasedir: 29,
  interrupt: 36,
  destroy: 38,
  batchForget: 42,
} as const;
const ENOENT = 2;
const ENOSYS = 38;
const MAX_WRITE = 128 * 1024;
const BIG_WRITES = 1 << 5;
const MAX_PAGES = 1 << 22;
const IN_HEAD = 40;
const OUT_HEAD = 16;
/** Far in the future: nobody else changes what is here, but the size of `mark` is nobody's business. */
const VALID_SECONDS = 1_000_000n;

const [deviceText = '', logFile = '', ...imageFiles] = process.argv.slice(2);
const device = Number(deviceText);
const log = openSync(logFile, 'w');
const images = imageFiles.map((file) => readFileSync(file));
const note = (entry: LogEntry): void => void writeSync(log, encodeEntry(entry));

/** Node numbers: 1 is the folder, then the images, then `mark`. */
const NAMES = ['', '', ...DISKS.map((disk) => `${disk}.img`), 'mark'];
/** How long every flush takes. */
let flushMs = 0;
const IDLE = new Int32Array(new SharedArrayBuffer(4));
const diskOf = (node: number) => DISKS[node - 2];

function attributes(node: number): Buffer {
  const out = Buffer.alloc(88);
  const size = images[node - 2]?.length ?? 0;
  out.writeBigUInt64LE(BigInt(node), 0);
  out.writeBigUInt64LE(BigInt(size), 8);
  out.writeBigUInt64LE(BigInt(Math.ceil(size / 512)), 16);
  out.writeUInt32LE(node === 1 ? 0o040700 : 0o100600, 60);
  out.writeUInt32LE(1, 64);
  out.writeUInt32LE(4096, 80);
  return out;
}

function found(node: number): Buffer {
  const head = Buffer.alloc(40);
  head.writeBigUInt64LE(BigInt(node), 0);
  head.writeBigUInt64LE(VALID_SECONDS, 16);
  head.writeBigUInt64LE(VALID_SECONDS, 24);
  return Buffer.concat([head, attributes(node)]);
}

function initAnswer(): Buffer {
  const out = Buffer.alloc(64);
  out.writeUInt32LE(7, 0);
  out.writeUInt32LE(31, 4);
  out.writeUInt32LE(BIG_WRITES | MAX_PAGES, 12);
  out.writeUInt16LE(16, 16);
  out.writeUInt16LE(12, 18);
  out.writeUInt32LE(MAX_WRITE, 20);
  out.writeUInt32LE(1, 24);
  out.writeUInt16LE(MAX_WRITE / 4096, 28);
  return out;
}

function written(node: number, body: Buffer): Buffer {
  const offset = Number(body.readBigUInt64LE(8));
  const bytes = body.subarray(40, 40 + body.readUInt32LE(16));
  const disk = diskOf(node);
  if (disk === undefined) {
    const text = bytes.toString('utf8');
    const slow = /^slow (\d+)$/.exec(text)?.[1];
    if (slow !== undefined) flushMs = Number(slow);
    note({ kind: 'mark', text });
  } else {
    bytes.copy(images[node - 2] ?? Buffer.alloc(0), offset);
    note({ kind: 'write', disk, offset, bytes });
  }
  const out = Buffer.alloc(8);
  out.writeUInt32LE(bytes.length, 0);
  return out;
}

/** An answer, an error number, or nothing for what is not answered. */
function answerTo(opcode: number, node: number, body: Buffer): Buffer | number | undefined {
  switch (opcode) {
    case OPCODE.init:
      return initAnswer();
    case OPCODE.lookup: {
      const wanted = body.toString('utf8', 0, body.indexOf(0));
      const number = NAMES.indexOf(wanted);
      return number < 2 ? ENOENT : found(number);
    }
    case OPCODE.getattr:
    case OPCODE.setattr: {
      const head = Buffer.alloc(16);
      head.writeBigUInt64LE(VALID_SECONDS, 0);
      return Buffer.concat([head, attributes(node)]);
    }
    case OPCODE.open:
    case OPCODE.opendir:
      return Buffer.alloc(16);
    case OPCODE.read: {
      const offset = Number(body.readBigUInt64LE(8));
      return images[node - 2]?.subarray(offset, offset + body.readUInt32LE(16)) ?? Buffer.alloc(0);
    }
    case OPCODE.write:
      return written(node, body);
    case OPCODE.fsync: {
      const disk = diskOf(node);
      if (flushMs > 0) Atomics.wait(IDLE, 0, 0, flushMs);
      if (disk !== undefined) note({ kind: 'flush', disk });
      return Buffer.alloc(0);
    }
    case OPCODE.statfs:
      return Buffer.alloc(80);
    case OPCODE.release:
    case OPCODE.releasedir:
    case OPCODE.flush:
    case OPCODE.readdir:
    case OPCODE.destroy:
      return Buffer.alloc(0);
    case OPCODE.forget:
    case OPCODE.batchForget:
    case OPCODE.interrupt:
      return undefined;
    default:
      return ENOSYS;
  }
}

const request = Buffer.alloc(MAX_WRITE + 8192);
/** Reads one request; false when the file system was unmounted. */
function serveOne(): boolean {
  let length: number;
  try {
    length = readSync(device, request);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENODEV') return false;
    if (code === 'EINTR' || code === 'ENOENT' || code === 'EAGAIN') return true;
    throw error;
  }
  const node = Number(request.readBigUInt64LE(16));
  const answer = answerTo(request.readUInt32LE(4), node, request.subarray(IN_HEAD, length));
  if (answer === undefined) return true;
  const body = typeof answer === 'number' ? Buffer.alloc(0) : answer;
  const head = Buffer.alloc(OUT_HEAD);
  head.writeUInt32LE(OUT_HEAD + body.length, 0);
  head.writeInt32LE(typeof answer === 'number' ? -answer : 0, 4);
  request.copy(head, 8, 8, 16);
  try {
    writeSync(device, Buffer.concat([head, body]));
  } catch (error) {
    // whoever asked has gone meanwhile
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return true;
}

while (serveOne());
