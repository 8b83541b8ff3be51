import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** So long the log of the index becomes between two merges: some 1000 pages. */
const LOG_BYTES = 4 * 1024 * 1024;

/**
 * Lays out the space of a write-ahead log beforehand. A commit flushes what is written over space that is there in
 * two thirds of the time that it takes for a log that grows, for then the file system has blocks to find and to
 * note. SQLite takes a log up to the first frame that is none, and zeros are none
 * (https://sqlite.org/fileformat2.html#walformat). To be called while nobody writes; where the disk has no room the
 * log stays as it is.
 * @param log path of a log that is there
 */
export function layOutLog(log: string): void {
  let file: number | undefined;
  try {
    file = openSync(log, 'r+');
    const { size } = fstatSync(file);
    if (size >= LOG_BYTES) return;
    try {
      const zeros = Buffer.alloc(LOG_BYTES - size);
      // so much as there was room for
      const written = writeSync(file, zeros, 0, zeros.length, size);
      if (written < zeros.length) throw new Error('no room');
      fdatasyncSync(file);
    } catch {
      ftruncateSync(file, size);
    }
  } catch {
    // it only takes longer then; a disk that takes nothing is told of by the commits
  } finally {
    // SQLite holds its locks on the index and its shared memory, never on the log: closing this takes none away
    if (file !== undefined) closeSync(file);
  }
}
