import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { readTerminal } from '../../../tests/invariants/index.ts';
import type { Ports } from '../ports.ts';
import { PARTIAL_PREFIX } from '../storage/durable-files.ts';
import { makeBench, submissionOf, until } from './durable-bench.test-helper.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const DAY = 86_400_000;

function mountSmall(folder: string, size = '4m'): boolean {
  try {
    const how = ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder];
    execFileSync('mount', how, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Writes until the disk takes not one byte more. */
function fillUp(file: string): void {
  const open = openSync(file, 'w');
  try {
    for (;;) writeSync(open, new Uint8Array(4096));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(open);
  }
}

test('a full disk is told, leaves nothing behind, and loses nothing', async ({ skip }) => {
  const outer = mkdtempSync(join(tmpdir(), 'bianmin-full-'));
  if (!mountSmall(outer)) {
    rmSync(outer, { recursive: true });
    console.log('NOT RUN: this user may not mount a small file system');
    skip();
  }
  const folder = join(outer, 'terminal');
  mkdirSync(folder);
  const bench = await makeBench(folder);
  try {
    let core = await bench.open();
    core.start();
    await until('taking', () => core.outbox.taking() === 'yes');
    await core.stop();
    // never started: nothing but submitting writes
    core = await bench.open();
    const filler = join(outer, 'filler');
    const stored: string[] = [];
    const outcomes = new Set<string>();
    for (let leftKiB = 0; leftKiB <= 160; leftKiB += 8) {
      rmSync(filler, { force: true });
      const { bavail, bsize } = statfsSync(outer);
      writeFileSync(filler, new Uint8Array(Math.max(0, bavail * bsize - leftKiB * 1024)));
      const id = core.outbox.newSubmissionId();
      const result = await core.outbox.submit(submissionOf(id, [40_000]));
      outcomes.add(result.ok ? 'ok' : result.error);
      if (result.ok) stored.push(id);
      // two files for each that was promised, none for any other; an envelope may find room in the index alone
      const disk = readTerminal(folder);
      const needed = disk.items.flatMap(({ envelope, attachments }) => [envelope, ...attachments]);
      expect(disk.items).toHaveLength(stored.length);
      expect(needed.every(({ sha256 }) => disk.holds(sha256))).toBe(true);
      const names = new Set(needed.map(({ sha256 }) => sha256));
      const whole = readdirSync(join(folder, 'outbox', 'blobs')).filter(
        (name) => !name.startsWith(PARTIAL_PREFIX),
      );
      expect(whole.filter((name) => !names.has(name))).toEqual([]);
    }
    expect([...outcomes].toSorted()).toEqual(['diskFull', 'ok']);
    rmSync(filler);
    const last = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    expect(last.ok).toBe(true);
    core = await bench.open();
    expect(core.outbox.list()).toHaveLength(stored.length + 1);
    core.start();
    await until('all received', () => core.outbox.waiting() === 0);
    expect([...bench.platform.items.keys()]).toEqual(expect.arrayContaining(stored));
    expect(bench.platform.items.size).toBe(stored.length + 1);
  } finally {
    await bench.close();
    execFileSync('umount', [outer]);
    rmSync(outer, { recursive: true, force: true });
  }
});

test('a disk full to the last byte: the platform hears of it, and what is archived makes room', async ({
  skip,
}) => {
  const outer = mkdtempSync(join(tmpdir(), 'bianmin-full-'));
  // with room for a log that is laid out
  if (!mountSmall(outer, '12m')) {
    rmSync(outer, { recursive: true });
    console.log('NOT RUN: this user may not mount a small file system');
    skip();
  }
  const folder = join(outer, 'terminal');
  mkdirSync(folder);
  const bench = await makeBench(folder);
  let off = 0;
  const later = (real: Ports): Ports => ({
    ...real,
    clock: { ...real.clock, wall: () => real.clock.wall() + off },
  });
  bench.platform.serverTime = () => Date.now() + off;
  try {
    let core = await bench.open({ keepArchivedDays: 0.5 }, later);
    core.start();
    await until('taking', () => core.outbox.taking() === 'yes');
    const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), [40_000]));
    if (!stored.ok) throw new Error(stored.error);
    const state = (): string | undefined => core.outbox.find(stored.value.receiptNumber)?.state;
    await until('received', () => state() === 'received');
    bench.platform.archivedThrough = 1;
    await until('archived', () => state() === 'archived');
    await core.stop();
    const blobs = join(folder, 'outbox', 'blobs');
    expect(readdirSync(blobs)).toHaveLength(2);

    const errors: string[] = [];
    const onError = (error: unknown): void => void errors.push(String(error));
    core = await bench.open({ keepArchivedDays: 0.5, onError }, later);
    fillUp(join(outer, 'filler'));
    const beats = (): number =>
      bench.platform.log.filter((line) => line === 'POST /v1/heartbeats').length;
    // its time has come, but its day is not over: its number must be kept, and there is no room for that
    off = 0.6 * DAY;
    const before = beats();
    core.start();
    await until('heard of', () => beats() > before + 1);
    expect(errors[0]).toContain('ENOSPC');
    expect(readdirSync(blobs)).toHaveLength(2);
    off = 3 * DAY;
    await until('room', () => readdirSync(blobs).length === 0);
    expect(existsSync(join(folder, 'outbox', 'used-numbers.json'))).toBe(false);
  } finally {
    await bench.close();
    execFileSync('umount', [outer]);
    rmSync(outer, { recursive: true, force: true });
  }
});
