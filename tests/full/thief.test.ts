import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeDisk, type StolenDisk } from '../thief/disk.ts';
import { lootOf, MEASURED, mostByGuessing, type Loot } from '../thief/measure.ts';
import { LEAKS, type Leak } from '../thief/planted-leaks.ts';
import { residentsOf } from '../thief/residents.ts';
import { learnLengths, type LengthModel } from '../thief/scorings/length-model.ts';

// mostly reckoning: a machine with much else to do needs many times as long
vi.setConfig({ testTimeout: 900_000 });

// `npm run test:thief` plays 200 of 10,000; this is a small town
const SEED = 'small town';
const VISITORS = 80;
const RESIDENTS = residentsOf(SEED, 4_000);
/** One in a thousand for all that is measured on the disk. */
const BOUND = mostByGuessing(0.001 / MEASURED, RESIDENTS.length, VISITORS, VISITORS);

let folder: string;
let lengths: LengthModel;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bianmin-thief-'));
  lengths = await learnLengths(SEED, RESIDENTS, 80);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const loot = (disk: StolenDisk): Loot =>
  lootOf(disk, RESIDENTS, lengths, { thorough: false, seed: SEED });

const steal = (story: 'day' | 'days', leaks: ReadonlySet<Leak> = new Set()): Promise<StolenDisk> =>
  makeDisk({
    folder: join(folder, `${story}-${String(leaks.size)}`),
    seed: SEED,
    residents: RESIDENTS,
    visitors: VISITORS,
    story,
    leaks,
  });

describe('the terminal keeps nothing of you: whoever steals the disk and has the list of all residents', () => {
  it('finds no more of those who were there than by guessing, also with the terminal’s own key', async () => {
    const disk = await steal('days');
    expect(disk.told.crashes).toBeGreaterThan(0);
    expect(disk.told.archived).toBeGreaterThan(0);
    expect(disk.told.waiting).toBeGreaterThan(0);
    expect(disk.told.held).toBeGreaterThan(0);
    const { hits, lengthsApart } = loot(disk);
    expect([...hits].filter(([, count]) => count > BOUND)).toEqual([]);
    expect(lengthsApart).toBe(0);
  });

  it('finds them where something of them is left: each planted leak is noticed', async () => {
    const all = Object.keys(LEAKS) as Leak[];
    const { hits, lengthsApart } = loot(await steal('day', new Set(all)));
    const noticed = (leak: Leak): boolean => {
      const by = LEAKS[leak];
      return by === 'lengthsApart' ? lengthsApart > 0 : (hits.get(by) ?? 0) > BOUND;
    };
    expect(all.filter((leak) => !noticed(leak))).toEqual([]);
  });
});
