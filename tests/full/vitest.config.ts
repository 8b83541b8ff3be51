import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/full/**/*.test.ts'],
    // by itself a second: on a busy machine that fails what is only late
    expect: { poll: { timeout: 50_000 } },
    // whole ways of half a minute each, which took four times as long beside other suites
    testTimeout: 400_000,
    // a whole stack on a machine that others use too: two minutes were not enough for it
    hookTimeout: 300_000,
    pool: 'forks',
    // These start whole stacks of processes, which mostly wait: two files at a time keep two cores busy.
    maxWorkers: 2,
  },
});
