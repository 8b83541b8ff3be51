import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  DISK_BYTES,
  makeImage,
  mountRecorded,
  type RecordedDisks,
} from '../../../tests/crash-states/mounts.ts';
import { whyNoDisks } from '../../../tests/crash-states/requirements.ts';
import { DISKS } from '../../../tests/crash-states/write-log.ts';
import { INVARIANTS, readTerminal } from '../../../tests/invariants/index.ts';
import { notRun } from '../../../tests/support/not-run.ts';
import { makeBench, submissionOf, until, type Bench } from './durable-bench.test-helper.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 180_000, hookTimeout: 90_000 });

const why = whyNoDisks();
if (why !== undefined) notRun('a slow disk', why);

/** So long takes each flush of the slow disk; it is called slow at half of that. */
const SLOW_MS = 2_000;

let work: string;
let disks: RecordedDisks;
let bench: Bench;

beforeEach(async () => {
  if (why !== undefined) return;
  work = mkdtempSync(join(tmpdir(), 'bianmin-slow-'));
  const images = { terminal: join(work, 'terminal.img'), platform: join(work, 'platform.img') };
  for (const disk of DISKS) makeImage(images[disk], DISK_BYTES[disk]);
  disks = await mountRecorded(work, images, join(work, 'log'));
  const folder = join(disks.folders.terminal, 'terminal');
  mkdirSync(folder, { mode: 0o700 });
  bench = await makeBench(folder);
});
afterEach(async () => {
  if (why !== undefined) return;
  writeFileSync(disks.mark, 'slow 0');
  await bench.close();
  await disks.close();
  rmSync(work, { recursive: true, force: true });
});

test.skipIf(why !== undefined)(
  'a disk that takes seconds for each flush: stored once and truly, told to a technician, nothing lost or doubled',
  async () => {
    const core = await bench.open({ slowDiskMs: SLOW_MS / 2, requestDeadlineMs: 30_000 });
    const slow = (): boolean => core.problems().some(({ code }) => code === 'diskSlow');
    core.start();
    await until('taking', () => core.outbox.taking() === 'yes');
    writeFileSync(disks.mark, `slow ${SLOW_MS}`);
    const id = core.outbox.newSubmissionId();
    const submit = (submissionId: string) => core.outbox.submit(submissionOf(submissionId));
    // touched twice, for it takes long; and somebody else's, as fast as the core can be asked
    const all = await Promise.all([submit(id), submit(id), submit(core.outbox.newSubmissionId())]);
    const [one, again, other] = all.map((each) => (each.ok ? each.value : undefined));
    if (!one || !other) throw new Error('not stored');
    expect(again).toEqual(one);
    expect(other.receiptNumber).not.toBe(one.receiptNumber);
    expect(slow()).toBe(true);
    writeFileSync(disks.mark, 'slow 0');
    const stored = [one.submissionId, other.submissionId];
    do {
      // a busy machine may be slow by itself
      const next = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), []));
      if (!next.ok) throw new Error(next.error);
      stored.push(next.value.submissionId);
    } while (slow());
    await until('all received', () => core.outbox.waiting() === 0);
    expect([...bench.platform.items.keys()].toSorted()).toEqual(stored.toSorted());
    await core.stop();
    const ground = { platform: undefined, witness: { printed: [], shown: [], people: [] } };
    const terminal = readTerminal(bench.folder);
    expect(INVARIANTS.I6({ ...ground, terminals: [terminal] })).toEqual([]);
    expect(INVARIANTS.I2({ ...ground, terminals: [terminal] })).toEqual([]);
  },
);
