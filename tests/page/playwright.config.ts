import { defineConfig } from '@playwright/test';
import { chromiumChoice } from '../support/chromium.ts';
import { CALM, WINDOW } from './window.ts';

const { executablePath, args } = await chromiumChoice();

/** The page in a real Chromium, against the far end of its wire played by a script. */
export default defineConfig({
  testDir: import.meta.dirname,
  outputDir: '../../dist/page-tests',
  projects: [
    { name: 'build', testMatch: 'build-page.ts' },
    { name: 'page', testMatch: '*.spec.ts', dependencies: ['build'] },
  ],
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] ? [['dot'], ['json']] : [['list']],
  use: {
    ...WINDOW,
    contextOptions: CALM,
    launchOptions: { executablePath, args },
  },
});
