/**
 * `npm run test:crash-states [-- --states N] [--seed S] [--drain-every N] [--break ID] [--report FILE]`: terminal
 * and platform at work on recorded disks; then the power goes after every write, whatever the disks kept of
 * what they had not flushed. Each state is mounted, opened with the real code and checked against what was
 * printed, shown and acknowledged before. The last line is `N states, N broken`. `--break` records with a bug
 * in the code, which must be noticed. Ctrl-C: enough states.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lookAt, makePlace, type Place } from '../tests/crash-states/look.ts';
import { CRASH_BUGS } from '../tests/crash-states/planted-bugs.ts';
import { alone, isAlone } from '../tests/crash-states/own-mounts.ts';
import { bundleRecorded, record } from '../tests/crash-states/recording.ts';
import { whyNoDisks } from '../tests/crash-states/requirements.ts';
import { countsOf, crashStates } from '../tests/crash-states/states.ts';
import { chanceOf } from '../tests/page-images/chance.ts';
import { askedFor } from './options.ts';

/** States of one recording: about one for each entry of its log. */
const PER_RECORDING = 3_000;
const PEOPLE = ['张测试'];
const MOST_LINES = 20;

const { values } = askedFor(() =>
  parseArgs({
    options: {
      states: { type: 'string', default: '200' },
      seed: { type: 'string' },
      'drain-every': { type: 'string', default: '20' },
      break: { type: 'string' },
      report: { type: 'string' },
    },
  }),
);
const states = Number(values.states);
const drainEvery = Number(values['drain-every']);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const bugs = CRASH_BUGS.filter(({ id }) => id === values.break);
if (![states, drainEvery, seed].every((each) => Number.isInteger(each) && each > 0)) {
  console.error('--states, --drain-every and --seed must be whole numbers from 1');
  process.exit(2);
}
if (values.break !== undefined && bugs.length === 0) {
  console.error(`--break knows ${CRASH_BUGS.map(({ id }) => id).join(', ')}`);
  process.exit(2);
}

function report(passed: number, failed: number): void {
  if (values.report === undefined) return;
  writeFileSync(values.report, JSON.stringify({ numPassedTests: passed, numFailedTests: failed }));
}

const missing = whyNoDisks();
if (missing !== undefined) {
  console.log(`NOT RUN: crash states of the disk: ${missing}`);
  report(0, 0);
  process.exit(0);
}
if (!isAlone()) process.exit(await alone());

const name = `bianmin-crash-states-${String(process.pid)}`;
const work = join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), name);
const programs = join(import.meta.dirname, '../out', name);
const started = performance.now();
const seconds = (): string => ((performance.now() - started) / 1000).toFixed(0);
const enough = new AbortController();
const isEnough = (): boolean => enough.signal.aborted;
process.once('SIGINT', () => enough.abort());
let looked = 0;
let broken = 0;
let drained = 0;
let lines = 0;
let place: Place | undefined;
console.log(`seed ${String(seed)}, ${String(states)} states`);
try {
  const program = await bundleRecorded(programs, bugs);
  place = makePlace(join(work, 'place'));
  for (let n = 0; looked < states && !isEnough(); n++) {
    const recording = await record(program, join(work, 'recorded'), seed + n);
    console.log(`recorded after ${seconds()} s: ${countsOf(recording)}`);
    const chance = chanceOf(seed + n);
    for (const state of crashStates(recording, Math.min(PER_RECORDING, states - looked), chance)) {
      if (isEnough()) break;
      looked++;
      const drains = looked % drainEvery === 0;
      if (drains) drained++;
      const wrong = await lookAt(state, place, PEOPLE, drains);
      if (looked % 100 === 0) console.log(`${String(looked)} states after ${seconds()} s`);
      if (wrong.length === 0) continue;
      broken++;
      const { position, kept } = state;
      for (const what of wrong) {
        if (lines++ >= MOST_LINES) continue;
        console.log(
          `BROKEN: seed ${String(seed + n)}, entry ${String(position)}, terminal kept ${kept.terminal}, ` +
            `platform kept ${kept.platform}: ${what}`,
        );
      }
    }
  }
} finally {
  place?.shell.close();
  rmSync(work, { recursive: true, force: true });
  rmSync(programs, { recursive: true, force: true });
}
console.log(`${String(drained)} of them also drained to their end, ${seconds()} s`);
report(looked - broken, broken);
console.log(`${String(looked)} states, ${String(broken)} broken`);
process.exit(broken === 0 ? 0 : 1);
