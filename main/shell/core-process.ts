import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The JSON line that the terminal prints when it serves. */
export interface TerminalReady {
  readonly ready: true;
  readonly part: 'terminal';
  /** Entry address with the one-time token. */
  readonly page: string;
  /** Address of the page without a token. */
  readonly url: string;
}

/**
 * Why the core is not there. `exited`: it ran and ended, with `null` when a signal ended it. `notStarted`: no process
 * came to be, with the code that the system or Node gave (`EACCES`, `ERR_INVALID_ARG_VALUE`) and the path of the
 * program. Node's own words are not told: they repeat arguments and environment, and a key lies there.
 */
export type CoreGone =
  | { readonly kind: 'exited'; readonly code: number | null }
  | { readonly kind: 'notStarted'; readonly code: string; readonly program: string };

/** How a shell runs the core: which Node, which arguments. */
export interface CoreProcessOptions {
  /** The shipped Node 24 binary; never Electron's own. */
  readonly node: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Called at every (re)start when the page can be loaded. */
  readonly onReady: (ready: TerminalReady) => void;
  /**
   * Called when it went away or could not be started (at the first start perhaps before `runCore` returns) and is
   * started anew after `restartDelayMs`.
   */
  readonly onGone?: (gone: CoreGone) => void;
  /**
   * Called instead, once, when it could not be started before it ever served, for a reason that does not pass by
   * itself (a program that is not there or may not be run): nobody sees a window yet, and nothing is started again.
   */
  readonly onHopeless: (reason: Error) => void;
}

/** Reads the ready line of a part; `undefined` for any other line. */
export function parseReady(line: string): TerminalReady | undefined {
  try {
    const value = JSON.parse(line) as Partial<TerminalReady> | null;
    if (value?.ready === true && value.part === 'terminal' && typeof value.page === 'string') {
      return value as TerminalReady;
    }
  } catch {
    // Not JSON: something else printed a line.
  }
  return undefined;
}

/** How long to wait before start number `restarts`: 250 ms, doubling to 8 s. */
export function restartDelayMs(restarts: number): number {
  return Math.min(8_000, 250 * 2 ** Math.min(restarts, 10));
}

/** What the system says of a moment: too many processes or files, too little memory. */
const MAY_PASS: ReadonlySet<string> = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM']);

/** What `spawn` says, without its words. */
function notStarted(error: unknown, program: string): CoreGone & { readonly kind: 'notStarted' } {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? 'unknown';
  return { kind: 'notStarted', code, program };
}

/** Starts the core once; throws what `spawn` throws. */
function launch(
  options: CoreProcessOptions,
  onReady: (ready: TerminalReady) => void,
): ChildProcess {
  const child = spawn(options.node, [...options.args, '--die-with-parent'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...options.env },
  });
  // no type says so, but they are not there when too many files are open
  const stdout = child.stdout as typeof child.stdout | undefined;
  if (stdout) {
    createInterface({ input: stdout }).on('line', (line) => {
      const ready = parseReady(line);
      if (ready) onReady(ready);
    });
  }
  return child;
}

/** Keeps the core running: starts it, tells when it serves, starts it again when it goes. */
export function runCore(options: CoreProcessOptions): { readonly stop: () => Promise<void> } {
  let stopped = false;
  let served = false;
  let restarts = 0;
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;

  const start = (): void => {
    const startedAt = performance.now();
    let over = false;
    const gone = (why: CoreGone): void => {
      if (stopped || over) return;
      over = true;
      if (why.kind === 'notStarted' && !served && !MAY_PASS.has(why.code)) {
        stopped = true;
        options.onHopeless(
          new Error(`the core could not be started: ${why.code}, program ${why.program}`),
        );
        return;
      }
      options.onGone?.(why);
      // A core that served for a minute was well: the next restart is quick again.
      restarts = performance.now() - startedAt > 60_000 ? 0 : restarts + 1;
      timer = setTimeout(start, restartDelayMs(restarts));
    };
    try {
      const started = launch(options, (ready) => {
        served = true;
        options.onReady(ready);
      });
      child = started;
      started.once('exit', (code) => gone({ kind: 'exited', code }));
      // no exit follows where no process came to be; one that runs has its own end
      started.on('error', (error) => {
        if (started.pid === undefined) gone(notStarted(error, options.node));
      });
    } catch (error) {
      // too little memory is thrown, not told as an event
      child = undefined;
      gone(notStarted(error, options.node));
    }
  };
  start();

  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      const running = child;
      if (running?.pid === undefined) return;
      if (running.exitCode !== null || running.signalCode !== null) return;
      await new Promise<void>((resolve) => {
        const force = setTimeout(() => running.kill('SIGKILL'), 5_000);
        running.once('exit', () => {
          clearTimeout(force);
          resolve();
        });
        running.kill('SIGTERM');
      });
    },
  };
}
