import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  DISK_BYTES,
  makeImage,
  mountImage,
  run,
  unmount,
} from '../../../tests/crash-states/mounts.ts';
import { whyNoDisks } from '../../../tests/crash-states/requirements.ts';
import { notRun } from '../../../tests/support/not-run.ts';
import type { DurableCore } from '../durable.ts';
import { makeBench, submissionOf, until, type Bench } from './durable-bench.test-helper.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 180_000, hookTimeout: 90_000 });

const why = whyNoDisks();
if (why !== undefined) notRun('faults of a real disk', why);

let work: string;
let disk: string;
let image: string;
let bench: Bench | undefined;
let core: DurableCore;

beforeEach(async () => {
  if (why !== undefined) return;
  work = mkdtempSync(join(tmpdir(), 'bianmin-disk-'));
  disk = join(work, 'disk');
  image = join(work, 'image');
  makeImage(image, DISK_BYTES.terminal);
  mountImage(image, disk);
  mkdirSync(join(disk, 'terminal'), { mode: 0o700 });
  bench = await makeBench(join(disk, 'terminal'));
  core = await bench.open();
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
});
afterEach(async () => {
  if (why !== undefined) return;
  await bench?.close().catch(() => undefined);
  bench = undefined;
  unmount(disk, true);
  rmSync(work, { recursive: true, force: true });
});

const submit = async (size = 3_000): Promise<string> => {
  const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), [size]));
  return stored.ok ? stored.value.submissionId : stored.error;
};

/** Writes a file that leaves about so many bytes; 0: until the disk takes no more. */
function fill(left: number): string {
  const filler = join(disk, `filler-${left}`);
  const { bavail, bsize } = statfsSync(disk);
  const file = openSync(filler, 'w');
  try {
    if (left > 0) writeSync(file, new Uint8Array(bavail * bsize - left));
    else for (;;) writeSync(file, new Uint8Array(bsize));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
  return filler;
}

test.skipIf(why !== undefined)(
  'a disk that fills up: refused with a word while there is room to send, nothing lost, and all goes on',
  async () => {
    core = await bench!.open({ minFreeBytes: 1024 * 1024 });
    const printed = [await submit(), await submit()];
    const reserve = fill(512 * 1024);
    expect(await submit()).toBe('diskFull');
    expect(core.outbox.taking()).toBe('diskFull');
    expect(core.problems().map(({ code }) => code)).toContain('diskFull');
    // what waits is sent from the reserve
    core.start();
    await until('all received', () => core.outbox.waiting() === 0);
    // and to the last byte: whatever is refused leaves nothing behind
    core = await bench!.open({ minFreeBytes: 0 });
    const last = fill(0);
    const blobs = join(disk, 'terminal', 'outbox', 'blobs');
    const before = readdirSync(blobs);
    expect(await submit()).toBe('diskFull');
    expect(readdirSync(blobs)).toEqual(before);
    for (const filler of [reserve, last]) rmSync(filler);
    core = await bench!.open();
    core.start();
    printed.push(await submit());
    await until('all received', () => core.outbox.waiting() === 0);
    expect([...bench!.platform.items.keys()].toSorted()).toEqual(printed.toSorted());
  },
);

test.skipIf(why !== undefined)(
  'a disk that the kernel turns read-only: refused, and what was printed is there after the repair',
  async () => {
    core = await bench!.open();
    const printed = [await submit(), await submit()];
    // what ext4 does by itself when the disk gives errors
    run('mount', ['-o', 'remount,abort', disk]);
    expect(await submit()).toBe('diskFails');
    expect(core.outbox.taking()).toBe('diskFails');
    expect(core.problems().map(({ code }) => code)).toContain('diskFails');
    expect(core.outbox.waiting()).toBe(2);
    // what a technician does before replacing it: everything goes, though nothing can be written down
    const stick = join(work, 'stick');
    mkdirSync(stick);
    const copied = await core.exportWaiting(stick);
    expect(copied).toMatchObject({ ok: true, value: { items: 2, damaged: [], signed: false } });
    const [folder = ''] = readdirSync(stick);
    expect(readdirSync(join(stick, folder)).toSorted()).toEqual([
      'audit.jsonl',
      'files',
      'manifest.json',
    ]);
    // an envelope and an attachment each
    expect(readdirSync(join(stick, folder, 'files'))).toHaveLength(4);
    await core.stop();
    // so copy while it runs
    await expect(bench!.open()).rejects.toThrow();
    unmount(disk, true);
    mountImage(image, disk);
    core = await bench!.open();
    core.start();
    await until('all received', () => core.outbox.waiting() === 0);
    expect([...bench!.platform.items.keys()].toSorted()).toEqual(printed.toSorted());
  },
);
