import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DurableCore } from '../durable.ts';
import type { CrashPoint } from '../ports.ts';
import { makeBench, submissionOf, until, type Bench } from './durable-bench.test-helper.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const child = new URL('./second-core.test-helper.ts', import.meta.url).pathname;

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.close());

const secondCore = (): string =>
  execFileSync(process.execPath, [child, bench.folder, bench.platform.url]).toString().trim();
const blobs = (): readonly string[] => readdirSync(join(bench.folder, 'outbox', 'blobs'));

/** A core that takes in, with something done in the middle of its next submission. */
async function taking(): Promise<{
  core: DurableCore;
  at(moment: string, work: () => void): void;
}> {
  let armed: { readonly moment: string; readonly work: () => void } | undefined;
  const crashPoint: CrashPoint = (moment) => {
    if (moment !== armed?.moment) return;
    const { work } = armed;
    armed = undefined;
    work();
  };
  const core = await bench.open({}, (real) => ({ ...real, crashPoint }));
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  return { core, at: (moment, work) => void (armed = { moment, work }) };
}

const handIn = (core: DurableCore) =>
  core.outbox.submit(submissionOf(core.outbox.newSubmissionId(), [3000, 4000]));

test('a second core that starts while papers are stored gets nothing, and the receipt keeps them', async () => {
  const { core, at } = await taking();
  let second = '';
  at('folder-synced', () => (second = secondCore()));
  const stored = await handIn(core);
  expect(second).toContain('another terminal core');
  if (!stored.ok) throw new Error(stored.error);
  await until('received', () => core.outbox.find(stored.value.receiptNumber)?.state === 'received');
});

describe('where somebody deletes the lock and starts a second core, which sweeps', () => {
  test.each(['folder-synced', 'before-commit'])(
    'while papers are stored (%s), no receipt is printed for what is gone',
    async (moment) => {
      const { core, at } = await taking();
      const kept = await handIn(core);
      if (!kept.ok) throw new Error(kept.error);
      await bench.filed();
      let second = '';
      at(moment, () => {
        rmSync(join(bench.folder, 'lock'));
        second = secondCore();
      });
      const refused = await handIn(core);
      expect(second).toBe('opened');
      expect(refused).toEqual({ ok: false, error: 'diskFails' });
      // nobody is led through a form for nothing, and a technician is told what it is
      expect(core.outbox.taking()).toBe('diskFails');
      expect(core.problems().map(({ code }) => code)).toContain('lockLost');
      expect(core.problems().map(({ code }) => code)).not.toContain('diskFails');
      expect(core.outbox.list()).toHaveLength(1);
      // one start that is alone puts all in order
      const again = await bench.open();
      again.start();
      const { receiptNumber, submissionId } = kept.value;
      await until('received', () => again.outbox.find(receiptNumber)?.state === 'received');
      expect([...bench.platform.items.keys()]).toEqual([submissionId]);
      const named = blobs();
      expect(named).toHaveLength(3);
      expect(again.outbox.taking()).toBe('yes');
      expect((await handIn(again)).ok).toBe(true);
    },
  );

  test('what was committed a moment before it starts is not swept', async () => {
    const { core, at } = await taking();
    let second = '';
    at('after-commit', () => {
      rmSync(join(bench.folder, 'lock'));
      second = secondCore();
    });
    const stored = await handIn(core);
    if (!stored.ok) throw new Error(stored.error);
    expect(second).toBe('opened');
    const again = await bench.open();
    again.start();
    const { receiptNumber } = stored.value;
    await until('received', () => again.outbox.find(receiptNumber)?.state === 'received');
    expect(existsSync(join(bench.folder, 'outbox', 'set-aside'))).toBe(false);
  });
});

test('a lock that somebody deletes is told before anybody fills in a form, also with no other core', async () => {
  const { core } = await taking();
  rmSync(join(bench.folder, 'lock'));
  expect(core.outbox.taking()).toBe('diskFails');
  let told = false;
  core.onProblems(() => (told = true));
  await until('told', () => told);
  expect(core.problems()).toContainEqual({
    code: 'lockLost',
    detail: 'the file lock of the data folder was taken away',
  });
});
