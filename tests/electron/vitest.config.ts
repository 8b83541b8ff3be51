import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/electron/**/*.test.ts'],
    // by itself a second: on a busy machine that fails what is only late
    expect: { poll: { timeout: 50_000 } },
    testTimeout: 180_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // These start whole stacks of processes: one file at a time keeps two cores from choking.
    fileParallelism: false,
  },
});
