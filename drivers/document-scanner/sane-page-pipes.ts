import { constants, open } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { runToEnd, type ChildProcesses } from '../transport/child-process.ts';
import type { DriverClock } from '../device.ts';

/** A page on its way. */
export interface IncomingPage {
  /** Everything, once the writer is done; undefined when it is more than may be. */
  readonly bytes: Promise<Uint8Array | undefined>;
  /** Resolves at once when it is more than may be. */
  readonly tooBig: Promise<void>;
  /** Takes no more and forgets what came. */
  drop(): void;
}

/**
 * One named pipe for each page of a batch. scanimage writes a batch to files only, `NAME.part` first; a
 * pipe of that name takes the bytes through memory, and nothing of a page ever lies on a disk.
 */
export interface PagePipes {
  /** For `--batch=`. */
  readonly format: string;
  /** Begins to read page `page`, from 1, before anybody writes. */
  open(page: number, maxBytes: number): Promise<IncomingPage>;
  remove(): Promise<void>;
}

/** Makes pipes for `pages` pages. Faults: `device.missingLibrary` (no mkfifo), `device.misconfigured`. */
export async function makePagePipes(
  processes: ChildProcesses,
  clock: DriverClock,
  pages: number,
  signal: AbortSignal,
): Promise<Result<PagePipes, Fault>> {
  const folder = await mkdtemp(join(tmpdir(), 'bianmin-scan-')).catch(() => undefined);
  if (folder === undefined) return err(fault('device.misconfigured', { detail: 'mkdtemp' }));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = (page: number): string => join(folder, `${page}.jpg.part`);
  const names = Array.from({ length: pages }, (_, i) => path(i + 1));
  const made = await runToEnd(processes, 'mkfifo', ['-m', '600', '--', ...names], {
    clock,
    limitMs: 10_000,
    signal,
  });
  if (!made.ok || made.value.code !== 0) {
    await remove();
    return made.ok ? err(fault('device.misconfigured', { detail: 'mkfifo' })) : made;
  }
  return ok({
    format: join(folder, '%d.jpg'),
    open: (page, maxBytes) => openPage(path(page), maxBytes),
    remove,
  });
}

async function openPage(path: string, maxBytes: number): Promise<IncomingPage> {
  // Without O_NONBLOCK opening would wait for the writer, in a thread that others need.
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const pipe = new Socket({ fd, readable: true, writable: false });
  const all = Promise.withResolvers<Uint8Array | undefined>();
  const tooBig = Promise.withResolvers<undefined>();
  const pieces: Uint8Array[] = [];
  let size = 0;
  const forget = (): void => {
    for (const piece of pieces.splice(0)) piece.fill(0);
    pipe.destroy();
    all.resolve(undefined);
  };
  pipe.on('data', (piece: Uint8Array) => {
    size += piece.byteLength;
    pieces.push(piece);
    if (size <= maxBytes) return;
    forget();
    tooBig.resolve(undefined);
  });
  pipe.once('end', () => {
    const bytes = new Uint8Array(Buffer.concat(pieces));
    for (const piece of pieces.splice(0)) piece.fill(0);
    all.resolve(bytes);
  });
  pipe.once('error', forget);
  return { bytes: all.promise, tooBig: tooBig.promise, drop: forget };
}
