import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readTerminal } from '../../../tests/invariants/index.ts';
import { chanceOf } from '../../../tests/page-images/chance.ts';
import { createSystemPorts } from '../adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../durable.ts';
import type { StoredItem } from './contract.ts';
import { makeBench, QUICK, submissionOf, until, type Bench } from './durable-bench.test-helper.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 180_000, hookTimeout: 90_000 });

const ROUNDS = 4;
const WAITING = 6;
let root: string;
let bench: Bench;
const printed: StoredItem[] = [];
// with its modes: a key that others can read is refused
const copy = (from: string, to: string): void => void execFileSync('cp', ['-a', from, to]);

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'bianmin-flipped-'));
  bench = await makeBench(join(root, 'whole'));
  let core = await bench.open();
  core.start();
  await until('taking', () => core.outbox.taking() === 'yes');
  await core.stop();
  core = await bench.open();
  for (let n = 0; n < WAITING; n++) {
    const stored = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    if (!stored.ok) throw new Error(stored.error);
    printed.push(stored.value);
  }
  // what is not filed yet has no second place
  await bench.filed();
  copy(join(root, 'whole'), join(root, 'killed'));
  await core.stop();
  copy(join(root, 'whole'), join(root, 'stopped'));
});
afterAll(async () => {
  await bench.close();
  rmSync(root, { recursive: true, force: true });
});

const hasRow = (core: DurableCore, item: StoredItem): boolean => {
  const found = core.outbox.stored(item.submissionId)?.item;
  return (
    found?.envelopeSha256 === item.envelopeSha256 && found.receiptNumber === item.receiptNumber
  );
};

interface Seen {
  readonly rows: number;
  readonly kept: number;
  readonly told: readonly string[];
  /** Number of the receipt that the next person gets. */
  readonly next: string;
}

/** Opens a disk on which bits of a file are flipped, and hands in one more. */
async function openFlipped(from: string, name: string, seed: number, at?: number): Promise<Seen> {
  const folder = join(root, 'flipped');
  rmSync(folder, { recursive: true, force: true });
  copy(join(root, from), folder);
  const chance = chanceOf(seed);
  const file = join(folder, 'outbox', name);
  const bytes = readFileSync(file);
  // behind the last commit the log is zeros, which say nothing
  const end = name.endsWith('-wal') ? bytes.findLastIndex((byte) => byte !== 0) : bytes.length;
  for (let bits = at === undefined ? 1 + Math.floor(chance.next() * 4) : 1; bits > 0; bits--) {
    const place = at ?? Math.floor(chance.next() * end);
    bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << Math.floor(chance.next() * 8)), place);
  }
  writeFileSync(file, bytes);
  const ports = await createSystemPorts({
    dataFolder: folder,
    platformUrl: bench.platform.url,
    environment: 'demo',
  });
  const core = await createDurableCore(ports, QUICK);
  try {
    const next = await core.outbox.submit(submissionOf(core.outbox.newSubmissionId()));
    if (!next.ok) throw new Error(next.error);
    return {
      rows: printed.filter((item) => hasRow(core, item)).length,
      kept: printed.filter((item) => readTerminal(folder).keeps(item.envelopeSha256)).length,
      told: core.problems().map(({ code }) => code),
      next: next.value.receiptNumber,
    };
  } finally {
    await core.stop();
    await ports.close();
  }
}

const files = [
  ['killed', 'index.db'],
  ['stopped', 'index.db'],
  ['killed', 'index.db-wal'],
] as const;

test.each(files)(
  'flipped bits of a %s terminal’s %s: it opens, serves, says so, and keeps every envelope',
  async (from, name) => {
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const { rows, kept, told, next } = await openFlipped(from, name, seed);
      const where = `seed ${seed}`;
      expect(kept, where).toBe(WAITING);
      expect(
        printed.map((item) => item.receiptNumber),
        where,
      ).not.toContain(next);
      // what has no row is kept aside, and a technician is told
      if (rows < WAITING) expect(told, where).toContain('filesSetAside');
    }
  },
);

test('a bit of the log that took committed rows: all of them come back from the envelopes', async () => {
  const seen = await openFlipped('killed', 'index.db-wal', 1, 32 + 24 + 100);
  expect(seen).toMatchObject({ rows: WAITING, kept: WAITING });
  expect(seen.told).toContain('indexRebuilt');
  expect(seen.told).not.toContain('filesSetAside');
});

test('a bit in the name of a column: the index is made anew from the envelopes', async () => {
  const name = readFileSync(join(root, 'stopped', 'outbox', 'index.db')).indexOf('prev_hash TEXT');
  expect(name).toBeGreaterThan(0);
  const seen = await openFlipped('stopped', 'index.db', 1, name);
  expect(seen).toMatchObject({ rows: WAITING, kept: WAITING });
  expect(seen.told).toContain('indexRebuilt');
});
