import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The package's root folder. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** A running part: platform, simulators or terminal, each its own process. */
export interface Part<Ready> {
  readonly ready: Ready;
  readonly child: ChildProcess;
  /** Resolves when the process is gone; asks first, then insists. */
  stop(): Promise<void>;
  /** kill -9, as a power cut would. Resolves when it is gone. */
  kill(): Promise<void>;
}

/** How a part is started. */
export interface PartOptions {
  /** Path of the entry below the root. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** File for its log; without one it goes nowhere. */
  readonly logFile?: string;
  /** How long it may take to say that it is ready; default 60 s, for slow machines. */
  readonly deadlineMs?: number;
  /** kill -9 after so many milliseconds, when it is not ready by then; for tests. */
  readonly killAfterMs?: number | undefined;
}

/** A part went away before it was ready. */
export class PartFailed extends Error {
  override readonly name = 'PartFailed';
}

function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** Starts a part and waits for its one JSON line. Its log goes to a file. */
export async function startPart<Ready>(options: PartOptions): Promise<Part<Ready>> {
  const child = spawn(
    process.execPath,
    [join(ROOT, options.entry), ...options.args, '--die-with-parent'],
    {
      cwd: ROOT,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    },
  );
  let tail = '';
  const log =
    options.logFile === undefined ? undefined : createWriteStream(options.logFile, { flags: 'a' });
  child.stderr.on('data', (chunk: Buffer) => {
    log?.write(chunk);
    tail = (tail + chunk.toString()).slice(-4_000);
  });
  const lines = createInterface({ input: child.stdout });
  const ready = await new Promise<Ready>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new PartFailed(`${options.entry} was not ready in time\n${tail}`));
    }, options.deadlineMs ?? 60_000);
    const { killAfterMs } = options;
    const early =
      killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    lines.on('line', (line) => {
      try {
        const value = JSON.parse(line) as { ready?: unknown } | null;
        if (value?.ready !== true) return;
        clearTimeout(timer);
        clearTimeout(early);
        resolve(value as Ready);
      } catch {
        log?.write(`${line}\n`);
      }
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      clearTimeout(early);
      reject(new PartFailed(`${options.entry} ended with ${String(code ?? signal)}\n${tail}`));
    });
  });
  return {
    ready,
    child,
    async stop() {
      const force = setTimeout(() => child.kill('SIGKILL'), 8_000);
      child.kill('SIGTERM');
      await gone(child);
      clearTimeout(force);
      log?.end();
    },
    async kill() {
      child.kill('SIGKILL');
      await gone(child);
      log?.end();
    },
  };
}
