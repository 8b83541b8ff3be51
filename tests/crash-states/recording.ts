import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SeededBug } from '../seeded-bugs/seeded-bug.ts';
import { bundle } from '../support/bundle.ts';
import { DISK_BYTES, makeImage, mountRecorded } from './mounts.ts';
import { DISKS, readLog, type Disk, type LogEntry } from './write-log.ts';

/** A run that was recorded: how the disks were before, and everything that happened to them since. */
export interface Recording {
  readonly seed: number;
  readonly before: Readonly<Record<Disk, Buffer>>;
  readonly log: readonly LogEntry[];
  readonly seconds: number;
}

/** Puts the recorded program into one file; gives its path. */
export async function bundleRecorded(
  outDir: string,
  bugs: readonly SeededBug[] = [],
): Promise<string> {
  await bundle({ 'record-program': 'tests/crash-states/record-program.ts' }, outDir, bugs);
  return join(outDir, 'record-program.js');
}

/**
 * Runs the program on fresh disks and records what it writes.
 * @param work a folder in memory, emptied before and after
 * @throws Error when the program does not come to its end
 */
export async function record(program: string, work: string, seed: number): Promise<Recording> {
  const started = performance.now();
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const images = { terminal: join(work, 'terminal.img'), platform: join(work, 'platform.img') };
  for (const disk of DISKS) makeImage(images[disk], DISK_BYTES[disk]);
  const log = join(work, 'log');
  const disks = await mountRecorded(work, images, log);
  let complaint = '';
  let code: number | null;
  try {
    const { terminal, platform } = disks.folders;
    const child = spawn(process.execPath, [program, terminal, platform, disks.mark, String(seed)], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    child.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString()));
    code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  } finally {
    await disks.close();
  }
  if (code !== 0) throw new Error(`the recorded program ended with ${String(code)}\n${complaint}`);
  const recording: Recording = {
    seed,
    before: { terminal: readFileSync(images.terminal), platform: readFileSync(images.platform) },
    log: readLog(log),
    seconds: (performance.now() - started) / 1000,
  };
  rmSync(work, { recursive: true, force: true });
  return recording;
}
