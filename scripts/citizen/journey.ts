import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO_PERSONAS, type DemoPersona } from '../../drivers/simulator-host/personas.ts';
import { SimulatorClient } from '../../drivers/simulator-host/client.ts';
import { demoCatalogue } from '../../kiosk-config/index.ts';
import type { ServiceItem } from '../../domain/catalogue/catalogue.ts';
import { launchChromium } from '../../tests/support/chromium.ts';
import { BadArguments } from '../launch/arguments.ts';
import { demoCameraArguments } from '../launch/camera-film.ts';
import type { CuttableLink } from '../launch/cuttable-link.ts';
import type { Stack } from '../launch/stack.ts';
import { openBody, openSealed } from './open-sealed.ts';
import { waitForItem, type PlatformItem } from './platform-view.ts';
import { envelopesOnDisk, type EnvelopeOnDisk } from './terminal-view.ts';
import { takeUnderCamera, walkAway, walkToReceipt, type WalkTimings } from './walk.ts';

/** Who goes, what for, and where pictures and papers are put. */
export interface JourneyOptions {
  readonly stack: Stack;
  readonly terminalDir: string;
  readonly personaId: string;
  readonly serviceId: string;
  /** Folder for screens and papers; without one nothing is kept. */
  readonly out?: string;
  /** With these the platform cannot be reached from the card's reading on, for at least `seconds`. */
  readonly offline?: { readonly link: CuttableLink; readonly seconds: number };
  /** A film that the page sees through its document camera: the first paper is taken from it. */
  readonly film?: string;
  /** Browser profile; default a throw-away one. */
  readonly profileDir?: string;
}

/** How it went, seen from outside. */
export interface Journey {
  readonly persona: DemoPersona;
  readonly envelope: EnvelopeOnDisk;
  readonly queuedWhileOffline: boolean;
  readonly item: PlatformItem;
  /** What came out of the printer. */
  readonly receipt: { readonly bytes: Uint8Array; readonly text: string; readonly png: Uint8Array };
  readonly pdf: Uint8Array;
  readonly timings: WalkTimings & {
    readonly linkBackToPlatform: number | null;
    readonly submitToPlatform: number;
  };
}

/** A persona that can go the whole way, by id. Throws BadArguments naming those there are. */
export function personaById(id: string): DemoPersona {
  const persona = DEMO_PERSONAS.find((candidate) => candidate.id === id);
  if (persona) return persona;
  throw new BadArguments(
    `没有这个角色 / no such persona: ${id}. ${DEMO_PERSONAS.map((one) => one.id).join(' ')}`,
  );
}

/** A service of the demo catalogue, by id. Throws BadArguments naming those there are. */
export function serviceById(id: string): ServiceItem {
  const { services } = demoCatalogue();
  const service = services.find((candidate) => candidate.id === id);
  if (service) return service;
  throw new BadArguments(
    `没有这个事项 / no such service: ${id}. ${services.map((one) => one.id).join(' ')}`,
  );
}

async function takeReceipt(simulators: SimulatorClient): Promise<Journey['receipt']> {
  const part = async (kind: string): Promise<Uint8Array> =>
    (await simulators.artifact('receipt-printer-1', `last.${kind}`)).bytes;
  return {
    bytes: await part('bin'),
    text: new TextDecoder().decode(await part('txt')),
    png: await part('png'),
  };
}

async function newEnvelope(
  terminalDir: string,
  before: ReadonlySet<string>,
): Promise<EnvelopeOnDisk> {
  const found = (await envelopesOnDisk(terminalDir)).filter(({ header }) => !before.has(header.id));
  const [envelope] = found;
  if (found.length !== 1 || !envelope)
    throw new Error(`${String(found.length)} new envelopes on the terminal's disk`);
  return envelope;
}

/** One synthetic citizen goes the whole way through the real page in a headless Chromium. */
export async function journey(options: JourneyOptions): Promise<Journey> {
  const { stack, terminalDir, offline, out, film } = options;
  const persona = personaById(options.personaId);
  const service = serviceById(options.serviceId);
  const simulators = new SimulatorClient(stack.simulators.ready.control);
  const screens = out === undefined ? undefined : join(out, 'screens');
  if (screens !== undefined) await mkdir(screens, { recursive: true });
  const before = new Set((await envelopesOnDisk(terminalDir)).map(({ header }) => header.id));
  const browser = await launchChromium(film === undefined ? [] : demoCameraArguments(film));
  try {
    const context = await browser.newContext({
      viewport: { width: 1080, height: 1920 },
      hasTouch: true,
      locale: 'zh-CN',
    });
    // for machines that have much else to do
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    await page.goto(stack.terminal.ready.url);
    let count = 0;
    let cutAt = 0;
    const walk = {
      page,
      simulators,
      persona,
      service,
      async shoot(name: string): Promise<void> {
        if (screens === undefined) return;
        count += 1;
        await page.screenshot({
          path: join(screens, `${String(count).padStart(2, '0')}-${name}.png`),
        });
      },
      ...(film === undefined ? {} : { onPapers: () => takeUnderCamera(page) }),
      onCardRead() {
        cutAt = performance.now();
        offline?.link.cut();
      },
    };
    const timings = await walkToReceipt(walk);
    const envelope = await newEnvelope(terminalDir, before);
    const receipt = await takeReceipt(simulators);
    const queuedWhileOffline = offline !== undefined;
    let mendedAt: number | undefined;
    if (offline) {
      await sleep(Math.max(0, offline.seconds * 1000 - (performance.now() - cutAt)));
      offline.link.mend();
      mendedAt = performance.now();
    }
    const item = await waitForItem(stack.platform.ready, envelope.header.id);
    const arrived = performance.now();
    const submitToPlatform = Date.now() - timings.submittedAt;
    await walkAway(walk);
    const identity = stack.platform.ready.ageIdentityFile;
    const body = await openBody(envelope.body, identity);
    const summary = envelope.attachments.get(body.summary.attachment);
    if (!summary) throw new Error('the summary is not among the attachments');
    // zero bytes fill it up to a length that says nothing of the person
    const pdf = (await openSealed(summary, identity)).subarray(0, body.summary.size);
    if (out !== undefined) {
      await writeFile(join(out, 'receipt.bin'), receipt.bytes);
      await writeFile(join(out, 'receipt.txt'), receipt.text);
      await writeFile(join(out, 'receipt.png'), receipt.png);
      await writeFile(join(out, 'application.pdf'), pdf);
    }
    return {
      persona,
      envelope,
      queuedWhileOffline,
      item,
      receipt,
      pdf,
      timings: {
        ...timings,
        submitToPlatform,
        linkBackToPlatform: mendedAt === undefined ? null : arrived - mendedAt,
      },
    };
  } finally {
    await browser.close();
  }
}
