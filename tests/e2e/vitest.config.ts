import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/e2e/**/*.test.ts'],
    // by itself a second: on a busy machine that fails what is only late
    expect: { poll: { timeout: 50_000 } },
    // whole ways of half a minute each, which took four times as long beside other suites
    testTimeout: 400_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // These start whole stacks of processes: one file at a time keeps two cores from choking.
    fileParallelism: false,
  },
});
