/**
 * `npm run test:fuzz-coverage [-- --write]`: runs the properties that hand any bytes to the parsers of the
 * drivers, and measures how much of each parser they ran. Exit 0 only if every property holds and none runs
 * less than docs/fuzzing.md keeps; `--write` keeps what is measured.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { keptIn, shareOf, type RanOnce } from '../tests/fuzz/coverage.ts';
import { PARSERS } from '../tests/fuzz/parsers.ts';

const root = join(import.meta.dirname, '..');
const RECORD = join(root, 'docs/fuzzing.md');
const START = '| parser';

const folder = mkdtempSync(join(tmpdir(), 'bianmin-fuzz-'));
const ended = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--config', 'tests/fuzz/vitest.config.ts', '--root', root],
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, FUZZ_COVERAGE: folder } },
);
const takes = readdirSync(folder)
  .sort((one, other) => parseInt(one, 10) - parseInt(other, 10))
  .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as RanOnce[]);
rmSync(folder, { recursive: true, force: true });
if (ended.status !== 0) process.exit(1);

const doc = readFileSync(RECORD, 'utf8');
const kept = keptIn(doc);
let fallen = 0;
const rows = PARSERS.map(({ file, suites }) => {
  const url = pathToFileURL(join(root, file)).href;
  const { functions, entered, percent } = shareOf(takes.filter((take) => take.url === url));
  const before = kept.get(file);
  if (before === undefined || entered < before.entered || percent < before.percent) {
    fallen += 1;
    const was = before ? `${String(before.entered)}, ${String(before.percent)} %` : 'not kept';
    console.log(`LESS ${file}: ${String(entered)} functions, ${String(percent)} %; kept: ${was}`);
  }
  const names = suites.map((suite) => `\`${suite.slice('drivers/'.length)}\``).join(', ');
  return `| \`${file}\` | ${names} | ${String(entered)} of ${String(functions)} | ${String(percent)} % |`;
});
if (process.argv.includes('--write')) {
  const head = [
    '| parser | its properties | functions entered | code run |',
    '| --- | --- | --- | --- |',
  ];
  const before = doc.slice(0, doc.indexOf(START)).trimEnd();
  writeFileSync(RECORD, [before, '', ...head, ...rows, ''].join('\n'));
  spawnSync(process.execPath, [
    join(root, 'node_modules/prettier/bin/prettier.cjs'),
    '--write',
    RECORD,
  ]);
} else if (fallen > 0) {
  console.log(`\n${String(fallen)} of ${String(PARSERS.length)} parsers are run less than is kept`);
  process.exit(1);
}
console.log(`\n${String(PARSERS.length)} parsers measured`);
