import { defineConfig } from 'vitest/config';

/** The tests beside the mutated code, one file after the other in one process. */
export default defineConfig({
  test: {
    include: ['domain/outbox/*.test.ts', 'main/core/{outbox,sync}/*.test.ts'],
    // those of the whole durable half wait for sockets: too slow to be run for every mutant
    exclude: [
      '**/*.full.test.ts',
      'main/core/outbox/{outbox,lost-rows,full-disk}.test.ts',
      'main/core/sync/older-platform.test.ts',
    ],
    setupFiles: ['scripts/mutants/each-mutant.ts'],
    // without a mutant nothing goes round in circles, however busy the machine is
    testTimeout: process.env['BIANMIN_MUTANTS_PLAN'] === undefined ? 60_000 : 6_000,
    hookTimeout: 6_000,
    pool: 'forks',
    isolate: false,
    maxWorkers: 1,
  },
});
