import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { readTerminal } from '../../../tests/invariants/index.ts';
import { PARTIAL_PREFIX } from '../storage/durable-files.ts';
import { makeBench, submissionOf, until } from './durable-bench.test-helper.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

function mountSmall(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
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
