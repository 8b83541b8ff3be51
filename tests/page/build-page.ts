import { join } from 'node:path';
import { build } from 'vite';

/** Builds the page anew: a test of an old page says nothing. Playwright asks for a default export. */
export default async function buildPage(): Promise<void> {
  await build({
    configFile: join(import.meta.dirname, '../../renderer/vite.config.ts'),
    logLevel: 'warn',
  });
}
