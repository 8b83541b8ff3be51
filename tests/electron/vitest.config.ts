import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/electron/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // These start whole stacks of processes: one file at a time keeps two cores from choking.
    fileParallelism: false,
  },
});
