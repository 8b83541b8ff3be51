import { defineConfig } from 'vitest/config';
import { PARSERS } from './parsers.ts';

/** The properties of the parsers with their coverage: `npm run test:fuzz-coverage`. One process, so that it adds up. */
export default defineConfig({
  test: {
    include: [...new Set(PARSERS.flatMap(({ suites }) => suites))],
    setupFiles: ['tests/fuzz/keep-coverage.ts'],
    // by itself a second: on a busy machine that fails what is only late
    expect: { poll: { timeout: 50_000 } },
    testTimeout: 60_000,
    pool: 'forks',
    isolate: false,
    maxWorkers: 1,
  },
});
