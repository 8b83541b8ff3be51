import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SIMULATION } from '../../tests/seeded-bugs/outbox-bugs.ts';
import type { Story } from '../../tests/simulation/story.ts';

const root = join(import.meta.dirname, '..', '..');
/** Districts of two terminals that are played at most for one bug. */
const MOST_DISTRICTS = 240;
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

interface SimulationReport {
  readonly districts: number;
  readonly brokenDistrict: number;
  readonly violations: readonly { readonly invariant: string; readonly what: string }[];
}

/** A test by its file, relative to the project, and its full name. */
interface NamedTest {
  readonly file: string;
  readonly name: string;
}

/** What became of a run. */
export interface Outcome {
  readonly failed: number;
  readonly passed: number;
  /** What was noticed first; undefined when nothing was. */
  readonly by: string | undefined;
  /** The first test that failed; undefined when it was no test that noticed. */
  readonly test?: NamedTest | undefined;
  /** Districts that were played. */
  readonly districts?: number;
}

/** A copy of what git knows or would know of the project, with the same libraries. */
export function copyOfProject(): string {
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
export function simulate(copy: string, districts: number): Outcome {
  return simulated(copy, districts, [
    ...['--seed', 'bugs', '--districts', String(districts), '--days', '2', '--terminals', '2'],
  ]);
}

/** Plays one story in a copy. */
export function simulateStory(copy: string, story: Story): Outcome {
  const file = join(copy, 'story.json');
  writeFileSync(file, JSON.stringify(story));
  return simulated(copy, 1, ['--story', file]);
}

function simulated(copy: string, districts: number, args: readonly string[]): Outcome {
  const file = join(copy, 'simulated.json');
  rmSync(file, { force: true });
  const ended = spawnSync(
    process.execPath,
    [join(copy, SIMULATION), '--no-shrink', ...args, '--json', file],
    { cwd: copy, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let report: SimulationReport;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as SimulationReport;
  } catch {
    const error = /^\w*Error: .*$/m.exec(ended.stderr.toString())?.[0] ?? 'no report';
    return { passed: 0, failed: 1, by: `the simulation itself stopped: ${error}`, districts: 1 };
  }
  const first = report.violations[0];
  if (!first) return { passed: report.districts, failed: 0, by: undefined, districts };
  const district = report.brokenDistrict + 1;
  return {
    passed: 0,
    failed: 1,
    by: `${first.invariant} (${first.what}), district ${String(district)}`,
    districts: district,
  };
}

/** What vitest reports of some suites; `hung` when they had to be ended, undefined when it wrote nothing. */
function report(copy: string, args: readonly string[]): Report | 'hung' | undefined {
  const file = join(copy, 'seeded-report.json');
  rmSync(file, { force: true });
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const ended = spawnSync(
    process.execPath,
    [vitest, 'run', '--reporter=json', `--outputFile=${file}`, ...args],
    {
      cwd: copy,
      env: { ...process.env, BIANMIN_TESTS: 'full' },
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
      stdio: 'ignore',
    },
  );
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return ended.signal === null ? undefined : 'hung';
  }
}

/** Runs suites, or the simulation, in a copy until the first failure. */
export function play(copy: string, tests: readonly string[]): Outcome {
  if (tests.includes(SIMULATION)) return simulate(copy, MOST_DISTRICTS);
  const told = report(copy, ['--bail=1', ...tests]);
  if (told === 'hung') return { passed: 0, failed: 1, by: 'the suite hung' };
  if (told === undefined) return { passed: 0, failed: 0, by: undefined };
  const test = told.testResults
    .flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === 'failed')
        .map(({ fullName }) => ({ file: name.slice(copy.length + 1), name: fullName })),
    )
    .at(0);
  const by = test && `${test.file}: ${test.name}`;
  return { passed: told.numPassedTests, failed: told.numFailedTests, by, test };
}

/** How a test ended when its file alone was run. */
function statusOf(copy: string, { file, name }: NamedTest): string {
  const told = report(copy, [file]);
  if (told === 'hung' || told === undefined) return told ?? 'not run';
  return (
    told.testResults
      .filter((result) => result.name === join(copy, file))
      .flatMap((result) => result.assertionResults)
      .find(({ fullName }) => fullName === name)?.status ?? 'not run'
  );
}

/** Districts that were played without a bug and broke nothing, by copy of the project. */
const soundDistricts = new Map<string, number>();

/**
 * Why what was noticed is no proof; undefined when it is one. A test that fails by chance, or because the
 * machine is slow, catches nothing: it must pass without the bug, and fail with it a second time.
 * `without` takes the bug out for as long as what is handed in runs.
 */
export function doubtOf(
  copy: string,
  tests: readonly string[],
  { test, districts = 1 }: Outcome,
  without: <T>(run: () => T) => T,
): string | undefined {
  if (tests.includes(SIMULATION)) {
    // The same seed plays the same districts, so that a second time with the bug says nothing new.
    if (districts > (soundDistricts.get(copy) ?? 0)) {
      const sound = without(() => simulate(copy, districts));
      if (sound.failed > 0) return `without the bug, too: ${sound.by ?? ''}`;
      soundDistricts.set(copy, districts);
    }
    return undefined;
  }
  // The suites did not hang without a bug: they all ran before the first one was planted.
  if (test === undefined) return play(copy, tests).failed > 0 ? undefined : 'hung only once';
  const sound = without(() => statusOf(copy, test));
  if (sound !== 'passed') return `${sound} without the bug`;
  const again = statusOf(copy, test);
  return again === 'failed' || again === 'hung'
    ? undefined
    : `${again} with the bug the second time`;
}
