/**
 * Setup of the suites that run under the coverage of V8: what ran within a test that holds a property is
 * written to the folder FUZZ_COVERAGE, a file a test. Examples beside the properties do not count.
 */
import fc from 'fast-check';
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { PARSERS } from './parsers.ts';

const folder = process.env['FUZZ_COVERAGE'] ?? '';
const own = globalThis as { fuzzSession?: Session; fuzzFiles?: number };

function session(): Session {
  if (own.fuzzSession) return own.fuzzSession;
  const made = new Session();
  made.connect();
  made.post('Profiler.enable');
  made.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  own.fuzzSession = made;
  return made;
}

/** What ran since the last time; the answer comes before the call ends. */
function take(): readonly Profiler.ScriptCoverage[] {
  let result: readonly Profiler.ScriptCoverage[] = [];
  session().post('Profiler.takePreciseCoverage', (error, told) => {
    if (error) throw error;
    result = told.result;
  });
  return result;
}

// Before the suite loads what is measured: V8 names every function of what is loaded from now on.
session();

let held = false;
// The seed is fixed: what a property happens to reach must not be luck.
fc.configureGlobal({ seed: 20_261_130 });
fc.installGlobalPlugin(
  fc.beforeEach(() => {
    held = true;
  }),
);

/** Writes what ran; V8 names each function at least once, whether it ran or not. */
function keep(counts: boolean): void {
  const ran = take().filter(({ url }) => PARSERS.some(({ file }) => url.endsWith(`/${file}`)));
  if (ran.length === 0) return;
  own.fuzzFiles = (own.fuzzFiles ?? 0) + 1;
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, `${String(own.fuzzFiles)}.json`),
    JSON.stringify(ran.map(({ url, functions }) => ({ url, functions, counts }))),
  );
}

beforeEach(() => {
  held = false;
  keep(false);
});

afterEach(() => {
  keep(held);
});
