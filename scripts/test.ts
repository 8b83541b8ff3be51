/**
 * `npm test` (and so `npm cit`): every check of the quick tier, or of all tiers with
 * BIANMIN_TESTS=full. Ends with what could not run and why, and one line `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, cpus, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { counts, failuresIn, lastLines } from './test-reports.ts';
import { electronBinary } from './launch/electron-binary.ts';

const root = join(import.meta.dirname, '..');
const full = process.env['BIANMIN_TESTS'] === 'full';
const reports = mkdtempSync(join(tmpdir(), 'bianmin-tests-'));
const notRun = new Set<string>();
/** What failed, by stage: said once more at the end, for a long log is read from there. */
const failures: string[] = [];
let passed = 0;
let failed = 0;

/**
 * The quick tier draws with the Chromium that npm brings: a bare machine has no other, and it starts
 * twice as fast. The full run draws with the system's, where there is one.
 */
const chromium: Readonly<Record<string, string>> =
  full || process.platform !== 'linux' || process.arch !== 'x64'
    ? {}
    : { BIANMIN_CHROMIUM: process.env['BIANMIN_CHROMIUM'] ?? 'npm' };

/** Many tests of the full run start processes of the same programs: what the first has compiled serves all. */
const compiled: Readonly<Record<string, string>> = full
  ? { NODE_COMPILE_CACHE: join(reports, 'compiled') }
  : {};

interface Stage {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** JSON report of vitest or Playwright; without one the stage counts as one check. */
  readonly report?: string;
}

const bin = (path: string): string => join(root, 'node_modules', path);

/** How a stage runs: its words shown as they come; or whole at its end; or that, with what time the others leave. */
type Manner = 'said' | 'beside' | 'behind';

/** Runs a stage; `said` shows its words as they come. They are given back whole. */
function run(
  stage: Stage,
  manner: Manner,
): Promise<{ readonly code: number; readonly words: string }> {
  const child = spawn(process.execPath, stage.args, {
    cwd: root,
    env: { ...process.env, ...chromium, ...compiled, ...stage.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (manner === 'behind' && child.pid !== undefined) {
    setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  }
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.on('data', (chunk: Buffer) => {
      if (manner === 'said') process.stdout.write(chunk);
      words += chunk.toString();
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const found = /^\s*(NOT RUN: .+)$/.exec(line);
        if (found?.[1] !== undefined) notRun.add(found[1].trim());
      }
    });
  }
  return new Promise((resolve) =>
    child.once('close', (code) => resolve({ code: code ?? 1, words })),
  );
}

/** What all cores did since the machine started, milliseconds. */
function coresSoFar(): { readonly busy: number; readonly all: number } {
  const cores = cpus().map(({ times }) => times);
  const sum = (of: readonly number[]): number => of.reduce((total, each) => total + each, 0);
  const all = sum(cores.flatMap((times) => Object.values(times)));
  return { busy: all - sum(cores.map(({ idle }) => idle)), all };
}

async function stage(next: Stage, manner: Manner = 'said'): Promise<void> {
  if (manner === 'said') console.log(`\n=== ${next.name}`);
  const started = performance.now();
  const before = coresSoFar();
  const { code, words: said } = await run(next, manner);
  if (manner !== 'said') console.log(`\n=== ${next.name}\n${said.trimEnd()}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const found = next.report === undefined ? undefined : counts(next.report);
  if (found) {
    passed += found.passed;
    failed += found.failed;
    // A runner that fails without a failed test (a broken file, nothing found) is a failure too.
    if (code !== 0 && found.failed === 0) failed += 1;
  } else if (code === 0 && next.report === undefined) passed += 1;
  else failed += 1;
  if (code !== 0 || (found?.failed ?? 0) > 0) {
    const named = next.report === undefined ? [] : failuresIn(next.report);
    failures.push(
      `FAILED: ${next.name}, exit ${String(code)}`,
      ...(named.length > 0 ? named : lastLines(said)).map((line) => `  ${line}`),
    );
  }
  const since = coresSoFar();
  // a stage that mostly waits could stand beside another one
  const busy = Math.round((100 * (since.busy - before.busy)) / Math.max(1, since.all - before.all));
  const cost = `${seconds} s, cores ${String(busy)} % busy`;
  console.log(`=== ${next.name}: ${code === 0 ? 'fine' : 'FAILED'} (${cost})`);
}

function vitest(name: string, filters: readonly string[], config = 'vitest.config.ts'): Stage {
  const report = join(reports, `${name.replaceAll(/\W+/g, '-')}.json`);
  return {
    name,
    args: [
      bin('vitest/vitest.mjs'),
      'run',
      '--config',
      config,
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${report}`,
      ...filters,
    ],
    report,
  };
}

const tsc = bin('typescript/bin/tsc');
const pageReport = join(reports, 'page.json');

/** Rules that need every type cost as much as all pages in Chromium, the format a third of it: with the full tests. */
const dearOnes: readonly string[] = full ? [] : ['--quick'];

/** Reads files only, so it runs in the background of the tests, which mostly wait. */
const background: readonly (readonly Stage[])[] = [
  [
    { name: 'types of domain, without Node and DOM', args: [tsc, '-p', 'domain'] },
    { name: 'types of the page', args: [tsc, '-p', 'renderer'] },
    { name: 'types of everything else', args: [tsc, '-p', 'tsconfig.json'] },
  ],
  [{ name: 'lint', args: [join(root, 'scripts/lint/check.ts'), '--proved', ...dearOnes] }],
];

/** Before anything else: the first plants files that nobody else may read, the second makes what the pages need. */
const first: readonly Stage[] = [
  { name: 'lint bites', args: [join(root, 'scripts/lint/check.ts'), '--prove', ...dearOnes] },
  { name: 'build of the page and the Electron shell', args: [join(root, 'scripts/build.ts')] },
];

const units = vitest('units and drivers', []);

/** In the quick tier beside the units, for both mostly wait: for a browser here, for timers and lines there. */
const pages: Stage = {
  name: 'pages in Chromium',
  args: [bin('@playwright/test/cli.js'), 'test', '--config', 'tests/page/playwright.config.ts'],
  env: { PLAYWRIGHT_JSON_OUTPUT_NAME: pageReport },
  report: pageReport,
};
const wholeWay = vitest('end to end', [], 'tests/e2e/vitest.config.ts');

const devicesReport = join(reports, 'devices.json');
const labReport = join(reports, 'device-lab.json');
const killReport = join(reports, 'kill.json');
const crashReport = join(reports, 'crash-states.json');

/** What was compiled before is covered in whole functions only. */
const notCompiled = { NODE_COMPILE_CACHE: '' };

/**
 * In simulated time nothing waits and no clock of the machine counts, so it takes the time that the device
 * lab leaves once what stands beside it is done: most of its time the lab keeps less than one core busy.
 */
const districts: Stage = {
  name: 'districts in simulated time',
  args: [
    join(root, 'scripts/simulate.ts'),
    ...['--seed', '1', '--terminals', '1000', '--days', '5', '--every-cell'],
  ],
};

/** Stages that stand beside each other, for all of them wait for much. */
interface Group {
  /** Its words are shown as they come. */
  readonly told: Stage;
  readonly beside?: readonly Stage[];
  /** Once all of `beside` are done: these take what time is left. */
  readonly behind?: readonly Stage[];
}

/** One after the other. */
const onlyFull: readonly Group[] = [
  {
    told: vitest('kills and whole journeys', [], 'tests/full/vitest.config.ts'),
    beside: [
      {
        name: 'drivers against real components',
        args: [join(root, 'scripts/test-devices.ts'), '--report', devicesReport],
        report: devicesReport,
      },
    ],
  },
  {
    told: {
      name: 'device lab',
      args: [join(root, 'scripts/test-device-lab.ts'), '--report', labReport],
      report: labReport,
    },
    beside: [
      {
        name: 'kill -9 at random moments',
        args: [join(root, 'scripts/test-kill.ts'), '--times', '40', '--report', killReport],
        report: killReport,
      },
      {
        name: 'crash states of the disks',
        args: [
          join(root, 'scripts/test-crash-states.ts'),
          '--states',
          '120',
          '--report',
          crashReport,
        ],
        report: crashReport,
      },
      {
        name: 'many terminals that come back together',
        args: [
          join(root, 'scripts/scale.ts'),
          ...['--terminals', '60', '--cap', '10', '--outage', '15', '--limits', 'told'],
        ],
      },
      {
        name: 'how much of the parsers the properties run',
        args: [join(root, 'scripts/fuzz-coverage.ts')],
        env: notCompiled,
      },
    ],
    behind: [districts],
  },
  // alone: it measures
  { told: { name: 'bench of the devices', args: [join(root, 'scripts/bench.ts'), 'devices'] } },
];

const inTurn = async (stages: readonly Stage[], manner: Manner): Promise<void> => {
  for (const next of stages) await stage(next, manner);
};
const inGroups = async (groups: readonly Group[]): Promise<void> => {
  for (const { told, beside = [], behind = [] } of groups) {
    const others = Promise.all(beside.map((other) => stage(other, 'beside')));
    await Promise.all([stage(told), others.then(() => inTurn(behind, 'behind'))]);
  }
};
await inTurn(first, 'said');
await Promise.all([
  ...background.map((stages) => inTurn(stages, 'behind')),
  full
    ? // the long units keep both cores busy by themselves
      inGroups([{ told: units }, { told: pages }, { told: wholeWay }, ...onlyFull])
    : Promise.all([inTurn([units, wholeWay], 'said'), stage(pages, 'beside')]),
]);
if (electronBinary() === undefined) {
  notRun.add('NOT RUN: Electron shell in a real Electron (tests/electron): no Electron binary');
} else {
  await stage(vitest('Electron shell', [], 'tests/electron/vitest.config.ts'));
}
if (!full) {
  notRun.add(
    'NOT RUN: kills and whole journeys (tests/full, *.full.test.ts), films of the document camera, other windows, screens in English, most pages of the staff, and devices against real components: set BIANMIN_TESTS=full',
  );
}

console.log('');
for (const line of failures) console.log(line);
for (const line of [...notRun].sort()) console.log(line);
console.log('');
console.log(`${String(passed)} passed, ${String(failed)} failed`);
rmSync(reports, { recursive: true, force: true });
process.exit(failed === 0 && passed > 0 ? 0 : 1);
