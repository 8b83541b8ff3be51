/**
 * `npm run test:seeded-bugs -- devices|outbox [--only ID,ID] [--write]`: plants one bug after the other in a copy of the
 * project and runs the suites that must notice. Ends with a table and `N passed, N failed`; exit 0 only if
 * every bug was caught: what noticed one must pass without it, and fail with it a second time. With `--write` the table becomes docs/seeded-bugs.md or docs/seeded-outbox-bugs.md.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEVICE_BUGS } from '../tests/seeded-bugs/device-bugs.ts';
import { GUARDED_BUGS } from '../tests/seeded-bugs/guarded-bugs.ts';
import { OUTBOX_BUGS, SIMULATION } from '../tests/seeded-bugs/outbox-bugs.ts';
import { misfit, plant, type SeededBug } from '../tests/seeded-bugs/seeded-bug.ts';
import { proveGuarded } from './seeded-bugs/guarded.ts';
import { copyOfProject, doubtOf, play, simulate } from './seeded-bugs/play.ts';

const root = join(import.meta.dirname, '..');
const RECORD = join(root, 'docs/seeded-bugs.md');
const SETS: Readonly<Record<string, readonly SeededBug[]>> = {
  devices: DEVICE_BUGS,
  outbox: OUTBOX_BUGS,
};
/** Stands behind what noticed a bug with it twice, and not without it. Rows from before that was asked for lack it. */
const PROVED = ' (twice)';
/** The same of the simulation, where the same seed plays the same districts. */
const PASSES_WITHOUT = '; passes without';
/** Bugs that the simulation must notice stand in a record of their own. */
const OUTBOX_RECORD = join(root, 'docs/seeded-outbox-bugs.md');
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, 160);
}

/** What is no bug as long as something else stands behind it. */
function guardedPart(lines: readonly string[]): readonly string[] {
  return [
    '## Harmless behind a second guard',
    '',
    'These break nothing as things are. The proof is a story each (`tests/seeded-bugs/guarded-bugs.ts`), played with the bug alone, with the guard alone taken out, and with both: only the last one breaks a promise.',
    '',
    '| bug | what goes wrong | why nobody is harmed | without the guard, too |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
  ];
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
let wanted = bugs.length;
try {
  const all = [...new Set(bugs.flatMap(({ tests }) => tests))];
  // guarded ones alone need no suite
  const first = all.length === 0 || all.includes(SIMULATION);
  const sound = first ? simulate(copy, 6) : play(copy, all);
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
    const outcome = play(copy, bug.tests);
    const doubt =
      outcome.failed === 0
        ? undefined
        : doubtOf(copy, bug.tests, outcome, (run) => {
            writeFileSync(path, source);
            const result = run();
            writeFileSync(path, plant(bug, source));
            return result;
          });
    writeFileSync(path, source);
    const noticed = outcome.failed > 0 && doubt === undefined;
    const by = noticed ? outcome.by : undefined;
    if (noticed) caught += 1;
    if (doubt !== undefined) console.log(`NO PROOF ${bug.id}: ${outcome.by ?? ''}: ${doubt}`);
    const proved = set === OUTBOX_BUGS ? PASSES_WITHOUT : PROVED;
    console.log(`${noticed ? 'caught ' : 'MISSED '} ${bug.id}: ${bug.what} <- ${by ?? 'nothing'}`);
    rows.push(
      `| \`${bug.id}\` | ${cell(bug.what)} | \`${bug.file}\` | ${by === undefined ? '**nothing**' : cell(by) + proved} |`,
    );
  }
  for (const { id, line, doubt } of set === OUTBOX_BUGS ? proveGuarded(copy, only) : []) {
    console.log(line === undefined ? `NO PROOF ${id}: ${doubt ?? ''}` : `guarded ${line}`);
    wanted += 1;
    if (line === undefined) continue;
    caught += 1;
    rows.push(line);
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
  const proved = played.filter(
    (row) => row.includes(PROVED) || row.includes(PASSES_WITHOUT),
  ).length;
  const left = listed.length - played.length;
  const unplayed = left === 0 ? '' : `; ${String(left)} have not been played yet`;
  writeFileSync(
    record,
    [
      set === OUTBOX_BUGS ? '# Bugs planted on purpose in the outbox' : '# Bugs planted on purpose',
      '',
      set === OUTBOX_BUGS
        ? `What the simulation of districts notices ([reliability.md](reliability.md)), by \`npm run test:seeded-bugs -- outbox --write\`: each bug is planted alone in a copy of the project, and districts of two terminals and two days are played, one after the other, until a promise is not kept; where the last column names a test, that test was run in their place. ${String(noticed)} of ${String(played.length)} that were played were caught${unplayed}. Of ${String(proved)} the same districts, or the same test, were seen to keep every promise without the bug ("passes without"), which every new run asks for. A test keeps the list in step with the code (\`tests/seeded-bugs/seeded-bugs.test.ts\`).`
        : `What the suites of the drivers notice, by \`npm run test:seeded-bugs -- devices --write\`: each bug is planted alone in a copy of the project, and the suites of its class are run. ${String(noticed)} of ${String(listed.length)} were caught; of ${String(proved)} the test that noticed was seen to pass without the bug and to fail with it a second time ("twice"), which every new run asks for. A test keeps the list in step with the code (\`tests/seeded-bugs/seeded-bugs.test.ts\`).`,
      '',
      `| bug | what goes wrong | where | ${set === OUTBOX_BUGS ? 'what was noticed, and when' : 'the test that noticed'} |`,
      '| --- | --- | --- | --- |',
      ...listed,
      '',
      ...(set === OUTBOX_BUGS
        ? guardedPart(GUARDED_BUGS.flatMap(({ bug }) => kept.get(bug.id) ?? []))
        : []),
    ].join('\n'),
  );
  spawnSync(process.execPath, [
    join(root, 'node_modules/prettier/bin/prettier.cjs'),
    '--write',
    record,
  ]);
}
console.log(`\n${String(caught)} passed, ${String(wanted - caught)} failed`);
process.exit(caught === wanted ? 0 : 1);
