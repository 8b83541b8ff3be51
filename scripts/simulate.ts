/**
 * `npm run simulate -- --seed N --terminals T --days D [--workers W] [--json FILE]`: districts of real
 * durable cores and real platforms in simulated time, with faults at every wait. The same seed does the
 * same, to the last byte. When a promise is not kept, prints the seed and the shortest story that was
 * found, and keeps that in a file; `--story FILE` plays it again and tells what happened.
 * Ctrl-C ends it and tells what was played so far; `--json FILE` is written also while it runs.
 * Exit 0: everything promised was kept, and people were promised something: two a terminal-day at least,
 * where 20 were played; with `--every-cell` also that every fault struck in every state.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  PER_DISTRICT,
  runStories,
  storiesOf,
  traceOf,
  type Stories,
} from '../tests/simulation/run-districts.ts';
import { storyOf } from '../tests/simulation/story-of.ts';
import type { Story } from '../tests/simulation/story.ts';
import {
  addStrikes,
  FAULTS,
  STRUCK,
  strikesTable,
  type Strikes,
} from '../tests/simulation/strikes.ts';
import type { Done } from '../tests/simulation/worker.ts';
import { askedFor } from './options.ts';

const { values } = askedFor(() =>
  parseArgs({
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
      /** Every fault must have struck in every state, else it ends with 1. */
      'every-cell': { type: 'boolean', default: false },
    },
  }),
);

function positive(name: 'terminals' | 'days' | 'workers' | 'districts'): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number > 0) return number;
  console.error(`--${name} needs a whole number above 0`);
  process.exit(2);
}

/** A story lies whole in memory, and so does all that its district ever wrote. */
const MOST_IN_ONE = 50_000;

/** @throws Error when a district would be too large to be played */
function mustFit(terminals: number, days: number): void {
  if (terminals * days <= MOST_IN_ONE) return;
  const most = String(MOST_IN_ONE);
  throw new Error(
    `${String(terminals)} terminals × ${String(days)} days are too much for one district: ${most} terminal-days at most`,
  );
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

function storiesAsked(): Stories {
  if (values.story) {
    const story = JSON.parse(readFileSync(values.story, 'utf8')) as Story;
    return (n) => (n === 0 ? story : undefined);
  }
  const terminals = positive('terminals');
  const days = positive('days');
  if (values.districts === undefined) {
    mustFit(Math.min(terminals, PER_DISTRICT), days);
    return storiesOf(values.seed, terminals, days);
  }
  const districts = positive('districts');
  mustFit(terminals, days);
  return (n) => (n < districts ? storyOf(`${values.seed}.${n}`, terminals, days) : undefined);
}

const stories = askedFor(storiesAsked);
const workers = positive('workers');
if (!values.story)
  console.log(`seed ${values.seed}, ${values.terminals} terminals × ${values.days} days`);
const started = performance.now();
const secondsSoFar = (): number => (performance.now() - started) / 1000;
const counts: Record<string, number> = {};
const strikes: Strikes = {};
let districts = 0;
let cpuMs = 0;
let told = 0;

/** What is known, for programs: also while it runs. */
function report(more: Readonly<Record<string, unknown>>): void {
  if (!values.json) return;
  const { seed, terminals, days } = values;
  const known = {
    seed,
    terminals,
    days,
    seconds: secondsSoFar(),
    cpuMs,
    counts,
    strikes,
    districts,
  };
  writeFileSync(`${values.json}.part`, `${JSON.stringify({ ...known, ...more }, undefined, 2)}\n`);
  renameSync(`${values.json}.part`, values.json);
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
const results = await runStories(
  stories,
  {
    workers,
    shrink: !values['no-shrink'] && !values.story,
    stop: stop.signal,
    tails: values.story !== undefined,
  },
  (done) => {
    districts++;
    cpuMs += done.cpuMs;
    addStrikes(strikes, done.outcome.strikes);
    for (const [name, count] of Object.entries(done.outcome.counts)) {
      counts[name] = (counts[name] ?? 0) + (count as number);
    }
    const seconds = secondsSoFar();
    if (seconds - told < 15) return;
    told = seconds;
    console.log(`${counts['terminalDays'] ?? 0} terminal-days in ${seconds.toFixed(0)} s`);
    report({ finished: false });
  },
);
const seconds = secondsSoFar();
const terminalDays = counts['terminalDays'] ?? 0;
const broken = results.filter(({ outcome }) => outcome.violations.length > 0);
// a promise that is never given is always kept; a day has three people, and some go away from what is out of order
const items = counts['items'] ?? 0;
const tooFew = !values.story && terminalDays >= 20 && items < 2 * terminalDays;
if (values.story) for (const { outcome } of results) console.log(outcome.tail.join('\n'));
broken.forEach(tellBroken);
console.log(
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', '),
);
console.log('\nHow often a fault struck an item, by where the item stood:\n');
console.log(strikesTable(strikes));
const never = FAULTS.flatMap((fault) =>
  STRUCK.filter((state) => !strikes[fault]?.[state]).map((state) => `${fault} × ${state}`),
);
if (never.length > 0) console.log(`Never struck: ${never.join(', ')}`);
const missed = values['every-cell'] && never.length > 0;
console.log(`\ntrace ${traceOf(results)}`);
report({
  finished: true,
  stoppedEarly: stop.signal.aborted,
  trace: traceOf(results),
  brokenDistrict: broken[0]?.number ?? -1,
  violations: broken.flatMap(({ outcome }) => outcome.violations),
});
if (stop.signal.aborted) console.log('Stopped before its end; what was played to its end counts.');
console.log(
  broken.length > 0
    ? 'A promise was not kept.'
    : tooFew
      ? `Too few were given a promise: ${items} in ${terminalDays} terminal-days, and two a day is the least.`
      : terminalDays === 0
        ? 'Nothing was played to its end.'
        : `Every promise was kept: ${terminalDays} terminal-days in ${seconds.toFixed(1)} s (${(terminalDays / seconds).toFixed(1)} a second, ${(cpuMs / terminalDays).toFixed(0)} ms of processor each).`,
);
if (missed) console.log('Not every fault struck in every state, as --every-cell asks.');
process.exit(broken.length > 0 || tooFew || missed ? 1 : 0);
