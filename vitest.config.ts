import { defineConfig } from 'vitest/config';

const full = process.env['BIANMIN_TESTS'] === 'full';

/** Unit and integration tests live beside what they test; end-to-end ones in tests/. */
export default defineConfig({
  test: {
    include: ['{domain,drivers,main,platform,kiosk-config,renderer,scripts,tests}/**/*.test.ts'],
    // Files named *.full.test.ts take long: they run with BIANMIN_TESTS=full only.
    exclude: [
      '**/node_modules/**',
      'tests/{page,e2e,full,electron}/**',
      // They start servers that others wrote, one at a time: `npm run test:devices`.
      '**/*.interop.full.test.ts',
      ...(full ? [] : ['**/*.full.test.ts']),
    ],
    // These end what hangs; how fast a machine is decides no test.
    // by itself a second: on a busy machine that fails what is only late
    expect: { poll: { timeout: 50_000 } },
    testTimeout: full ? 180_000 : 60_000,
    hookTimeout: full ? 180_000 : 60_000,
    pool: 'forks',
    // Loading every library anew for each file took a quarter of the time; no room keeps state in a module.
    isolate: false,
    // Drivers and supervisors mostly wait: more workers than cores.
    maxWorkers: 4,
  },
});
