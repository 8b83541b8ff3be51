/**
 * `npm run test:devices`: the suites of the drivers against real components. Each suite starts and stops
 * what it needs on loopback. Ends with a table of the suites, what did not run and why, and one line
 * `N passed, N failed`. With `--report FILE` vitest's JSON report is kept there.
 */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { systemChromium } from '../main/shell/browser/shell.ts';

const root = join(import.meta.dirname, '..');

/** What a suite is run against, and where its version is told. */
interface Component {
  readonly name: string;
  /** Files whose path holds this text belong to it. */
  readonly files: string;
  readonly version: readonly [string, ...string[]];
}

const COMPONENTS: readonly Component[] = [
  { name: 'socat', files: 'escpos-pty.suite', version: ['socat', '-V'] },
  { name: 'socat', files: 'id-card/sdt-serial', version: ['socat', '-V'] },
  { name: 'socat', files: 'code-scanner/serial-scanner-pty', version: ['socat', '-V'] },
  { name: 'socat', files: 'terminal-parts/parts-serial', version: ['socat', '-V'] },
  { name: 'socat', files: 'terminal-parts/relay-serial', version: ['socat', '-V'] },
  { name: 'g++', files: 'terminal-parts/board-sketch', version: ['g++', '--version'] },
  { name: 'SANE test backend', files: 'sane-test-backend', version: ['scanimage', '--version'] },
  { name: 'saned', files: 'sane-net', version: ['scanimage', '--version'] },
  {
    name: 'sane-airscan',
    files: 'escl-simulator.interop',
    version: ['dpkg-query', '-W', 'sane-airscan'],
  },
  { name: 'sane-airscan', files: 'sane-airscan', version: ['dpkg-query', '-W', 'sane-airscan'] },
  {
    name: 'ippeveprinter',
    files: 'ippeveprinter.interop',
    version: ['ippeveprinter', '--version'],
  },
  { name: 'CUPS', files: 'cups.interop', version: ['dpkg-query', '-W', 'cups'] },
  { name: 'pcscd and vpcd', files: 'pcscd.interop', version: ['dpkg-query', '-W', 'pcscd'] },
  {
    name: 'fake camera of Chromium',
    files: 'document-camera',
    version: [systemChromium() ?? 'chromium', '--version'],
  },
];

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const config = 'tests/device-suites/vitest.config.ts';
const filters = COMPONENTS.map(({ files }) => files);
const folder = mkdtempSync(join(tmpdir(), 'bianmin-devices-'));
const file = join(folder, 'report.json');
const notRun = new Set<string>();
const child = spawn(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    config,
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${file}`,
    ...filters,
  ],
  {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BIANMIN_TESTS: 'full' },
  },
);
let rest = '';
child.stdout.on('data', (chunk: Buffer) => {
  process.stdout.write(chunk);
  const lines = (rest + chunk.toString()).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) {
    const found = /^\s*(NOT RUN: .+)$/.exec(line);
    if (found?.[1] !== undefined) notRun.add(found[1].trim());
  }
});
const code = await new Promise<number>((resolve) =>
  child.once('close', (ended) => resolve(ended ?? 1)),
);

function versionOf([program, ...args]: Component['version']): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) return 'not installed';
  return /\d+\.\d+[\w.~+-]*/.exec(`${stdout}${stderr}`)?.[0] ?? 'installed';
}

const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
const { values } = parseArgs({ options: { report: { type: 'string' } } });
if (values.report !== undefined) copyFileSync(file, values.report);
rmSync(folder, { recursive: true, force: true });
console.log('\nsuite | component | version | passed | failed | not run');
for (const component of COMPONENTS) {
  const own = report.testResults.filter(({ name }) => name.includes(component.files));
  const count = (status: string): number =>
    own.flatMap((result) => result.assertionResults).filter((one) => one.status === status).length;
  const skipped = count('skipped') + count('pending') + count('todo');
  const where = own.map(({ name }) => relative(root, name)).join(', ') || component.files;
  console.log(
    [
      where,
      component.name,
      versionOf(component.version),
      count('passed'),
      count('failed'),
      own.length === 0 ? 'NOT RUN' : skipped,
    ].join(' | '),
  );
}
console.log('');
for (const line of [...notRun].sort()) console.log(line);
const failed = report.numFailedTests + (code !== 0 && report.numFailedTests === 0 ? 1 : 0);
console.log(`\n${String(report.numPassedTests)} passed, ${String(failed)} failed`);
process.exit(failed === 0 && report.numPassedTests > 0 ? 0 : 1);
