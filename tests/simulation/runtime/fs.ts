import * as real from 'node:fs';
import { runOf } from '../machine.ts';
import { readFile, statsOf, type Stats } from './fs-promises.ts';

export * from 'node:fs';

/** What the code does at once, while it starts; on a simulated disk no turn is waited for. */

export function existsSync(path: string): boolean {
  const run = runOf(path);
  return run ? run.machine.files.exists(run.real(path)) : real.existsSync(path);
}

export function readFileSync(path: string, encoding?: BufferEncoding): Buffer | string {
  const run = typeof path === 'string' ? runOf(path) : undefined;
  if (!run)
    return encoding === undefined ? real.readFileSync(path) : real.readFileSync(path, encoding);
  const bytes = run.machine.files.read(run.real(path));
  return encoding === undefined ? Buffer.from(bytes) : bytes.toString(encoding);
}

export function mkdirSync(
  path: string,
  options: { readonly recursive?: boolean; readonly mode?: number } = {},
): void {
  const run = runOf(path);
  run?.machine.files.makeFolder(run.real(path), options.recursive ?? false, options.mode);
}

export function renameSync(from: string, to: string): void {
  const run = runOf(from);
  run?.machine.files.rename(run.real(from), run.real(to));
}

export function rmSync(path: string): void {
  const run = runOf(path);
  run?.machine.files.remove(run.real(path));
}

export function copyFileSync(from: string, to: string): void {
  const run = runOf(from);
  run?.machine.files.put(run.real(to), run.machine.files.read(run.real(from)));
}

export function statSync(path: string): Stats {
  const run = runOf(path);
  return run ? statsOf(run, run.real(path)) : real.statSync(path);
}

export function statfsSync(folder: string): { bavail: number; bsize: number } {
  const run = runOf(folder);
  if (!run) throw new Error(`${folder}: outside of the machines`);
  return { bavail: run.machine.files.full ? 0 : 2 ** 24, bsize: 4096 };
}

/** Bytes of a file as they come, on a simulated disk: in one piece. */
export async function* createReadStream(file: string): AsyncGenerator<Buffer> {
  const bytes = await readFile(file);
  yield typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
}
