import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/full/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // These start whole stacks of processes, which mostly wait: two files at a time keep two cores busy.
    maxWorkers: 2,
  },
});
