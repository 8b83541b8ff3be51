/**
 * Setup of the tests while mutants are tried. Without a plan: notes which mutants each test reaches. With one:
 * repeats each test once for each mutant that it reaches and that none before it noticed.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  type RunnerTask,
  type RunnerTestCase,
} from 'vitest';

/** What Stryker's instrumented code looks at. */
interface Namespace {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: {
    readonly static: Record<string, number>;
    readonly perTest: Record<string, Record<string, number>>;
  };
}
/** More often than this no mutant is reached by one test that ends. */
const HIT_LIMIT = 200_000;

const holder = globalThis as { __stryker__?: Namespace; noticedMutants?: Set<string> };
const space = (holder.__stryker__ ??= {});
const log = process.env['BIANMIN_MUTANTS_LOG'];
const planFile = process.env['BIANMIN_MUTANTS_PLAN'];
const note = (line: object): void => {
  if (log !== undefined) appendFileSync(log, `${JSON.stringify(line)}\n`);
};
const idOf = (test: RunnerTask): string => {
  const names: string[] = [];
  for (let each: RunnerTask | undefined = test; each && each !== each.file; each = each.suite) {
    names.unshift(each.name);
  }
  return `${test.file.name}#${names.join(' > ')}`;
};

if (planFile === undefined) {
  let began = 0;
  beforeEach(({ task }) => {
    space.currentTestId = idOf(task);
    began = performance.now();
  });
  afterEach(({ task }) => {
    note({ took: performance.now() - began, of: idOf(task) });
    space.currentTestId = undefined;
  });
  afterAll(() => note({ coverage: space.mutantCoverage ?? { static: {}, perTest: {} } }));
} else {
  const plan = JSON.parse(readFileSync(planFile, 'utf8')) as Record<string, string[]>;
  // this file is loaded anew for each test file, in the same process
  const noticed = (holder.noticedMutants ??= new Set());
  let now: string[] = [];
  let seen = 0;
  const prepare = (tasks: readonly RunnerTask[]): void => {
    for (const task of tasks) {
      if (task.type === 'suite') prepare(task.tasks);
      else if (task.result?.state === undefined || task.result.state === 'queued') {
        const left = (plan[idOf(task)] ?? []).filter((id) => !noticed.has(id));
        if (left.length === 0) task.mode = 'skip';
        else task.repeats = left.length - 1;
      }
    }
  };
  const fileOf = (test: RunnerTestCase): readonly RunnerTask[] => test.file.tasks;
  beforeAll(({}, suite) => prepare(suite.file.tasks));
  let current: RunnerTestCase | undefined;
  // by a hook of its own: one of the test's that fails keeps the later ones from being called
  const settle = (): void => {
    const id = space.activeMutant;
    space.activeMutant = undefined;
    const errors = current?.result?.errors ?? [];
    const fresh = errors.slice(seen);
    seen = errors.length;
    if (current === undefined || id === undefined || fresh.length === 0) return;
    noticed.add(id);
    const why = String(fresh[0]?.message).split('\n')[0]?.slice(0, 160);
    const late = fresh.some(({ message }) => /timed out in \d+ms|Hit count limit/.test(message));
    note({ noticed: id, test: idOf(current), late, why });
    // what still runs of it would meet the next one; process.exit is caught by vitest
    if (late) process.kill(process.pid, 'SIGKILL');
  };
  beforeEach(({ task }) => {
    settle();
    if (current !== task) {
      current = task;
      now = (plan[idOf(task)] ?? []).filter((id) => !noticed.has(id));
      seen = 0;
    }
    space.hitCount = 0;
    space.hitLimit = HIT_LIMIT;
    space.activeMutant = now.shift();
    note({ begins: space.activeMutant, test: idOf(task) });
  });
  afterEach(({ task }) => {
    settle();
    if (now.length === 0) prepare(fileOf(task));
  });
  afterAll(() => settle());
  afterAll(() => note({ file: 'done' }));
}
