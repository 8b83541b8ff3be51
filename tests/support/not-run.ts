import { spawnSync } from 'node:child_process';

/** Says loudly that something did not run; `npm test` repeats the line at its end. */
export function notRun(what: string, why: string): void {
  process.stdout.write(`NOT RUN: ${what}: ${why}\n`);
}

/** Whether a program is on PATH. */
export function hasProgram(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}
