import { spawn } from 'node:child_process';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { DriverClock } from '../device.ts';
import { sleep } from './system-clock.ts';

/** How a program ended: with its exit code, or by a signal. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A program that was started. What it says goes to the listeners it was started with. */
export interface RunningChild {
  /** Resolves when it has ended and everything it said was handed over. Never rejects. */
  readonly exited: Promise<ChildExit>;
  /** Writes to its standard input; what it no longer reads is lost without a word. */
  write(bytes: Uint8Array): void;
  /** Ends its standard input. */
  endInput(): void;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** What a program is started with besides its arguments. */
export interface ChildStart {
  /** Its whole environment but for PATH and HOME: nothing of ours is handed on unseen. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly onStdout?: (bytes: Uint8Array) => void;
  readonly onStderr?: (bytes: Uint8Array) => void;
}

/** Starts programs; injected, so that a test can stand at the far end. */
export interface ChildProcesses {
  /**
   * Starts a program of PATH, or one given by its whole path; never through a shell.
   * Faults: `device.missingLibrary` (no such program), `device.misconfigured` (it may not be run).
   */
  start(
    program: string,
    args: readonly string[],
    options: ChildStart,
  ): Promise<Result<RunningChild, Fault>>;
}

/** A grandchild may hold the pipes open after the program ended; it is not waited for longer, in ms. */
const LAST_WORDS_MS = 500;
/** What even SIGKILL does not end hangs in the kernel; it is not waited for longer, in ms. */
const UNKILLABLE_MS = 5_000;

/** Programs of this machine. */
export const systemChildProcesses: ChildProcesses = {
  start: (program, args, { environment, onStdout, onStderr }) =>
    new Promise((resolve) => {
      const { PATH, HOME } = process.env;
      const child = spawn(program, args, {
        shell: false,
        stdio: ['pipe', 'pipe', 'pipe'],
        env: {
          ...(PATH === undefined ? {} : { PATH }),
          ...(HOME === undefined ? {} : { HOME }),
          ...environment,
        },
      });
      const ended = Promise.withResolvers<ChildExit>();
      child.stdout.on('data', (bytes: Uint8Array) => onStdout?.(bytes));
      child.stderr.on('data', (bytes: Uint8Array) => onStderr?.(bytes));
      // A program that ended does not read: EPIPE is not news.
      child.stdin.on('error', () => undefined);
      child.once('exit', (code, signal) => {
        const timer = setTimeout(() => {
          child.stdout.destroy();
          child.stderr.destroy();
          ended.resolve({ code, signal });
        }, LAST_WORDS_MS);
        child.once('close', () => {
          clearTimeout(timer);
          ended.resolve({ code, signal });
        });
      });
      child.once('error', (error: NodeJS.ErrnoException) => {
        const code = error.code === 'ENOENT' ? 'device.missingLibrary' : 'device.misconfigured';
        resolve(err(fault(code, { detail: `${program}: ${error.code ?? error.name}` })));
      });
      child.once('spawn', () => {
        resolve(
          ok({
            exited: ended.promise,
            write: (bytes) => void child.stdin.write(bytes),
            endInput: () => void child.stdin.end(),
            kill: (signal) => void child.kill(signal),
          }),
        );
      });
    }),
};

/** Asks a program to end, and makes it when it does not within `graceMs`. Resolves when it is gone. */
export async function stopChild(
  child: RunningChild,
  clock: DriverClock,
  graceMs: number,
): Promise<void> {
  child.kill('SIGTERM');
  if (await endsWithin(child, clock, graceMs)) return;
  child.kill('SIGKILL');
  await endsWithin(child, clock, UNKILLABLE_MS);
}

/** Whether a program ends by itself within `ms`. */
export async function endsWithin(
  child: RunningChild,
  clock: DriverClock,
  ms: number,
): Promise<boolean> {
  const enough = new AbortController();
  const inTime = await Promise.race([
    child.exited.then(() => true),
    sleep(clock, ms, enough.signal).then(() => false),
  ]);
  enough.abort();
  return inTime;
}

/** What a program said that ran to its end. */
export interface FinishedChild extends ChildExit {
  readonly stdout: string;
  readonly stderr: string;
}

/** How long a program may run and how much it may say. */
export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock: DriverClock;
  readonly limitMs: number;
  /** Of each stream, in bytes. Default 1 MiB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program that answers in text. An exit code that is not 0 is an answer too.
 * Faults: those of `start`, `device.timeout`, `device.cancelled`, `device.protocol` (it said too much).
 * The program has ended whenever this resolves.
 */
export async function runToEnd(
  processes: ChildProcesses,
  program: string,
  args: readonly string[],
  { environment, clock, limitMs, maxBytes = 1024 * 1024, signal }: RunOptions,
): Promise<Result<FinishedChild, Fault>> {
  const stopped = Promise.withResolvers<Fault>();
  const collect = (): { add(bytes: Uint8Array): void; text(): string } => {
    const pieces: Uint8Array[] = [];
    let size = 0;
    return {
      add: (bytes) => {
        size += bytes.byteLength;
        if (size <= maxBytes) pieces.push(bytes);
        else stopped.resolve(fault('device.protocol', { detail: `${program} says too much` }));
      },
      text: () => Buffer.concat(pieces).toString('utf8'),
    };
  };
  const stdout = collect();
  const stderr = collect();
  const started = await processes.start(program, args, {
    ...(environment === undefined ? {} : { environment }),
    onStdout: (bytes) => stdout.add(bytes),
    onStderr: (bytes) => stderr.add(bytes),
  });
  if (!started.ok) return started;
  const child = started.value;
  child.endInput();
  const cancel = (): void => stopped.resolve(fault('device.cancelled'));
  signal?.addEventListener('abort', cancel, { once: true });
  if (signal?.aborted === true) cancel();
  const noTimeout = clock.after(limitMs, () => {
    stopped.resolve(fault('device.timeout', { detail: program }));
  });
  const ending = await Promise.race([child.exited, stopped.promise]);
  noTimeout();
  signal?.removeEventListener('abort', cancel);
  if ('cause' in ending) {
    await stopChild(child, clock, 1_000);
    return err(ending);
  }
  return ok({ ...ending, stdout: stdout.text(), stderr: stderr.text() });
}
