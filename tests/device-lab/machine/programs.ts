import { spawn, spawnSync } from 'node:child_process';

/** System programs also lie where a plain user's PATH does not look. */
const PATH = [process.env['PATH'] ?? '', '/usr/sbin', '/sbin'].join(':');

/** Where a program lies; undefined when it is not installed. */
export function programPath(name: string): string | undefined {
  const found = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name], {
    encoding: 'utf8',
    env: { ...process.env, PATH },
  });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

/** How a program is run. */
export interface ProgramOptions {
  readonly cwd?: string;
  readonly input?: string;
}

/** Runs a program to its end and gives what it said; throws with its complaint when it fails. */
export async function runProgram(
  name: string,
  args: readonly string[],
  { cwd, input = '' }: ProgramOptions = {},
): Promise<string> {
  const child = spawn(name, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...process.env, PATH, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  let complaint = '';
  child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString()));
  // A program that ends early takes no more input: its exit code says why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return said;
  throw new Error(`${name} ${args[0] ?? ''} ended with ${String(code)}: ${complaint.trim()}`);
}
