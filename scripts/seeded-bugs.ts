/**
 * `npm run test:seeded-bugs -- devices|outbox [--only ID,ID] [--write]`: plants one bug after the other in a copy of the
 * project and runs the suites that must notice. Ends with a table and `N passed, N failed`; exit 0 only if
 * every bug was caught. With `--write` the table becomes docs/seeded-bugs.md or docs/seeded-outbox-bugs.md.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEVICE_BUGS } from '../tests/seeded-bugs/device-bugs.ts';
import { OUTBOX_BUGS, SIMULATION } from '../tests/seeded-bugs/outbox-bugs.ts';
import { misfit, plant, type SeededBug } from '../tests/seeded-bugs/seeded-bug.ts';

const root = join(import.meta.dirname, '..');
const RECORD = join(root, 'docs/seeded-bugs.md');
const SETS: Readonly<Record<string, readonly SeededBug[]>> = {
  devices: DEVICE_BUGS,
  outbox: OUTBOX_BUGS,
};
/** Bugs that the simulation must notice stand in a record of their own. */
const OUTBOX_RECORD = join(root, 'docs/seeded-outbox-bugs.md');
/** Districts of two terminals that are played at most for one bug. */
const MOST_DISTRICTS = 60;
/** A suite that a bug makes hang is ended after so long; that is a bug caught, too. */
const PATIENCE_MS = 180_000;

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

interface Outcome {
  readonly failed: number;
  readonly passed: number;
  /** File and name of the first test that failed. */
  readonly by: string | undefined;
}

/** A copy of what git knows or would know of the project, with the same libraries. */
function copyOfProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'bianmin-seeded-'));
  const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: root });
  for (const path of listed.stdout.toString().split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(root, path), join(copy, path), { force: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Plays districts in a copy until a promise is not kept. */
function simulate(copy: string, districts: number): Outcome {
  const file = join(copy, 'simulated.json');
  rmSync(file, { force: true });
  const ended = spawnSync(
    process.execPath,
    [
      join(copy, SIMULATION),
      '--no-shrink',
      ...['--seed', 'bugs', '--districts', String(districts), '--days', '2'],
      ...['--terminals', '2', '--json', file],
    ],
    { cwd: copy, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let report: SimulationReport;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as SimulationReport;
  } catch {
    const error = /^\w*Error: .*$/m.exec(ended.stderr.toString())?.[0] ?? 'no report';
    return { passed: 0, failed: 1, by: `the simulation itself stopped: ${error}` };
  }
  const first = report.violations[0];
  return first
    ? {
        passed: 0,
        failed: 1,
        by: `${first.invariant} (${first.what}), district ${report.brokenDistrict + 1}`,
      }
    : { passed: report.districts, failed: 0, by: undefined };
}

interface SimulationReport {
  readonly districts: number;
  readonly brokenDistrict: number;
  readonly violations: readonly { readonly invariant: string; readonly what: string }[];
}

function runTests(copy: string, tests: readonly string[]): Outcome {
  if (tests.includes(SIMULATION)) return simulate(copy, MOST_DISTRICTS);
  const file = join(copy, 'seeded-report.json');
  rmSync(file, { force: true });
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const ended = spawnSync(
    process.execPath,
    [vitest, 'run', '--bail=1', '--reporter=json', `--outputFile=${file}`, ...tests],
    {
      cwd: copy,
      env: { ...process.env, BIANMIN_TESTS: 'full' },
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
      stdio: 'ignore',
    },
  );
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return {
      passed: 0,
      failed: ended.signal === null ? 0 : 1,
      by: ended.signal === null ? undefined : 'the suite hung',
    };
  }
  const first = report.testResults
    .flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName }) => `${name.slice(copy.length + 1)}: ${fullName}`),
    )
    .at(0);
  return { passed: report.numPassedTests, failed: report.numFailedTests, by: first };
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, 160);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, write: { type: 'boolean', default: false } },
});
const set = SETS[positionals[0] ?? ''];
if (set === undefined) {
  console.error(
    `npm run test:seeded-bugs -- ${Object.keys(SETS).join('|')} [--only ID,ID] [--write]`,
  );
  process.exit(2);
}
const only = values.only?.split(',');
const bugs = set.filter(({ id }) => only?.includes(id) ?? true);
const copy = copyOfProject();
const rows: string[] = [];
let caught = 0;
try {
  const all = [...new Set(bugs.flatMap(({ tests }) => tests))];
  const sound = all.includes(SIMULATION) ? simulate(copy, 6) : runTests(copy, all);
  console.log(`without a bug: ${String(sound.passed)} passed, ${String(sound.failed)} failed`);
  if (sound.failed > 0 || sound.passed === 0) {
    console.error(`the suites must pass first: ${sound.by ?? 'nothing ran'}`);
    process.exit(1);
  }
  for (const bug of bugs) {
    const path = join(copy, bug.file);
    const source = readFileSync(path, 'utf8');
    const wrong = misfit(bug, source);
    if (wrong !== undefined) {
      console.log(`NOT PLANTED ${wrong}`);
      continue;
    }
    writeFileSync(path, plant(bug, source));
    const { failed, by } = runTests(copy, bug.tests);
    writeFileSync(path, source);
    if (failed > 0) caught += 1;
    console.log(
      `${failed > 0 ? 'caught ' : 'MISSED '} ${bug.id}: ${bug.what} <- ${by ?? 'nothing'}`,
    );
    rows.push(
      `| \`${bug.id}\` | ${cell(bug.what)} | \`${bug.file}\` | ${cell(by ?? '**nothing**')} |`,
    );
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
const record = set === OUTBOX_BUGS ? OUTBOX_RECORD : RECORD;
if (values.write) {
  // rows of bugs that were not planted this time stay as they were; those of bugs that are gone go
  const kept = new Map(
    (existsSync(record) ? readFileSync(record, 'utf8') : '').split('\n').flatMap((line) => {
      const id = /^\| `([\w-]+)`/.exec(line)?.[1];
      return id === undefined ? [] : [[id, line] as const];
    }),
  );
  for (const row of rows) kept.set(/^\| `([\w-]+)`/.exec(row)?.[1] ?? '', row);
  const listed = set.flatMap(({ id }) => kept.get(id) ?? []);
  const played = listed.filter((row) => !row.includes('not played yet'));
  const noticed = played.filter((row) => !row.includes('**nothing**')).length;
  const left = listed.length - played.length;
  const unplayed = left === 0 ? '' : `; ${String(left)} have not been played yet`;
  writeFileSync(
    record,
    [
      set === OUTBOX_BUGS ? '# Bugs planted on purpose in the outbox' : '# Bugs planted on purpose',
      '',
      set === OUTBOX_BUGS
        ? `What the simulation of districts notices ([reliability.md](reliability.md)), by \`npm run test:seeded-bugs -- outbox --write\`: each bug is planted alone in a copy of the project, and districts of two terminals and two days are played until a promise is not kept. ${String(noticed)} of ${String(played.length)} that were played were caught${unplayed}. A test keeps the list in step with the code (\`tests/seeded-bugs/seeded-bugs.test.ts\`).`
        : `What the suites of the drivers notice, by \`npm run test:seeded-bugs -- devices --write\`: each bug is planted alone in a copy of the project, and the suites of its class are run. ${String(noticed)} of ${String(listed.length)} were caught. A test keeps the list in step with the code (\`tests/seeded-bugs/seeded-bugs.test.ts\`).`,
      '',
      `| bug | what goes wrong | where | ${set === OUTBOX_BUGS ? 'what was noticed, and when' : 'the test that noticed'} |`,
      '| --- | --- | --- | --- |',
      ...listed,
      '',
    ].join('\n'),
  );
  spawnSync(process.execPath, [
    join(root, 'node_modules/prettier/bin/prettier.cjs'),
    '--write',
    record,
  ]);
}
console.log(`\n${String(caught)} passed, ${String(bugs.length - caught)} failed`);
process.exit(caught === bugs.length ? 0 : 1);
