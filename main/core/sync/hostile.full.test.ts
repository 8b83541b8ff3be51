import { existsSync, mkdirSync, renameSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DurableCore } from '../durable.ts';
import type { StoredItem } from '../outbox/contract.ts';
import type { Ports } from '../ports.ts';
import { makeBench, submissionOf, until, type Bench } from '../outbox/durable-bench.test-helper.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

async function started(...how: Parameters<Bench['open']>): Promise<DurableCore> {
  const core = await bench.open(...how);
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  return core;
}

async function submit(core: DurableCore, sizes?: readonly number[]): Promise<StoredItem> {
  const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), sizes));
  if (!stored.ok) throw new Error(stored.error);
  await bench.filed();
  return stored.value;
}

const stateOf = (core: DurableCore, item: StoredItem): string | undefined =>
  core.outbox.find(item.receiptNumber)?.state;
const blob = (name: string): string => join(bench.folder, 'outbox', 'blobs', name);

test('on a line paid by the byte a form goes at once, and scans once they have waited long enough', async () => {
  const hour = Math.floor(((Date.now() / 3_600_000 + 8) % 24) + 24) % 24;
  let ahead = 0;
  const core = await started(
    {
      // hours that are not now, nor soon
      meteredScans: {
        formsUpToBytes: 5_000,
        fromHour: (hour + 12) % 24,
        untilHour: (hour + 13) % 24,
        atMostWaitMs: 3_600_000,
      },
    },
    (real) => ({ ...real, clock: { ...real.clock, wall: () => real.clock.wall() + ahead } }),
  );
  const scans = await submit(core, [400_000]);
  const form = await submit(core, []);
  await until('form received', () => stateOf(core, form) === 'received');
  expect(stateOf(core, scans)).toBe('queued');
  ahead = 3_600_000;
  // whatever is stored next wakes the sender
  const later = await submit(core, []);
  await until('later received', () => stateOf(core, later) === 'received');
  await until('scans received', () => stateOf(core, scans) === 'received');
});

describe('a bad disk', () => {
  test('a file that cannot be read keeps no other item from going', async () => {
    let core = await started();
    bench.platform.behave = ({ method }) => (method === 'PUT' ? 'loseAnswer' : undefined);
    const bad = await submit(core);
    const good = await submit(core);
    await until('tried', () => stateOf(core, good) === 'retry');
    await core.stop();
    // reading a folder fails as reading a bad sector does: with an error that is not ENOENT
    renameSync(blob(bad.envelopeSha256), join(bench.folder, 'envelope'));
    mkdirSync(blob(bad.envelopeSha256));
    bench.platform.behave = () => undefined;
    const errors: unknown[] = [];
    core = await bench.open({ onError: (error) => errors.push(error) });
    core.start();
    await until('good received', () => stateOf(core, good) === 'received');
    await until('bad tried', () => errors.length > 0);
    expect(['sending', 'retry']).toContain(stateOf(core, bad));
    // and it goes when it can be read again
    await core.stop();
    rmdirSync(blob(bad.envelopeSha256));
    renameSync(join(bench.folder, 'envelope'), blob(bad.envelopeSha256));
    core = await bench.open();
    core.start();
    await until('bad received', () => stateOf(core, bad) === 'received');
  });
});

describe('a long time without a link', () => {
  test('does not fill the disk with attempts of every item', async () => {
    // the longest wait each time, so that nothing is left to luck
    const longest = (real: Ports): Ports => ({
      ...real,
      randomness: {
        ...real.randomness,
        bytes: (length) =>
          length === 4 ? new Uint8Array(4).fill(0xff) : real.randomness.bytes(length),
      },
    });
    const core = await started({}, longest);
    const waiting = [];
    bench.platform.behave = () => 'loseAnswer';
    for (let n = 0; n < 8; n++) waiting.push(await submit(core));
    const attempts = (): number =>
      core.audit.latest(100_000).filter(({ event }) => event === 'attemptBegun').length;
    await until('offline', () => core.link.state() === 'offline');
    const before = attempts();
    const asked = bench.platform.log.length;
    // a look of the keeper is one request: the items together ask about as often, not eight times as often
    await until('looks', () => bench.platform.log.length >= asked + 60);
    expect(attempts() - before).toBeLessThan(45);
    bench.platform.behave = () => undefined;
    for (const item of waiting) await until('received', () => stateOf(core, item) === 'received');
  });
});

describe('nothing unarchived is ever deleted: a platform that came back from its backup', () => {
  test('gets again what it has lost, though its watermark passes the number it once gave', async () => {
    const core = await started();
    const kept = await submit(core);
    await until('received', () => stateOf(core, kept) === 'received');
    const lost = await submit(core, [3000, 500]);
    await until('received', () => stateOf(core, lost) === 'received');
    // the disk of the platform died before the second item was archived
    bench.platform.items.delete(lost.submissionId);
    bench.platform.attachments.clear();
    bench.platform.acknowledged.delete(lost.submissionId);
    // others came since, and the watermark is past the old number
    bench.platform.archivedThrough = 2;
    await until('archived', () => stateOf(core, kept) === 'archived');
    await until('there again', () => bench.platform.items.has(lost.submissionId));
    expect(bench.platform.items.get(lost.submissionId)?.sha256).toBe(lost.envelopeSha256);
    expect(core.audit.latest(50).map(({ event }) => event)).toContain('itemForgotten');
    await until('received', () => ['received', 'archived'].includes(stateOf(core, lost) ?? ''));
  });

  test('is noticed by a watermark that goes back, before any number is given again', async () => {
    const core = await started();
    const first = await submit(core);
    await until('received', () => stateOf(core, first) === 'received');
    bench.platform.archivedThrough = 1;
    await until('archived', () => stateOf(core, first) === 'archived');
    const lost = await submit(core);
    await until('received', () => stateOf(core, lost) === 'received');
    bench.platform.items.delete(lost.submissionId);
    bench.platform.archivedThrough = 0;
    await until('there again', () => bench.platform.items.has(lost.submissionId));
    expect(existsSync(blob(lost.envelopeSha256))).toBe(true);
  });

  test('is noticed by cursors that it no longer knows, though its watermark never went back and nothing new comes', async () => {
    const core = await started();
    const kept = await submit(core);
    await until('received', () => stateOf(core, kept) === 'received');
    const lost = await submit(core);
    await until('received', () => stateOf(core, lost) === 'received');
    // last night's backup had the first item; no watermark was told before the disk died
    bench.platform.items.delete(lost.submissionId);
    bench.platform.lastCursor = 1;
    bench.platform.archivedThrough = 1;
    await until('there again', () => bench.platform.items.has(lost.submissionId));
    expect(bench.platform.items.get(lost.submissionId)?.sha256).toBe(lost.envelopeSha256);
    bench.platform.lastCursor = undefined;
    await until('archived', () => stateOf(core, kept) === 'archived');
  });
});
