import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { SimulatorClient } from '../../drivers/simulator-host/client.ts';
import { chromiumArguments } from '../../main/shell/browser/settings.ts';
import { personaById, serviceById } from '../../scripts/citizen/journey.ts';
import { indexedItems } from '../../scripts/citizen/terminal-index.ts';
import { waitForItem } from '../../scripts/citizen/platform-view.ts';
import { walkAway, walkToReceipt } from '../../scripts/citizen/walk.ts';
import { ensurePage } from '../../scripts/launch/build-page.ts';
import { openCuttableLink, type CuttableLink } from '../../scripts/launch/cuttable-link.ts';
import { startStack, type Stack } from '../../scripts/launch/stack.ts';
import { filesBelow, filesOnTmpfs, searchFiles, unnamedFilesOf } from '../remains/files.ts';
import { familyOf, memoryOf, searchMemory, type Hits } from '../remains/memory.ts';
import { needlesOf, SURE_BYTES } from '../remains/texts.ts';
import { chromiumChoice } from '../support/chromium.ts';
import { notRun } from '../support/not-run.ts';
import { spellingsOf } from '../support/spellings.ts';

/** Whoever comes first finds no line to the platform, the second one does. */
const FIRST = { persona: personaById('ext-g'), service: serviceById('unemployment-reg') };
const SECOND = { persona: personaById('ext-f'), service: serviceById('disability-subsidy') };
const FREE_TEXTS = { lastEmployer: '云雾缭绕山茶合作社', wantJob: '在鹤鸣亭修补竹编灯笼' };
const NEEDLES = needlesOf([FIRST.persona, SECOND.persona], Object.values(FREE_TEXTS));
const SHM = '/dev/shm';

let dataDir: string;
let stack: Stack;
let link: CuttableLink;
let context: BrowserContext;
let page: Page;
/** A machine with much else to do needs many times as long. */
vi.setConfig({ testTimeout: 600_000, hookTimeout: 400_000 });

const place = (name: string): string => join(dataDir, name);
let shmBefore: ReadonlySet<string>;

beforeAll(async () => {
  ensurePage();
  dataDir = mkdtempSync(join(tmpdir(), 'bianmin-remains-'));
  shmBefore = new Set(readdirSync(SHM));
  for (const name of ['profile', 'tmp']) mkdirSync(place(name));
  stack = await startStack({
    dataDir,
    // a debugger is asked in for one thing only: to collect garbage
    env: { terminal: { TMPDIR: place('tmp'), NODE_OPTIONS: '--inspect-port=127.0.0.1:0' } },
    async link(url) {
      link = await openCuttableLink(url);
      return link.url;
    },
  });
  const { executablePath, args } = await chromiumChoice();
  // the shell's own switches; Playwright brings the profile, and a window that nobody sees
  const shell = chromiumArguments({ page: '', profileDir: '', asRoot: false }).filter(
    (each) => !/^--(?:kiosk|app|user-data-dir|incognito)/.test(each),
  );
  context = await chromium.launchPersistentContext(place('profile'), {
    executablePath,
    args: [...args, ...shell],
    env: { ...process.env, TMPDIR: place('tmp') },
    headless: true,
    viewport: { width: 1080, height: 1920 },
    hasTouch: true,
    locale: 'zh-CN',
  });
  page = context.pages()[0] ?? (await context.newPage());
  await page.goto(stack.terminal.ready.url);
});

afterAll(async () => {
  await context.close();
  await stack.stop();
  await link.close();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Watched {
  readonly core: number;
  readonly deviceHost: number;
  readonly renderers: readonly number[];
  /** Chromium's other processes. */
  readonly browser: readonly number[];
  readonly all: readonly number[];
}

/** Processes of the terminal. Simulators and platform hold the synthetic people by design: they are not among them. */
function watched(): Watched {
  const core = familyOf(stack.terminal.child.pid ?? 0);
  const begun = familyOf(process.pid).filter(({ command }) => command.includes(place('profile')));
  const family = [
    ...new Map(begun.flatMap(({ pid }) => familyOf(pid)).map((each) => [each.pid, each])).values(),
  ];
  const renderers = family.filter(({ command }) => command.includes('--type=renderer'));
  const pidOf = (among: typeof core, what: string): number => {
    const found = among.find(({ command }) => command.includes(what));
    if (!found) throw new Error(`no process of ${what}`);
    return found.pid;
  };
  return {
    core: pidOf(core, 'scripts/terminal.ts'),
    deviceHost: pidOf(core, 'device-host'),
    renderers: renderers.map(({ pid }) => pid),
    browser: family
      .filter(({ command }) => !command.includes('--type=renderer'))
      .map(({ pid }) => pid),
    all: [...core, ...family].map(({ pid }) => pid),
  };
}

/** Every place on a disk or on tmpfs that processes of the terminal write to. */
function searchedFiles(): readonly string[] {
  return [
    ...['terminal', 'profile', 'tmp'].flatMap((name) => filesBelow(place(name))),
    join(place('logs'), 'terminal.log'),
    ...filesOnTmpfs(SHM, shmBefore),
    ...watched().all.flatMap(unnamedFilesOf),
  ];
}

type Images = ReadonlyMap<string, readonly Buffer[]>;

/** The memory of processes as it is at this moment. */
function imagesOf(parts: readonly (keyof Watched)[]): Images {
  const seen = watched();
  return new Map(parts.map((part) => [part, [seen[part]].flat().flatMap(memoryOf)]));
}

const told: string[] = [];
function tell(when: string, images: Images): ReadonlyMap<string, Hits> {
  const found = new Map([...images].map(([part, runs]) => [part, searchMemory(runs, NEEDLES)]));
  for (const [part, hits] of found) {
    const megabytes =
      (images.get(part) ?? []).reduce((sum, { length }) => sum + length, 0) / 2 ** 20;
    const sorted = [...hits].sort().map(([kind, count]) => `${kind} ${String(count)}`);
    told.push(
      `${when}, ${part} (${megabytes.toFixed(0)} MiB): ${sorted.length === 0 ? 'nothing' : sorted.join(', ')}`,
    );
  }
  return found;
}
const WATCHED = ['core', 'deviceHost', 'renderers', 'browser'] as const;

const sumOf = (hits: Hits = new Map()): number =>
  [...hits.values()].reduce((sum, count) => sum + count, 0);

/** Asks a Node process by its debugger to collect garbage. */
async function collectGarbage(pid: number): Promise<void> {
  const log = join(place('logs'), 'terminal.log');
  const addresses = (): readonly string[] =>
    readFileSync(log, 'utf8').match(/(?<=Debugger listening on )ws:\S+/g) ?? [];
  const before = addresses().length;
  process.kill(pid, 'SIGUSR1');
  await expect.poll(() => addresses().length, { timeout: 60_000 }).toBeGreaterThan(before);
  const socket = new WebSocket(addresses().at(-1) ?? '');
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  for (let id = 1; id <= 3; id += 1) {
    const answered = new Promise((resolve) => socket.once('message', resolve));
    socket.send(JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' }));
    await answered;
  }
  socket.terminate();
}

describe('nothing of a person remains when they have gone', () => {
  it('two people go the whole way; while the first one is there the search finds them in memory', async () => {
    const simulators = new SimulatorClient(stack.simulators.ready.control);
    link.cut();
    let image: Images | undefined;
    const first = {
      page,
      simulators,
      ...FIRST,
      async shoot(name: string): Promise<void> {
        for (const [field, text] of Object.entries(FREE_TEXTS)) {
          const input = page.locator(`.fields [id="${field}"]`);
          if (name.startsWith('form') && (await input.count()) > 0) await input.fill(text);
        }
        if (name === 'review') image = imagesOf(['core', 'renderers']);
      },
    };
    await walkToReceipt(first);
    await walkAway(first);
    const during = tell('during the first session', image ?? new Map());
    expect(sumOf(during.get('core'))).toBeGreaterThan(0);
    expect(sumOf(during.get('renderers'))).toBeGreaterThan(0);
    link.mend();
    const second = { page, simulators, ...SECOND };
    await walkToReceipt(second);
    await walkAway(second);
    tell('right after the second session', imagesOf(WATCHED));
    const items = indexedItems(place('terminal'));
    expect(items).toHaveLength(2);
    for (const { submissionId } of items) {
      const arrived = await waitForItem(stack.platform.ready, submissionId);
      expect(arrived.problems).toEqual([]);
    }
  });

  it('no file of the terminal, its browser and its temporary folders holds anything of them', () => {
    const files = searchedFiles();
    for (const name of ['terminal', 'profile']) {
      expect(files.filter((file) => file.startsWith(place(name))).length).toBeGreaterThan(3);
    }
    expect(searchFiles(files, NEEDLES)).toEqual([]);
  });

  it.each(['terminal', 'profile', 'tmp', 'shm'])(
    'what is planted in %s is found, however it is written',
    (name) => {
      const folder = name === 'shm' ? mkdtempSync(join(SHM, 'bianmin-planted-')) : place(name);
      const spelt = spellingsOf(FIRST.persona.card.name).filter(
        ({ bytes }) => bytes.length >= SURE_BYTES,
      );
      const planted = spelt.map(({ spelling, bytes }, at) => {
        const file = join(folder, `planted-${String(at)}`);
        writeFileSync(file, Buffer.concat([Buffer.from([1, 2, 3]), bytes, Buffer.from([4])]));
        return { file, kind: 'name', spelling };
      });
      try {
        const found = searchFiles(searchedFiles(), NEEDLES);
        expect(found).toEqual(expect.arrayContaining(planted));
        expect(new Set(spelt.map(({ spelling }) => spelling)).size).toBeGreaterThan(5);
      } finally {
        for (const { file } of planted) rmSync(file);
        if (name === 'shm') rmSync(folder, { recursive: true });
      }
    },
  );

  it('tells what is left in memory, which no program in this language can overwrite', async () => {
    const { core, deviceHost } = watched();
    await collectGarbage(core);
    await collectGarbage(deviceHost);
    const session = await context.newCDPSession(page);
    await session.send('HeapProfiler.collectGarbage');
    tell('after garbage was collected', imagesOf(WATCHED));
    for (const line of told) console.log(`REMAINS: ${line}`);
  });
});

if (process.platform !== 'linux')
  notRun('remains in memory', 'only Linux shows memory of processes');
