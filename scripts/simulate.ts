/**
 * `npm run simulate -- --seed N --terminals T --days D [--workers W] [--json FILE]`: districts of real
 * durable cores and real platforms in simulated time, with faults at every wait. The same seed does the
 * same, to the last byte. When a promise is not kept, prints the seed and the shortest story that was
 * found, and keeps that in a file; `--story FILE` plays it again and tells what happened.
 * Exit 0: everything promised was kept.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runStories, storiesOf, traceOf } from '../tests/simulation/run-districts.ts';
import { storyOf, type Story } from '../tests/simulation/story.ts';
import type { Done } from '../tests/simulation/worker.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    terminals: { type: 'string', default: '5' },
    days: { type: 'string', default: '10' },
    /** So many districts of `terminals` each, instead of as many as five of them make. */
    districts: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'string' },
    story: { type: 'string' },
    'no-shrink': { type: 'boolean', default: false },
  },
});

function positive(name: 'terminals' | 'days' | 'workers' | 'districts'): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number > 0) return number;
  console.error(`--${name} needs a whole number above 0`);
  process.exit(2);
}

function tellBroken(done: Done): void {
  const { story, outcome } = done.short ?? { story: undefined, outcome: done.outcome };
  console.log(`\nA promise was not kept (district ${done.number} of seed ${values.seed}):`);
  for (const { invariant, about, what } of outcome.violations.slice(0, 5)) {
    console.log(`  ${invariant} ${about}: ${what}`);
  }
  if (!story) return;
  const file = join(tmpdir(), `bianmin-story-${story.seed}.json`);
  writeFileSync(file, JSON.stringify(story, undefined, 2));
  console.log(`\nThe shortest story found, ${story.events.length} events:`);
  for (const event of story.events) console.log(`  ${JSON.stringify(event)}`);
  console.log('\nThe last things that happened (milliseconds, who, what):');
  for (const line of outcome.tail.slice(-40)) console.log(`  ${line}`);
  console.log(`\nAgain: npm run simulate -- --story ${file}`);
}

const stories = values.story
  ? [JSON.parse(readFileSync(values.story, 'utf8')) as Story]
  : values.districts === undefined
    ? storiesOf(values.seed, positive('terminals'), positive('days'))
    : Array.from({ length: positive('districts') }, (_, n) =>
        storyOf(`${values.seed}.${n}`, positive('terminals'), positive('days')),
      );
const started = performance.now();
let told = 0;
let terminalDays = 0;
const results = await runStories(
  stories,
  { workers: positive('workers'), shrink: !values['no-shrink'] && !values.story },
  ({ outcome }) => {
    terminalDays += outcome.counts.terminalDays;
    const seconds = (performance.now() - started) / 1000;
    if (seconds - told < 15) return;
    told = seconds;
    console.log(`${terminalDays} terminal-days in ${seconds.toFixed(0)} s`);
  },
);
const seconds = (performance.now() - started) / 1000;
const cpuMs = results.reduce((sum, each) => sum + each.cpuMs, 0);
const broken = results.filter(({ outcome }) => outcome.violations.length > 0);
const counts: Record<string, number> = {};
for (const { outcome } of results) {
  for (const [name, count] of Object.entries(outcome.counts)) {
    counts[name] = (counts[name] ?? 0) + (count as number);
  }
}
if (values.story) for (const { outcome } of results) console.log(outcome.tail.join('\n'));
broken.forEach(tellBroken);
console.log(
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', '),
);
console.log(`trace ${traceOf(results)}`);
if (values.json) {
  const { seed, terminals, days } = values;
  const violations = broken.flatMap(({ outcome }) => outcome.violations);
  const report = {
    seed,
    terminals,
    days,
    seconds,
    cpuMs,
    counts,
    trace: traceOf(results),
    districts: results.length,
    brokenDistrict: broken[0]?.number ?? -1,
    violations,
  };
  writeFileSync(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
}
console.log(
  broken.length > 0
    ? 'A promise was not kept.'
    : `Every promise was kept: ${terminalDays} terminal-days in ${seconds.toFixed(1)} s (${(terminalDays / seconds).toFixed(1)} a second, ${(cpuMs / terminalDays).toFixed(0)} ms of processor each).`,
);
process.exit(broken.length > 0 ? 1 : 0);
