import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { TerminalOrder, TerminalWord } from './words.ts';

/** One life of a terminal's process, from its start to its end. */
export interface TerminalLife {
  /** The next word it says; undefined when it is gone and has said everything. */
  next(): Promise<TerminalWord | undefined>;
  tell(order: TerminalOrder): void;
  /** kill -9; whatever it had said before is still heard. */
  kill(): void;
  /** Asks it to end in good order. */
  end(): void;
  /** Resolves when it is gone, with how. */
  readonly gone: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** What it complained of on stderr. */
  complaint(): string;
}

/** Starts a terminal's process on its data folder. */
export function startTerminal(
  program: string,
  dataFolder: string,
  platformUrl: string,
  env: Readonly<Record<string, string>>,
): TerminalLife {
  const child = spawn(process.execPath, [program, dataFolder, platformUrl], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let complaint = '';
  child.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString()));
  // An order to a process that was killed goes nowhere: its end says so.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const gone = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  return {
    async next() {
      const line = await lines.next();
      return line.done === true ? undefined : (JSON.parse(line.value) as TerminalWord);
    },
    tell: (order) => void child.stdin.write(`${JSON.stringify(order)}\n`),
    kill: () => void child.kill('SIGKILL'),
    end: () => void child.stdin.end(),
    gone,
    complaint: () => complaint,
  };
}
