import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { SimulatorClient } from '../../drivers/simulator-host/client.ts';
import type { DevicesConfig } from '../../kiosk-config/index.ts';
import { fillForm } from '../../scripts/citizen/fill-form.ts';
import { personaById, serviceById } from '../../scripts/citizen/journey.ts';
import { indexedItems } from '../../scripts/citizen/terminal-index.ts';
import {
  atStep,
  untilServing,
  walkToReceipt,
  walkToReview,
  type Walk,
} from '../../scripts/citizen/walk.ts';
import { ensurePage } from '../../scripts/launch/build-page.ts';
import { filmArguments } from '../../scripts/launch/camera-film.ts';
import {
  startStack,
  type SimulatorsReady,
  type Stack,
  type StackOptions,
} from '../../scripts/launch/stack.ts';
import { launchChromium } from './chromium.ts';
import { openFicklePlatform, type FicklePlatform } from './fickle-platform.ts';

const SLOW = { timeout: 60_000 };

/** Where pictures of bad states go; without it none are taken. */
const PICTURES = process.env['BIANMIN_TEST_PICTURES'];

/** A hall with all processes, a page that a citizen touches, and a platform that can misbehave. */
export interface Hall {
  readonly stack: Stack;
  readonly terminalDir: string;
  readonly platform: FicklePlatform;
  readonly simulators: SimulatorClient;
  readonly page: Page;
  readonly walk: (personaId: string, serviceId: string) => Walk;
  /** Card down, service chosen, first screen of its form. */
  toForm(walk: Walk): Promise<void>;
  /** As far as the papers. */
  toMaterials(walk: Walk): Promise<void>;
  /** As far as the last look before submitting. */
  toReview(walk: Walk): Promise<void>;
  toReceipt(walk: Walk): Promise<void>;
  next(): Promise<void>;
  /** Waits until the words stand on the screen. */
  says(words: string): Promise<void>;
  /** Health as the terminal tells it. */
  health(): Promise<Readonly<Record<string, unknown>>>;
  /** Takes the card away and waits until the reader knows. */
  cardAway(): Promise<void>;
  /** Card away, whatever runs is ended, the attract screen is there. */
  clear(): Promise<void>;
  /** Takes a picture, for people. @param words what is to stand there first; asked only when pictures are taken */
  shoot(name: string, words?: string): Promise<void>;
  /** Submission id of the newest item. */
  newest(): string;
  close(): Promise<void>;
}

/** Waits until the reader has looked so often that it knows: nothing lies there any more. */
async function findsNothing(simulators: SimulatorClient): Promise<void> {
  const finds = async (): Promise<number> =>
    Number((await simulators.device('id-card-1')).state['finds']);
  // 0.3 s lie between two looks, after 0.8 s without a card it counts as taken away
  const enough = (await finds()) + 5;
  while ((await finds()) < enough) await sleep(50);
}

/** Opens a hall. `prepare` may put something where the terminal's data will lie. */
export async function openHall(
  options: {
    readonly prepare?: (terminalDir: string) => void;
    /** The technician's layer, given where the simulators are controlled; without it all simulated ones. */
    readonly devices?: (control: string) => Promise<DevicesConfig>;
    readonly stack?: Partial<StackOptions>;
    readonly beforeTerminal?: (platform: FicklePlatform) => void;
    /** A film that the page sees through its document camera. */
    readonly film?: string;
    /** Everything has ended; what `prepare` put there can go. */
    readonly afterStop?: () => void;
  } = {},
): Promise<Hall> {
  ensurePage();
  const dataDir = mkdtempSync(join(tmpdir(), 'bianmin-bad-'));
  const terminalDir = join(dataDir, 'terminal');
  mkdirSync(terminalDir);
  options.prepare?.(terminalDir);
  const opened: { platform?: FicklePlatform } = {};
  const stack = await startStack({
    dataDir,
    ...options.stack,
    async link(url) {
      const platform = await openFicklePlatform(url);
      opened.platform = platform;
      options.beforeTerminal?.(platform);
      if (options.devices !== undefined) {
        const ready = readFileSync(join(dataDir, 'simulators/ready.json'), 'utf8');
        const { control } = JSON.parse(ready) as SimulatorsReady;
        const layer = await options.devices(control);
        writeFileSync(join(terminalDir, 'devices.json'), JSON.stringify(layer));
      }
      return platform.url;
    },
  });
  const { platform } = opened;
  if (platform === undefined) throw new Error('no link was asked for');
  const browser: Browser = await launchChromium(
    options.film === undefined ? [] : filmArguments(options.film),
  );
  const context = await browser.newContext({
    viewport: { width: 1080, height: 1920 },
    hasTouch: true,
    locale: 'zh-CN',
  });
  if (options.film !== undefined) {
    // as the shells do: the core's own page, nobody else
    const { origin } = new URL(stack.terminal.ready.url);
    await context.grantPermissions(['camera'], { origin });
  }
  // Playwright's own half a minute is short for what starts processes or is scanned on a busy machine
  context.setDefaultTimeout(SLOW.timeout);
  const page = await context.newPage();
  await page.goto(stack.terminal.ready.url);
  const simulators = new SimulatorClient(stack.simulators.ready.control);

  const hall: Hall = {
    stack,
    terminalDir,
    platform,
    simulators,
    page,
    walk: (personaId, serviceId) => ({
      page,
      simulators,
      persona: personaById(personaId),
      service: serviceById(serviceId),
    }),
    async toForm({ persona, service }) {
      await atStep(page, 'attract');
      await untilServing(page);
      await simulators.insertCard(persona.id);
      await atStep(page, 'find');
      await page.locator('.service-card', { hasText: service.name.zh }).tap();
      await atStep(page, 'guide');
      await hall.next();
      await atStep(page, 'form');
    },
    async toMaterials(walk) {
      await hall.toForm(walk);
      await fillForm(page, walk.service, walk.persona, () => Promise.resolve());
      await atStep(page, 'materials');
    },
    async toReview(walk) {
      await walkToReview(walk);
    },
    async toReceipt(walk) {
      await walkToReceipt(walk);
    },
    async next() {
      await page.locator('.footer-next button').tap();
    },
    async says(words) {
      await page.locator('.screen').getByText(words).first().waitFor(SLOW);
    },
    async health() {
      return (await (await fetch(stack.terminal.ready.health)).json()) as Readonly<
        Record<string, unknown>
      >;
    },
    async cardAway() {
      await simulators.removeCard();
      await findsNothing(simulators);
    },
    async clear() {
      await hall.cardAway();
      const step = await page.locator('.screen').getAttribute('data-step');
      if (step === 'receipt') await hall.next();
      else if (step !== 'attract' && step !== 'goodbye') {
        await page.getByRole('button', { name: '结束', exact: true }).tap();
        await page.getByRole('button', { name: '结束，全部清掉' }).tap();
      }
      await page.locator('.screen:is([data-step="goodbye"], [data-step="attract"])').waitFor(SLOW);
      if ((await page.locator('.screen').getAttribute('data-step')) === 'goodbye') {
        await page.getByRole('button', { name: '完成' }).tap();
      }
      await atStep(page, 'attract');
    },
    async shoot(name, words) {
      if (PICTURES === undefined) return;
      if (words !== undefined) await hall.says(words);
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, `${name}.png`) });
    },
    newest() {
      const item = indexedItems(terminalDir).at(-1);
      expect(item).toBeDefined();
      return item!.submissionId;
    },
    async close() {
      await browser.close();
      await stack.stop();
      await platform.close();
      options.afterStop?.();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return hall;
}
