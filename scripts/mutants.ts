/**
 * `npm run test:mutants [-- --only TEXT]`: changes outbox, sync and transition code in one place after the
 * other, and tells which changes no test beside the code notices (docs/mutation-testing.md).
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { installStryker, plantMutants, type Mutant } from './mutants/instrument.ts';

type Status = 'noticed' | 'late' | 'survived' | 'not reached';
type Line =
  | { readonly coverage: { readonly static: object; readonly perTest: Record<string, object> } }
  | { readonly took: number; readonly of: string }
  | { readonly begins: string; readonly test: string }
  | { readonly file: 'done' }
  | {
      readonly noticed: string;
      readonly late: boolean;
      readonly test: string;
      readonly why: string;
    };

const root = join(import.meta.dirname, '..');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
/** So long without a word, and the mutant goes round in circles. */
const STALE_MS = 30_000;

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const slug = values.only.replaceAll(/\W+/g, '-') || 'all';
const copy = join(root, 'out/mutants', slug);
const logFile = join(root, `out/mutants/${slug}.log`);
const planFile = join(root, `out/mutants/${slug}-plan.json`);
const files = ['domain/outbox', 'main/core/outbox', 'main/core/sync']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
  .filter((name) => name.endsWith('.ts') && !/\.(test|full\.test|test-helper)\.ts$/.test(name))
  .filter((name) => values.only.split(',').some((part) => name.includes(part)));
if (!installStryker()) {
  console.error('NOT RUN: npm ci in scripts/mutants/tool did not work');
  process.exit(2);
}
mkdirSync(join(root, 'out/mutants'), { recursive: true });
// as they were when the mutants were planted
const sources = new Map(files.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
const mutants = await plantMutants(copy, files);

const environment = (more: Record<string, string>): NodeJS.ProcessEnv => ({
  ...process.env,
  BIANMIN_MUTANTS_LOG: logFile,
  ...more,
});
const argumentsOf = (tests: readonly string[]): string[] => [
  vitest,
  'run',
  '--config',
  'scripts/mutants/vitest.config.ts',
  '--reporter',
  'dot',
  ...tests,
];
const lines = (): readonly Line[] =>
  existsSync(logFile)
    ? readFileSync(logFile, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Line)
    : [];

/** Runs the tests; killed when nothing was noted for too long. */
function run(tests: readonly string[], more: Record<string, string>): Promise<number | null> {
  rmSync(logFile, { force: true });
  const child = spawn(process.execPath, argumentsOf(tests), {
    cwd: copy,
    env: environment(more),
    // without a mutant everything must pass, and what does not is told
    stdio: more['BIANMIN_MUTANTS_PLAN'] === undefined ? 'inherit' : 'ignore',
    detached: true,
  });
  const begun = Date.now();
  return new Promise((resolve) => {
    const watch = setInterval(() => {
      const last = existsSync(logFile) ? statSync(logFile).mtimeMs : begun + 60_000;
      if (Date.now() - last > STALE_MS && child.pid !== undefined)
        process.kill(-child.pid, 'SIGKILL');
    }, 2_000);
    child.once('exit', (code) => {
      clearInterval(watch);
      resolve(code);
    });
  });
}

const sound = await run([], {});
const coverage = lines().findLast((line) => 'coverage' in line)?.coverage;
if (sound !== 0 || coverage === undefined) {
  console.error('the tests must pass without a mutant first');
  process.exit(1);
}
const outcome = new Map<
  string,
  { readonly status: Status; readonly by?: string; readonly why?: string }
>();
const ids = new Set(mutants.map(({ id }) => id));
const reached = new Map<string, string[]>(
  Object.entries(coverage.perTest).map(([test, hits]) => [
    test,
    Object.keys(hits).filter((id) => ids.has(id)),
  ]),
);
const reachable = new Set([...reached.values()].flat());
const atLoad = mutants.filter(({ id }) => id in coverage.static);
console.log(
  `${mutants.length} mutants, ${reachable.size} reached by tests, ${atLoad.length} when loading`,
);

const fileOf = new Map(mutants.map(({ id, fileName }) => [id, fileName]));
/** Tests of other rooms, and those that reach nearly everything and take long: last, but for their own file. */
const isFar = (test: string, id: string): boolean => {
  const [testFile = ''] = test.split('#');
  const file = fileOf.get(id) ?? '';
  if (testFile === file.replace(/\.ts$/, '.test.ts')) return false;
  return (
    dirname(testFile) !== dirname(file) || /(platform-side|keeper|sender)\.test/.test(testFile)
  );
};
/** How long each test takes without a mutant, milliseconds. */
const tookMs = new Map(lines().flatMap((line) => ('took' in line ? [[line.of, line.took]] : [])));
/** Quick tests first: most mutants are noticed before a slow one is repeated for each that is left. */
const STEPS: readonly { readonly near: boolean; readonly underMs: number }[] = [
  { near: true, underMs: 60 },
  { near: false, underMs: 60 },
  { near: true, underMs: 300 },
  { near: false, underMs: 300 },
  { near: false, underMs: Infinity },
];
let step = 0;
/** (test, mutant) pairs that were played and passed. */
const passed = new Set<string>();
for (let rounds = 0; rounds < 200; rounds++) {
  const now = STEPS[step];
  if (now === undefined) break;
  const plan: Record<string, string[]> = {};
  for (const [test, all] of reached) {
    if ((tookMs.get(test) ?? 0) >= now.underMs) continue;
    const left = all.filter(
      (id) => !outcome.has(id) && !passed.has(`${test}\n${id}`) && !(now.near && isFar(test, id)),
    );
    if (left.length > 0) plan[test] = left;
  }
  const tests = [...new Set(Object.keys(plan).map((test) => test.split('#')[0] ?? ''))];
  if (tests.length === 0) {
    step++;
    continue;
  }
  writeFileSync(planFile, JSON.stringify(plan));
  await run(tests, { BIANMIN_MUTANTS_PLAN: planFile, BIANMIN_UNTIL_MS: '2000' });
  let open: { readonly id: string; readonly test: string } | undefined;
  for (const line of lines()) {
    if ('noticed' in line) {
      outcome.set(line.noticed, {
        status: line.late ? 'late' : 'noticed',
        by: line.test,
        why: line.why,
      });
      open = undefined;
    } else if (!('took' in line)) {
      if (open) passed.add(`${open.test}\n${open.id}`);
      open = undefined;
      if ('begins' in line) {
        open = { id: line.begins, test: line.test };
      }
    }
  }
  if (open) outcome.set(open.id, { status: 'late', by: open.test, why: 'went round in circles' });
  console.log(
    `${new Date().toISOString().slice(11, 19)} round ${rounds + 1}: ${outcome.size} of ${reachable.size} noticed`,
  );
}
for (const id of reachable) if (!outcome.has(id)) outcome.set(id, { status: 'survived' });

/** Where the tests of a file are, when they are not (or not only) in the one named as it. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  'attachment-progress': ['domain/outbox/transition'],
  'blob-folder': ['main/core/outbox/keeping'],
  'clock-belief': ['main/core/outbox/keeping'],
  'receipt-sequence': ['main/core/outbox/keeping'],
  sender: ['main/core/sync/sender', 'main/core/sync/sender-told'],
  'seal-submission': ['main/core/outbox/submit'],
  sweep: ['main/core/outbox/rebuild'],
  answers: ['main/core/sync/answers', 'main/core/sync/send-item'],
  feed: ['main/core/sync/feed', 'main/core/sync/feed-own-copy', 'main/core/sync/delete-archived'],
  'poll-bundles': ['main/core/sync/failing-bundle', 'main/core/sync/keeper'],
  'send-item': ['main/core/sync/send-item', 'main/core/sync/broken-attempt'],
  'try-again': ['main/core/sync/perhaps-cut', 'main/core/sync/broken-attempt'],
  'verify-receipt': ['main/core/sync/check-receipt'],
};
/** What runs when its module is loaded is tried in a process of its own. */
for (const { id, fileName } of atLoad) {
  const known = outcome.get(id);
  if (known !== undefined && known.status !== 'survived') continue;
  const name = fileName.replace(/\.ts$/, '');
  const beside = (BESIDE[name.split('/').at(-1) ?? ''] ?? [name]).map((each) => `${each}.test.ts`);
  if (!beside.every((each) => existsSync(join(copy, each)))) {
    outcome.set(id, { status: 'not reached' });
    continue;
  }
  const child = spawnSync(process.execPath, [...argumentsOf(beside), '--bail', '1'], {
    cwd: copy,
    env: {
      ...environment({ BIANMIN_UNTIL_MS: '2000' }),
      BIANMIN_MUTANTS_LOG: undefined,
      __STRYKER_ACTIVE_MUTANT__: id,
    },
    stdio: 'ignore',
    timeout: 120_000,
  });
  const status = child.status === 0 ? 'survived' : child.status === null ? 'late' : 'noticed';
  outcome.set(id, { status });
}

const statusOf = ({ id }: Mutant): Status => outcome.get(id)?.status ?? 'not reached';
writeFileSync(
  join(root, `out/mutants/${slug}.json`),
  JSON.stringify(
    mutants.map((mutant) => ({ ...mutant, ...outcome.get(mutant.id), status: statusOf(mutant) })),
    undefined,
    1,
  ),
);
console.log('| file | mutants | noticed | of these late | survived | score |');
for (const file of files) {
  const own = mutants.filter(({ fileName }) => fileName === file);
  const of = (status: Status): number => own.filter((each) => statusOf(each) === status).length;
  const good = of('noticed') + of('late');
  if (own.length > 0) {
    const cells = [`\`${file}\``, own.length, good, of('late'), own.length - good];
    console.log(`| ${[...cells, `${((good / own.length) * 100).toFixed(1)} %`].join(' | ')} |`);
  }
}
for (const mutant of mutants) {
  const status = statusOf(mutant);
  if (status === 'noticed' || status === 'late') continue;
  const { start } = mutant.location;
  const line = sources.get(mutant.fileName)?.split('\n')[start.line]?.trim();
  console.log(
    `${status.toUpperCase()} ${mutant.fileName}:${start.line + 1}:${start.column} ${mutant.mutatorName}: ${line} -> ${mutant.replacement.replaceAll(/\s+/g, ' ').slice(0, 100)}`,
  );
}
