/**
 * `npm run test:thief [-- --seeds N] [--seed TEXT] [--visitors N] [--residents N] [--leaks] [--report FILE]`: a
 * terminal's disk after a day, and after five, is stolen by somebody who has the list of all residents, the program
 * and, in the harder case, the terminal's own private key. How many of those who were there does he find? Guessing
 * finds four of 200. `--leaks` plants what must be noticed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeDisk, type Story } from '../tests/thief/disk.ts';
import { lootOf, MEASURED, mostByGuessing } from '../tests/thief/measure.ts';
import { LEAKS, type Leak } from '../tests/thief/planted-leaks.ts';
import { residentsOf } from '../tests/thief/residents.ts';
import { learnLengths } from '../tests/thief/scorings/length-model.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    seed: { type: 'string', default: 'town' },
    visitors: { type: 'string', default: '200' },
    residents: { type: 'string', default: '10000' },
    leaks: { type: 'boolean', default: false },
    report: { type: 'string' },
  },
});
const seeds = Number(values.seeds);
const visitors = Number(values.visitors);
const count = Number(values.residents);
const stories: readonly Story[] = values.leaks ? ['day'] : ['day', 'days'];
const leaks = new Set(values.leaks ? (Object.keys(LEAKS) as Leak[]) : []);
const measured = seeds * stories.length * MEASURED;
const most = mostByGuessing(0.001, count, visitors, visitors);
// so many are measured that one of them would pass the bound of one by chance
const bound = mostByGuessing(0.001 / measured, count, visitors, visitors);
const folder = mkdtempSync(join(tmpdir(), 'bianmin-thief-'));
const started = performance.now();
const found: string[] = [];
console.log(
  `${String(visitors)} of ${String(count)} were there; guessing finds ${String((visitors * visitors) / count)}, ` +
    `99.9 % of single guesses at most ${String(most)}, of all ${String(measured)} together at most ${String(bound)}`,
);
try {
  for (let n = 1; n <= seeds; n += 1) {
    const seed = `${values.seed}-${String(n)}`;
    const residents = residentsOf(seed, count);
    const lengths = await learnLengths(seed, residents, 160);
    for (const story of stories) {
      const at = join(folder, `${seed}-${story}`);
      const disk = await makeDisk({ folder: at, seed, residents, visitors, story, leaks });
      console.log(`${seed}, ${story}: ${JSON.stringify(disk.told)}`);
      if (story === 'days' && disk.told.held === 0) throw new Error('no item is held on this disk');
      const loot = lootOf(disk, residents, lengths, { thorough: true, seed });
      const told = [...loot.hits].map(([name, hits]) => `${name} ${String(hits)}`).join(', ');
      console.log(`  found by ${told}; lengths apart ${String(loot.lengthsApart)}`);
      for (const [name, hits] of loot.hits) {
        if (hits > bound) found.push(`${seed} ${story} ${name}: ${String(hits)}`);
      }
      if (loot.lengthsApart > 0) {
        found.push(`${seed} ${story} lengthsApart: ${String(loot.lengthsApart)}`);
      }
      rmSync(at, { recursive: true, force: true });
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const missed = [...leaks].filter(
  (leak) => !found.some((line) => line.includes(` ${LEAKS[leak]}: `)),
);
for (const line of found) console.log(`FOUND: ${line}`);
for (const leak of missed) console.log(`NOT NOTICED: ${leak}`);
const failed = values.leaks ? missed.length > 0 : found.length > 0;
if (values.report !== undefined) {
  const report = { numPassedTests: failed ? 0 : 1, numFailedTests: failed ? 1 : 0 };
  writeFileSync(values.report, JSON.stringify(report));
}
console.log(
  `${((performance.now() - started) / 1000).toFixed(0)} s, ${failed ? 'FAILED' : 'fine'}`,
);
process.exit(failed ? 1 : 0);
