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

/**
 * For `prlimit`, before a program that is given a person's data. `--fsize=0`: the kernel itself keeps it and
 * everything in it from writing one byte to a file; pipes are free. `--core=1`: nor may a crash leave its memory
 * behind (0 would not stop a crash handler, 1 does).
 */
export const CONFINED: readonly string[] = ['--fsize=0', '--core=1'];

/** What a program said that ran to its end. */
export interface FinishedChild extends ChildExit {
  readonly stdout: string;
  readonly stderr: string;
}

/** The same, as bytes. */
export interface FinishedBytes extends ChildExit {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
}

/** How long a program may run and how much it may say. */
export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly clock: DriverClock;
  readonly limitMs: number;
  /** Of each stream, in bytes. Default 1 MiB. */
  readonly maxBytes?: number;
  /** What it reads on its standard input; without it the input is at its end at once. */
  readonly input?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

/** What came on a stream. The pieces are overwritten once they were put together, or are of no use. */
class Collected {
  readonly #pieces: Uint8Array[] = [];
  readonly #most: number;
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @returns false when it is too much */
  add(bytes: Uint8Array): boolean {
    this.#size += bytes.byteLength;
    if (this.#size > this.#most) return false;
    this.#pieces.push(bytes);
    return true;
  }

  whole(): Uint8Array {
    const whole = Uint8Array.from(Buffer.concat(this.#pieces));
    this.forget();
    return whole;
  }

  forget(): void {
    for (const piece of this.#pieces.splice(0)) piece.fill(0);
  }
}

/**
 * Runs a program to its end. An exit code that is not 0 is an answer too.
 * Faults: those of `start`, `device.timeout`, `device.cancelled`, `device.protocol` (it said too much).
 * The program has ended whenever this resolves.
 */
export async function runWhole(
  processes: ChildProcesses,
  program: string,
  args: readonly string[],
  { environment, clock, limitMs, maxBytes = 1024 * 1024, input, signal }: RunOptions,
): Promise<Result<FinishedBytes, Fault>> {
  const stopped = Promise.withResolvers<Fault>();
  const stdout = new Collected(maxBytes);
  const stderr = new Collected(maxBytes);
  const add = (to: Collected, bytes: Uint8Array): void => {
    if (to.add(bytes)) return;
    stopped.resolve(fault('device.protocol', { detail: `${program} says too much` }));
  };
  const started = await processes.start(program, args, {
    ...(environment === undefined ? {} : { environment }),
    onStdout: (bytes) => add(stdout, bytes),
    onStderr: (bytes) => add(stderr, bytes),
  });
  if (!started.ok) return started;
  const child = started.value;
  if (input !== undefined) child.write(input);
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
    stdout.forget();
    stderr.forget();
    return err(ending);
  }
  return ok({ ...ending, stdout: stdout.whole(), stderr: stderr.whole() });
}

/** Runs a program that answers in text, as `runWhole` does. */
export async function runToEnd(
  processes: ChildProcesses,
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Result<FinishedChild, Fault>> {
  const ran = await runWhole(processes, program, args, options);
  if (!ran.ok) return ran;
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
  const { stdout, stderr, ...exit } = ran.value;
  return ok({ ...exit, stdout: text(stdout), stderr: text(stderr) });
}
