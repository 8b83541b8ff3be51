import { join } from 'node:path';
import { test } from '@playwright/test';
import { build } from 'vite';

// a test of an old page says nothing: this one goes before all others
test('the page builds', async () => {
  await build({
    configFile: join(import.meta.dirname, '../../renderer/vite.config.ts'),
    logLevel: 'warn',
  });
});
