import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { ServiceItem } from '../../domain/catalogue/catalogue.ts';
import type { DemoPersona } from '../../drivers/simulator-host/personas.ts';
import type { SimulatorClient } from '../../drivers/simulator-host/client.ts';
import { zh } from '../../renderer/messages/zh.ts';
import { fillForm } from './fill-form.ts';
import { submitMoments, watchSubmit } from './stopwatch.ts';

/** What a walk needs: a page that shows the attract screen, hands for the devices, who and what for. */
export interface Walk {
  readonly page: Page;
  readonly simulators: SimulatorClient;
  readonly persona: DemoPersona;
  readonly service: ServiceItem;
  /** Called on every screen when it is as the citizen leaves it. */
  readonly shoot?: (name: string) => Promise<void>;
  /** Called at the papers: what it leaves missing is scanned. */
  readonly onPapers?: () => Promise<void>;
  /** Called when the core has read the card. */
  readonly onCardRead?: () => Promise<void> | void;
}

/** How long the parts of the way took, in ms, as a citizen would feel them. */
export interface WalkTimings {
  /** Card laid down → greeted by name on the screen. */
  readonly cardToGreeting: number;
  /** When the submit button took the touch, in ms of the wall clock. */
  readonly submittedAt: number;
  /** Submit touched → the screen says that it is being stored. */
  readonly submitToAnswer: number;
  /** Submit touched → the receipt is on the screen (it is durable then). */
  readonly submitToReceiptScreen: number;
  /** Submit touched → the first dot of the receipt is on the paper. */
  readonly submitToFirstDot: number;
  /** Submit touched → the screen says that the printer confirmed it, or that it did not. */
  readonly submitToPrinted: number;
  /** Card laid down → receipt. */
  readonly whole: number;
}

const SLOW = { timeout: 60_000 };

/** Waits for a step of the session to be on the screen. */
export async function atStep(page: Page, step: string): Promise<void> {
  await page.locator(`.screen[data-step="${step}"]`).waitFor(SLOW);
}

async function scanPapers(walk: Walk): Promise<void> {
  const { page, simulators } = walk;
  for (;;) {
    const paper = page.locator('.paper-missing').first();
    if ((await paper.count()) === 0) return;
    const title = await paper.getAttribute('aria-labelledby');
    const same = page.locator(`section[aria-labelledby="${title ?? ''}"]`);
    await simulators.loadPages('flatbed', 1);
    await same.getByRole('button', { name: zh.materials.flatbed, exact: true }).tap();
    await same.locator('.pages img').first().waitFor(SLOW);
    await page
      .locator(`.paper-missing[aria-labelledby="${title ?? ''}"]`)
      .waitFor({ state: 'detached', ...SLOW });
  }
}

/** Takes the first paper through the document camera: what lies under it is taken by itself. */
export async function takeUnderCamera(page: Page): Promise<void> {
  await page.getByRole('button', { name: zh.camera.start, exact: true }).first().tap();
  await page.locator('.camera-taken img').first().waitFor({ timeout: 120_000 });
  await page.getByRole('button', { name: zh.camera.done, exact: true }).tap();
  await page.locator('.pages img').first().waitFor(SLOW);
}

async function sign(page: Page): Promise<void> {
  const canvas = page.locator('canvas.ink');
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  if (box === null) throw new Error('there is nothing to sign on');
  for (const [from, to] of [
    [0.2, 0.45],
    [0.4, 0.7],
    [0.55, 0.85],
  ] as const) {
    await page.mouse.move(box.x + box.width * from, box.y + box.height * 0.3);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * to, box.y + box.height * 0.5, { steps: 6 });
    await page.mouse.move(box.x + box.width * from, box.y + box.height * 0.75, { steps: 6 });
    await page.mouse.up();
  }
}

/**
 * Gives a terminal that has just started time to know its reader and its catalogue: a card that lies
 * there before the reader is known belongs to nobody, and lets nobody in. Who cannot serve after that
 * has a reason, and its screen says it.
 */
export async function untilServing(page: Page): Promise<void> {
  const health = new URL('/health', page.url());
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    const { taking, devices } = (await (await fetch(health)).json()) as {
      readonly taking?: string;
      readonly devices?: { readonly idCard?: { readonly state?: string } };
    };
    if (taking === 'yes' && devices?.idCard?.state === 'online') return;
    await sleep(50);
  }
}

/**
 * Waits for the greeting. Who is not greeted for long lifts the card and lays it down again, as people do; that it
 * was needed is said aloud with what the screen showed, for it should never be.
 */
async function greeted({ page, simulators, persona }: Walk): Promise<void> {
  const find = page.locator('.screen[data-step="find"]');
  if (await find.waitFor({ timeout: 60_000 }).then(yes, no)) return;
  const shown = page.locator('.screen').first();
  const step = (await shown.getAttribute('data-step').catch(() => null)) ?? 'nothing';
  const words = (await shown.innerText().catch(() => '')).replaceAll(/\s+/g, ' ').slice(0, 200);
  const { state } = await simulators.device('id-card-1');
  console.log(`LAID DOWN TWICE: the screen was at ${step} (${words}), the reader at`, state);
  await simulators.command('id-card-1', { do: 'removeCard' });
  await sleep(2_000);
  await simulators.insertCard(persona.id);
  await atStep(page, 'find');
}
const yes = (): boolean => true;
const no = (): boolean => false;

/** Walks one citizen from the card to the last screen before submitting. Answers the time the card was laid down, and ms until the greeting. */
export async function walkToReview(
  walk: Walk,
): Promise<{ readonly laid: number; readonly cardToGreeting: number }> {
  const { page, service } = walk;
  const shoot = walk.shoot ?? (() => Promise.resolve());
  const next = page.locator('.footer-next button');
  await atStep(page, 'attract');
  await untilServing(page);
  await shoot('attract');

  const laid = performance.now();
  await walk.simulators.insertCard(walk.persona.id);
  await greeted(walk);
  const cardToGreeting = performance.now() - laid;
  await walk.onCardRead?.();
  await shoot('find');

  await page.locator('.service-card', { hasText: service.name.zh }).tap();
  await atStep(page, 'guide');
  await shoot('guide');
  await next.tap();
  await atStep(page, 'form');
  await fillForm(page, service, walk.persona, shoot);

  await atStep(page, 'materials');
  await walk.onPapers?.();
  await scanPapers(walk);
  await shoot('materials');
  await next.tap();
  await atStep(page, 'sign');
  await sign(page);
  await shoot('sign');
  await next.tap();
  await atStep(page, 'review');
  await shoot('review');
  return { laid, cardToGreeting };
}

/** When the last strip that came out of the printer began to be printed, in ms of the wall clock; NaN when none did. */
async function lastInkedAt(simulators: SimulatorClient): Promise<number> {
  const { state } = await simulators.device('receipt-printer-1');
  const jobs = state['jobs'] as readonly { readonly inkedAt: number }[];
  return jobs.at(-1)?.inkedAt ?? NaN;
}

/** Walks one citizen from the card to the receipt by touching the real page; the card still lies there at the end. */
export async function walkToReceipt(walk: Walk): Promise<WalkTimings> {
  const { page } = walk;
  const { laid, cardToGreeting } = await walkToReview(walk);
  await watchSubmit(page);
  await page.locator('.footer-next button').tap();
  await atStep(page, 'receipt');
  await page
    .locator(
      '.screen[data-step="receipt"][data-print]:not([data-print="none"]):not([data-print="printing"])',
    )
    .waitFor(SLOW);
  const { touched, answered, receipt, printed } = await submitMoments(page);
  await walk.shoot?.('receipt');
  return {
    cardToGreeting,
    submittedAt: touched,
    submitToAnswer: answered - touched,
    submitToReceiptScreen: receipt - touched,
    submitToFirstDot: (await lastInkedAt(walk.simulators)) - touched,
    submitToPrinted: printed - touched,
    whole: performance.now() - laid,
  };
}

/** Ends after the receipt: goodbye, card taken away, back to the attract screen. */
export async function walkAway(walk: Walk): Promise<void> {
  const { page } = walk;
  const shoot = walk.shoot ?? (() => Promise.resolve());
  await page.locator('.footer-next button').tap();
  await atStep(page, 'goodbye');
  await shoot('goodbye');
  await walk.simulators.removeCard();
  await page.locator('.goodbye .notice-bad').waitFor({ state: 'detached', ...SLOW });
  // Nobody need touch this: the screen goes by itself a little later.
  await page.getByRole('button', { name: zh.goodbye.done, exact: true }).tap();
  await page.locator('.screen[data-step="attract"]').waitFor({ timeout: 60_000 });
}
