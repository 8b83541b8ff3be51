import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { CrashPoint } from '../crash-point.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import {
  type HashedFiles,
  fsyncFolder,
  isMissing,
  sha256OfFile,
  sizeOf,
  syncOrRemove,
} from './files.ts';
import { createProvenFiles } from './proven-files.ts';
import { createQueues } from './queues.ts';

/** Where an upload stands. */
export interface UploadState {
  readonly offset: number;
  readonly length: number;
  readonly complete: boolean;
}

/** Why bytes were not taken. `lengthDiffers`: more bytes than, or another length than was said first. */
export type UploadFault = 'offsetMismatch' | 'hashMismatch' | 'lengthDiffers';

/** Attachments on their way in. Each terminal has its own: none can spoil another's. */
export interface Uploads {
  /** Reads what is called complete: what has other bytes by now than came is set aside, and nothing of it is here. */
  state(terminalId: string, sha256: string): Promise<UploadState | undefined>;
  /**
   * Appends bytes at `offset`, fsyncs, and when the length is reached checks the hash and hands the file
   * over. What came before a broken connection is kept. Calls for one hash run one after another.
   */
  append(request: {
    readonly terminalId: string;
    readonly sha256: string;
    readonly offset: number;
    readonly length: number;
    readonly bytes: AsyncIterable<Uint8Array>;
  }): Promise<Result<UploadState, UploadFault>>;
}

/** Writes a whole chunk: where the disk is nearly full one write takes less than it was given. */
async function writeAll(handle: FileHandle, chunk: Uint8Array, at: number): Promise<number> {
  let done = 0;
  while (done < chunk.length) {
    done += (await handle.write(chunk, done, chunk.length - done, at + done)).bytesWritten;
  }
  return done;
}

/** An upload that nobody has gone on with for so long is given up: who comes back after all begins it anew. */
const ABANDONED_MS = 30 * 24 * 3_600_000;

/**
 * Takes away what nobody will go on with: parts of terminals that were replaced, and of what has come whole by
 * another way (on a stick). What cannot be looked at or taken away stays, is logged, and holds nothing up: a
 * platform must start whatever lies there.
 */
async function dropAbandoned(folder: string, finished: HashedFiles, log: Logger): Promise<void> {
  const orLog = async (home: string, tidy: () => Promise<void>): Promise<void> => {
    try {
      await tidy();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException | null)?.code;
      log.warn({ home, code }, 'something among the unfinished uploads cannot be tidied up');
    }
  };
  for (const terminalId of await readdir(folder)) {
    const home = join(folder, terminalId);
    await orLog(terminalId, async () => {
      if (!(await stat(home)).isDirectory()) return;
      for (const name of await readdir(home)) {
        await orLog(terminalId, async () => {
          const file = join(home, name);
          const { mtimeMs } = await stat(file);
          const whole = (await finished.size(name.slice(0, 64))) !== undefined;
          if (whole || mtimeMs < Date.now() - ABANDONED_MS) await rm(file, { force: true });
        });
      }
    });
  }
}

/**
 * Opens the folder of unfinished uploads, without those that were given up. A file is called `<sha256>.<length>` in the folder of its
 * terminal; how many bytes it has is the offset, so that nothing else must be kept in step with it.
 */
export async function openUploads(
  folder: string,
  finished: HashedFiles,
  crash: CrashPoint,
  log: Logger,
  now: () => number = () => performance.now(),
): Promise<Uploads> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await dropAbandoned(folder, finished, log);
  const oneByOne = createQueues();
  const proven = createProvenFiles(finished, now);

  const find = async (terminalId: string, sha256: string) => {
    const home = join(folder, terminalId);
    const names = await readdir(home).catch((error: unknown) => {
      // one that cannot be looked into does not say that nothing has come
      if (isMissing(error)) return [];
      throw error;
    });
    const name = names.find((entry) => entry.startsWith(`${sha256}.`));
    if (name === undefined) return undefined;
    const file = join(home, name);
    return { file, length: Number(name.slice(65)), offset: (await sizeOf(file)) ?? 0 };
  };

  /** Checks a file that has all its bytes and hands it over; false when they are the wrong ones. */
  const finish = async (file: string, sha256: string): Promise<boolean> => {
    if ((await sha256OfFile(file)) !== sha256) {
      await rm(file, { force: true });
      return false;
    }
    await finished.adopt(sha256, file);
    return true;
  };

  /** To be called in the queue of the hash, or where all bytes cannot be there yet. */
  const look = async (terminalId: string, sha256: string): Promise<UploadState | undefined> => {
    const size = await finished.size(sha256);
    if (size !== undefined) return { offset: size, length: size, complete: true };
    const found = await find(terminalId, sha256);
    return found && { offset: found.offset, length: found.length, complete: false };
  };

  /** The same, after what a crash left behind with all its bytes was checked and handed over. */
  const settled = async (terminalId: string, sha256: string): Promise<UploadState | undefined> => {
    const seen = await look(terminalId, sha256);
    if (!seen || seen.complete || seen.offset < seen.length) return seen;
    const found = await find(terminalId, sha256);
    if (!found) return undefined;
    await syncOrForget(found.file);
    await finish(found.file, sha256);
    return look(terminalId, sha256);
  };

  const state = async (terminalId: string, sha256: string): Promise<UploadState | undefined> => {
    // one that changed on the disk since it came lacks: whoever asks still has it. One that cannot be read now may be
    // whole
    await proven(sha256);
    const seen = await look(terminalId, sha256);
    if (!seen || seen.complete || seen.offset < seen.length) return seen;
    return oneByOne(sha256, () => settled(terminalId, sha256));
  };

  const syncOrForget = async (file: string): Promise<void> => {
    const handle = await open(file, 'r+');
    try {
      await syncOrRemove(handle, file);
    } finally {
      await handle.close();
    }
  };

  const write = async (
    file: string,
    offset: number,
    length: number,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<{ readonly offset: number; readonly tooMuch: boolean }> => {
    const handle = await open(file, offset === 0 ? 'w' : 'r+', 0o600);
    const keep = async (): Promise<void> => {
      crash('attachment-before-fsync');
      await syncOrRemove(handle, file);
    };
    let at = offset;
    let tooMuch = false;
    try {
      try {
        for await (const chunk of bytes) {
          if (at + chunk.length > length) {
            tooMuch = true;
            break;
          }
          at += await writeAll(handle, chunk, at);
          crash('attachment-mid-write');
        }
      } catch (error) {
        // the line broke: what came so far is kept, and the next HEAD tells how much
        await keep();
        throw error;
      }
      if (!tooMuch) await keep();
    } finally {
      await handle.close();
    }
    return { offset: at, tooMuch };
  };

  return {
    state,
    append: ({ terminalId, sha256, offset, length, bytes }) =>
      oneByOne(sha256, async () => {
        const done = await settled(terminalId, sha256);
        if (done?.complete === true) {
          return done.length === length && offset === length ? ok(done) : err('offsetMismatch');
        }
        if (done && done.length !== length) return err('lengthDiffers');
        if ((done?.offset ?? 0) !== offset) return err('offsetMismatch');
        const home = join(folder, terminalId);
        await mkdir(home, { recursive: true, mode: 0o700 });
        const file = join(home, `${sha256}.${length}`);
        const written = await write(file, offset, length, bytes);
        await fsyncFolder(home);
        if (written.tooMuch) {
          await rm(file, { force: true });
          return err('lengthDiffers');
        }
        if (written.offset === length) {
          if (!(await finish(file, sha256))) return err('hashMismatch');
        }
        crash('attachment-after-fsync-before-answer');
        return ok({ offset: written.offset, length, complete: written.offset === length });
      }),
  };
}
