import { defineConfig } from 'vitest/config';

/** Suites that need components beside the project; `npm run test:devices` says which, and starts them. */
export default defineConfig({
  test: {
    include: ['tests/device-suites/**/*.suite.ts', 'drivers/**/*.test.ts'],
    // by itself a second: on a busy machine that fails what is only late
    expect: { poll: { timeout: 50_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Each suite starts programs of its own: one at a time keeps two cores from choking.
    fileParallelism: false,
  },
});
