/**
 * `npm run test:device-lab [-- --only TEXT] [--report FILE]`: a virtual machine with devices that its kernel enumerates, and
 * our drivers at work on them. Writes results and the machine's console to `out/device-lab/`. Ends with a table
 * and one line `N passed, N failed`.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootMachine } from '../tests/device-lab/machine/boot.ts';
import { GUEST } from '../tests/device-lab/machine/init.ts';
import { initrdOf } from '../tests/device-lab/machine/initrd.ts';
import { debianKernel } from '../tests/device-lab/machine/kernel.ts';
import { whyNoMachine } from '../tests/device-lab/machine/requirements.ts';
import { loadedFiles } from '../tests/device-lab/loaded-files.ts';
import { DEVICE_LAB } from '../tests/device-lab/profile.ts';
import type { LabResult } from '../tests/device-lab/results.ts';
import { RESULTS } from '../tests/device-lab/results.ts';

const LIMIT_MS = 15 * 60_000;

const root = join(import.meta.dirname, '..');
const out = join(root, 'out/device-lab');
const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, report: { type: 'string' } },
});

/** The last line, and the numbers for who started this. */
function finish(passed: number, failed: number): void {
  if (values.report !== undefined) {
    const report = { numPassedTests: passed, numFailedTests: failed };
    writeFileSync(values.report, JSON.stringify(report));
  }
  console.log(`\n${String(passed)} passed, ${String(failed)} failed`);
}

function notRun(why: string): never {
  console.log(`NOT RUN: device lab: ${why}`);
  finish(0, 0);
  process.exit(0);
}

function resultsIn(file: string): readonly LabResult[] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { results: readonly LabResult[] }).results;
  } catch {
    return [];
  }
}

const missing = whyNoMachine();
if (missing !== undefined) notRun(missing);
const kernel = await debianKernel().catch((error: unknown) =>
  notRun(error instanceof Error ? error.message : String(error)),
);
const initrd = await initrdOf(kernel, DEVICE_LAB);
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const program = join(root, 'tests/device-lab/guest/main.ts');
const loaded = loadedFiles(program, root, join(out, 'compile-cache'));
const booted = await bootMachine({
  ...{ kernel, initrd, profile: DEVICE_LAB, out, log: join(out, 'machine.log') },
  command: [process.execPath, program, '--out', GUEST.out, '--only', values.only],
  cwd: root,
  preload: loaded.files,
  // Device files keep a thread each while they wait.
  env: { UV_THREADPOOL_SIZE: '32', NODE_COMPILE_CACHE: loaded.compileCache },
  limitMs: LIMIT_MS,
  onLine: (line) => console.log(line),
});

const results = resultsIn(join(out, RESULTS));
console.log('\ndevice | test | outcome | seconds');
for (const { device, test, outcome, seconds } of results) {
  const how = outcome === 'planned' ? 'not reached' : outcome;
  console.log([device, test, how, seconds?.toFixed(1) ?? '-'].join(' | '));
}
console.log('');
for (const { device, test, outcome, why = '' } of results) {
  if (outcome === 'notRun') console.log(`NOT RUN: device lab: ${device}: ${test}: ${why}`);
  else if (outcome === 'failed') {
    console.log(`FAILED: ${device}: ${test}: ${why.split('\n')[0] ?? ''}`);
  }
}
const passed = results.filter(({ outcome }) => outcome === 'passed').length;
let failed = results.filter(({ outcome }) => outcome === 'failed' || outcome === 'planned').length;
if (booted.exitCode !== 0 && failed === 0) failed = 1;
if (booted.exitCode === undefined) {
  const why = booted.timeLimit ? 'was not done in time' : 'stopped before its program had ended';
  console.log(`the machine ${why}; its console: out/device-lab/machine.log\n${booted.complaint}`);
}
console.log(`machine on for ${booted.seconds.toFixed(0)} s, kernel ${kernel.version}`);
finish(passed, failed);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
