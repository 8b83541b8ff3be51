import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SimulatorClient } from '../../drivers/simulator-host/client.ts';
import { personaById, serviceById } from '../../scripts/citizen/journey.ts';
import { platformItems, waitForItem } from '../../scripts/citizen/platform-view.ts';
import { findTraces } from '../../scripts/citizen/traces.ts';
import { indexedItems } from '../../scripts/citizen/terminal-index.ts';
import { walkToReview, type Walk } from '../../scripts/citizen/walk.ts';
import { ensurePage } from '../../scripts/launch/build-page.ts';
import { startStack, type Stack } from '../../scripts/launch/stack.ts';
import { launchChromium } from '../support/chromium.ts';

/** Before the one transaction nothing was promised; from its commit on the application must arrive once. */
const BEFORE_COMMIT = [
  'submit-start',
  'attachments-sealed',
  'attachment-written',
  'folder-synced',
  'before-commit',
];
const AFTER_COMMIT = [
  'after-commit',
  'envelope-written',
  'envelope-filed',
  'attempt-recorded',
  'attachment-sent',
  'item-sent',
  'answer-read',
  'before-received-commit',
  'after-received-commit',
];
const AT_THE_PLATFORM = [
  'item-before-commit',
  'item-after-commit-before-answer',
  'attachment-mid-write',
  'attachment-before-fsync',
  'attachment-after-fsync-before-answer',
];

/**
 * Every moment is held by real kills without a page (main/core/outbox/kill.full.test.ts,
 * platform/crash.full.test.ts). Through the page some of each kind are tried, all with BIANMIN_KILLS=every.
 */
const THROUGH_THE_PAGE = [
  ...['attachments-sealed', 'before-commit', 'after-commit', 'item-sent', 'after-received-commit'],
  ...['item-after-commit-before-answer', 'attachment-mid-write'],
];
const every = process.env['BIANMIN_KILLS'] === 'every';
const chosen = (moments: readonly string[]): readonly string[] =>
  every ? moments : moments.filter((moment) => THROUGH_THE_PAGE.includes(moment));
if (!every) {
  console.log(
    'NOT RUN: kills at eleven more moments through the page (tests/full/kills.test.ts): BIANMIN_KILLS=every',
  );
}

let browser: Browser;
beforeAll(async () => {
  ensurePage();
  browser = await launchChromium();
});
afterAll(() => browser.close());

interface Scene {
  readonly stack: Stack;
  readonly page: Page;
  readonly walk: Walk;
  readonly terminalDir: string;
  readonly simulators: SimulatorClient;
}

async function scene(
  env: Parameters<typeof startStack>[0]['env'],
  run: (scene: Scene) => Promise<void>,
): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bianmin-kill-'));
  const stack = await startStack({ dataDir, ...(env ? { env } : {}) });
  const context = await browser.newContext({
    viewport: { width: 1080, height: 1920 },
    hasTouch: true,
  });
  try {
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    await page.goto(stack.terminal.ready.url);
    const simulators = new SimulatorClient(stack.simulators.ready.control);
    const walk = {
      page,
      simulators,
      persona: personaById('returnee'),
      service: serviceById('pension-enroll'),
    };
    await run({ stack, page, walk, simulators, terminalDir: join(dataDir, 'terminal') });
  } finally {
    await context.close();
    await stack.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function gone(part: {
  readonly child: { readonly signalCode: string | null; readonly exitCode: number | null };
}): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (part.child.signalCode === null && part.child.exitCode === null) {
    if (performance.now() > deadline)
      throw new Error('the moment was never reached: nothing was killed');
    await sleep(20);
  }
  expect(part.child.signalCode).toBe('SIGKILL');
}

/** Nobody is sent away without a word: the page shows what was stored, and offers no second application. */
async function seesReceipt(page: Page, receiptNumber: string): Promise<void> {
  const screen = page.locator('.screen[data-step="receipt"]');
  await screen.waitFor({ timeout: 60_000 });
  const number = await page.locator('.ticket-number dd').innerText();
  expect(number.replaceAll(/\D/g, '')).toBe(receiptNumber);
}

const printedJobs = async (simulators: SimulatorClient): Promise<number> =>
  (await simulators.artifacts('receipt-printer-1')).filter((name) => /^jobs\/\d+\.bin$/.test(name))
    .length;

describe('the core is killed with kill -9', () => {
  it.each(chosen(BEFORE_COMMIT))(
    'at %s: no receipt was printed, nothing is owed, nothing is readable',
    async (moment) => {
      await scene(
        { terminal: { BIANMIN_CRASH_AT: moment } },
        async ({ stack, walk, simulators, terminalDir }) => {
          await walkToReview(walk);
          await walk.page.locator('.footer-next button').tap();
          await gone(stack.terminal);
          await stack.restart('terminal');
          expect(await printedJobs(simulators)).toBe(0);
          expect(indexedItems(terminalDir)).toEqual([]);
          expect(await platformItems(stack.platform.ready)).toEqual([]);
          expect(await findTraces(walk.persona, [terminalDir])).toEqual([]);
        },
      );
    },
  );

  it.each(chosen(AFTER_COMMIT))(
    'at %s: the platform has it exactly once after the restart',
    async (moment) => {
      await scene(
        { terminal: { BIANMIN_CRASH_AT: moment } },
        async ({ stack, walk, terminalDir }) => {
          await walkToReview(walk);
          await walk.page.locator('.footer-next button').tap();
          await gone(stack.terminal);
          const [owed, ...more] = indexedItems(terminalDir);
          expect(more).toEqual([]);
          await stack.restart('terminal');
          await seesReceipt(walk.page, owed!.receiptNumber);
          const item = await waitForItem(stack.platform.ready, owed!.submissionId);
          expect(item.copies).toBe(1);
          expect(item.conflicts).toBe(0);
          expect(item.envelopeSha256).toBe(owed!.envelopeSha256);
          expect(await platformItems(stack.platform.ready)).toHaveLength(1);
          expect(await findTraces(walk.persona, [terminalDir])).toEqual([]);
        },
      );
    },
  );
});

describe('the platform is killed with kill -9', () => {
  it.each(chosen(AT_THE_PLATFORM))(
    'at %s: it has the application exactly once after the restart',
    async (moment) => {
      await scene(
        { platform: { BIANMIN_CRASH_AT: moment } },
        async ({ stack, walk, terminalDir }) => {
          await walkToReview(walk);
          await walk.page.locator('.footer-next button').tap();
          await gone(stack.platform);
          await stack.restart('platform');
          const [owed, ...more] = indexedItems(terminalDir);
          expect(more).toEqual([]);
          const item = await waitForItem(stack.platform.ready, owed!.submissionId);
          expect(item.copies).toBe(1);
          expect(item.conflicts).toBe(0);
          expect(item.envelopeSha256).toBe(owed!.envelopeSha256);
          expect(await platformItems(stack.platform.ready)).toHaveLength(1);
        },
      );
    },
  );
});
