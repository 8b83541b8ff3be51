/**
 * `npm run test:kill [-- --times N] [--seed S] [--data DIR] [--break ID] [--report FILE]`: terminal core and
 * platform as processes on a real disk, killed with kill -9 at random moments while applications are handed
 * in, and started again each time. Ctrl-C: enough kills, see the end. Everything drains at the end; the last line is
 * `lost N, duplicated N, N kills`. `--break` runs with a bug that must be noticed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { killRun } from '../tests/kill/kill-run.ts';
import { KILL_BUGS } from '../tests/kill/planted-bugs.ts';
import { judge } from '../tests/kill/verdict.ts';
import { bundle } from '../tests/support/bundle.ts';
import { askedFor } from './options.ts';

const { values } = askedFor(() =>
  parseArgs({
    options: {
      times: { type: 'string', default: '40' },
      seed: { type: 'string' },
      data: { type: 'string', default: tmpdir() },
      break: { type: 'string' },
      report: { type: 'string' },
    },
  }),
);
const times = Number(values.times);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const bugs = KILL_BUGS.filter(({ id }) => id === values.break);
if (!Number.isInteger(times) || times < 1 || !Number.isInteger(seed)) {
  console.error('--times must be a whole number above 0, and --seed a whole one');
  process.exit(2);
}
if (values.break !== undefined && bugs.length === 0) {
  console.error(`--break knows ${KILL_BUGS.map(({ id }) => id).join(', ')}`);
  process.exit(2);
}

const enough = new AbortController();
process.once('SIGINT', () => enough.abort());
const started = performance.now();
const seconds = (): string => ((performance.now() - started) / 1000).toFixed(0);
const folder = mkdtempSync(join(values.data, 'bianmin-kill-'));
let failed = true;
console.log(`seed ${String(seed)}, ${String(times)} kills, in ${folder}`);
const programs = join(import.meta.dirname, `../out/kill-test-${String(process.pid)}`);
try {
  await bundle(
    { terminal: 'tests/kill/terminal-process.ts', platform: 'scripts/platform.ts' },
    programs,
    bugs,
  );
  const { story, last } = await killRun({
    folder,
    times,
    seed,
    programs,
    enough: enough.signal,
    onProgress: (kills) => {
      if (kills % 100 === 0) console.log(`${String(kills)} kills after ${seconds()} s`);
    },
  });
  const verdict = await judge(folder, story, last);
  const { kills, moments, startMs } = story;
  console.log(
    [...moments]
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([moment, count]) => `  killed at ${moment}: ${String(count)}`)
      .join('\n'),
  );
  console.log(
    [
      `terminal killed ${String(kills.terminal)} times, ready after ${startMs.terminal.toFixed(0)} ms`,
      `platform killed ${String(kills.platform)} times, ready after ${startMs.platform.toFixed(0)} ms`,
      `${String(story.printed.size)} receipts, ${String(story.retried)} handed in again after a kill, ` +
        `${String(story.abandoned.size)} given up unanswered; ${String(verdict.arrived)} at the platform`,
      ...verdict.lost.map((id) => `LOST: ${id}`),
      ...verdict.duplicated.map((id) => `DUPLICATED: ${id}`),
      ...verdict.wrong.map((what) => `WRONG: ${what}`),
      `${seconds()} s`,
    ].join('\n'),
  );
  failed = verdict.lost.length + verdict.duplicated.length + verdict.wrong.length > 0;
  console.log(
    `lost ${String(verdict.lost.length)}, duplicated ${String(verdict.duplicated.length)}, ` +
      `${String(kills.terminal + kills.platform)} kills`,
  );
} finally {
  if (values.report !== undefined) {
    const report = { numPassedTests: failed ? 0 : 1, numFailedTests: failed ? 1 : 0 };
    writeFileSync(values.report, JSON.stringify(report));
  }
  for (const each of [folder, programs]) rmSync(each, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
