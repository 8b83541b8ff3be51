import { defineConfig } from '@playwright/test';
import { chromiumChoice } from '../support/chromium.ts';

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
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: process.env['PLAYWRIGHT_JSON_OUTPUT_NAME'] ? [['dot'], ['json']] : [['list']],
  use: {
    viewport: { width: 1080, height: 1920 },
    hasTouch: true,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    // The moving hint of the attract screen keeps a core busy where no graphics card draws.
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: { executablePath, args },
  },
});
