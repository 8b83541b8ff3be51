import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { createSystemPorts, type SystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore, type DurableCore } from '../../main/core/durable.ts';
import type { Submission } from '../../main/core/outbox/contract.ts';
import { createSummaryMaker } from '../../main/core/pdf/summary-maker.ts';
import type { Ports } from '../../main/core/ports.ts';
import { TERMINAL_MOMENTS } from '../kill/fate.ts';
import { startTestPlatform, TEST_CODE, type TestPlatform } from '../platform-kit/platform.ts';
import { chanceOf, type Chance } from '../simulation/chance.ts';
import { leakOf, type Leak } from './planted-leaks.ts';
import type { Resident } from './residents.ts';
import { composeVisit, visitOf, type Visit } from './visit.ts';

/** `day`: one day without the network, all still there. `days`: archived, held, crashed, waiting. */
export type Story = 'day' | 'days';

/** What is asked for. */
export interface DiskOptions {
  /** Gets the platform's folder and those of the terminal, each as it lay at a crash. */
  readonly folder: string;
  readonly seed: string;
  readonly residents: readonly Resident[];
  /** How many of the residents come, each once. */
  readonly visitors: number;
  readonly story: Story;
  /** Planted on purpose, to be caught. */
  readonly leaks?: ReadonlySet<Leak>;
}

/** A terminal's disk as the thief takes it along: pulled out while the core ran. */
export interface StolenDisk {
  /** The data folder. */
  readonly folder: string;
  /** Who was there: places in the list. For the judge, not for the thief. */
  readonly visitors: ReadonlySet<number>;
  /** What happened, in numbers. */
  readonly told: Readonly<
    Record<'stored' | 'crashes' | 'held' | 'archived' | 'waiting' | 'setAside', number>
  >;
}

const DAY_MS = 86_400_000;
/** 2026-10-12 08:30 at the hall. */
const FIRST_MORNING = Date.UTC(2026, 9, 12, 0, 30);
const DAYS: Readonly<Record<Story, number>> = { day: 1, days: 5 };

/** A hall whose clock goes as the story wants, with one terminal that is stolen at the end. */
class Hall {
  readonly options: DiskOptions;
  readonly platform: TestPlatform;
  readonly chance: Chance;
  readonly summaries = createSummaryMaker();
  readonly held = new Set<string>();
  readonly refuse = new Set<string>();
  offset: number;
  cut = false;
  crashes = 0;
  folder: string;
  /** Where the power goes next; undefined: nowhere. */
  moment: string | undefined;
  /** Folder that the disk was copied to when the power went. */
  crashedTo: string | undefined;
  core: DurableCore | undefined;
  ports: SystemPorts | undefined;

  constructor(options: DiskOptions, platform: TestPlatform, offset: number) {
    this.options = options;
    this.platform = platform;
    this.chance = chanceOf(`${options.seed}/${options.story}/hall`);
    this.folder = join(options.folder, 'terminal-0');
    this.offset = offset;
  }
}

const wall = (hall: Hall): number => Date.now() + hall.offset;

/** Time goes on to a moment, never back. */
function waitUntil(hall: Hall, ms: number): void {
  hall.offset = Math.max(hall.offset, ms - Date.now());
}

async function eventually(what: string, is: () => boolean): Promise<void> {
  const end = performance.now() + 120_000;
  while (!is()) {
    if (performance.now() > end) throw new Error(`never came: ${what}`);
    await pause(10);
  }
}

/** The disk as it lies at this moment, before anything else runs. */
function copyDisk(hall: Hall): string {
  hall.crashes += 1;
  const to = join(hall.options.folder, `terminal-${String(hall.crashes)}`);
  // keeps modes and times, and is over before anything else runs
  execFileSync('cp', ['-a', hall.folder, to]);
  return to;
}

function portsOf(hall: Hall, real: SystemPorts): Ports {
  const refused = {
    ok: true as const,
    value: {
      status: 409,
      headers: { 'content-type': 'application/problem+json' },
      body: Buffer.from('{"type":"about:blank","title":"conflict","status":409,"code":"conflict"}'),
    },
  };
  return {
    ...real,
    clock: {
      wall: () => wall(hall),
      now: () => performance.now() + hall.offset,
      after: real.clock.after,
    },
    seal:
      hall.options.leaks?.has('unpaddedLengths') === true
        ? leakOf.unpaddedSeal(real.seal)
        : real.seal,
    network: {
      request(request) {
        const { method, path } = request;
        const id = path.split('/').at(-1) ?? '';
        if (hall.cut) {
          return Promise.resolve({ ok: false, error: { kind: 'unreachable', detail: 'cut' } });
        }
        if (method === 'PUT' && hall.refuse.has(id)) {
          hall.held.add(id);
          return Promise.resolve(refused);
        }
        return real.network.request(request);
      },
    },
    crashPoint(moment) {
      if (moment !== hall.moment) return;
      hall.moment = undefined;
      hall.crashedTo = copyDisk(hall);
      throw new Error('the power went');
    },
  };
}

async function open(hall: Hall): Promise<DurableCore> {
  const real = await createSystemPorts({
    dataFolder: hall.folder,
    platformUrl: hall.platform.url,
    environment: 'demo',
  });
  hall.ports = real;
  const core = await createDurableCore(portsOf(hall, real), {
    environment: 'demo',
    softwareVersion: 'test',
    enrolmentCode: TEST_CODE,
    minFreeBytes: 0,
    sessionBytes: 0,
    pollEveryMs: 300,
    backoffCeilingMs: 200,
    requestDeadlineMs: 20_000,
  });
  hall.core = core;
  core.start();
  await eventually('taking', () => core.outbox.taking() === 'yes');
  return core;
}

async function close(hall: Hall): Promise<void> {
  await hall.core?.stop();
  await hall.ports?.close();
  hall.core = undefined;
}

/** After a crash the next start finds what lay on the disk then. */
async function startAgain(hall: Hall): Promise<DurableCore> {
  await close(hall);
  if (hall.crashedTo !== undefined) hall.folder = hall.crashedTo;
  hall.crashedTo = undefined;
  return open(hall);
}

/** What a real core writes of a session besides, and the leaks that are planted. */
function plantLeaks(hall: Hall, visit: Visit): void {
  const { leaks = new Set<Leak>() } = hall.options;
  const terminalId = hall.core?.enrolment.current()?.terminalId ?? '';
  const { idNumber } = visit.resident;
  if (leaks.has('saltedDigestInAudit')) {
    const detail = createHash('sha256').update(`${terminalId}${idNumber}`).digest('hex');
    hall.core?.audit.record('cardRead', { detail: detail.slice(0, 16) });
  }
  if (leaks.has('keyedDigestInAudit')) {
    const key = readFileSync(join(hall.folder, 'keys', 'terminal.ed25519'));
    const detail = createHmac('sha256', key).update(idNumber).digest('base64url');
    hall.core?.audit.record('sessionBegun', { detail });
  }
  if (leaks.has('nameInFreePage')) {
    const db = new DatabaseSync(join(hall.folder, 'outbox', 'index.db'), { timeout: 5000 });
    db.prepare("INSERT INTO kv (key, value) VALUES ('left', ?)").run(visit.resident.name);
    db.exec("DELETE FROM kv WHERE key = 'left'");
    db.close();
  }
}

/** Hands in what a visitor brought, again when the power went before a receipt was printed. */
async function handIn(hall: Hall, submission: Submission): Promise<void> {
  for (;;) {
    const core = hall.core ?? (await open(hall));
    const done = await core.outbox.submit(submission);
    if (hall.crashedTo !== undefined) {
      await startAgain(hall);
      continue;
    }
    if (!done.ok) throw new Error(`nothing was taken: ${done.error}`);
    hall.core?.audit.record('receiptPrinted', { receiptNumber: done.value.receiptNumber });
    return;
  }
}

async function visitHall(
  hall: Hall,
  { visit, place }: { readonly visit: Visit; readonly place: number },
  at: number,
  refused: boolean,
): Promise<void> {
  const { leaks } = hall.options;
  waitUntil(hall, at);
  if (hall.crashedTo !== undefined) await startAgain(hall);
  const core = hall.core ?? (await open(hall));
  core.audit.record('sessionBegun');
  core.audit.record('cardRead');
  const submissionId =
    leaks?.has('placeInListAsId') === true
      ? leakOf.idOfPlace(place)
      : core.outbox.newSubmissionId();
  const composed = await composeVisit(visit, {
    submissionId,
    summaries: hall.summaries,
    terminalId: core.enrolment.current()?.terminalId ?? '',
    chance: hall.chance,
  });
  waitUntil(hall, at + visit.takesMs);
  const byChance = hall.options.story === 'days' && hall.chance.often(0.01);
  if (refused || byChance) hall.refuse.add(submissionId);
  await handIn(
    hall,
    leaks?.has('digestInHeader') === true ? leakOf.marked(composed, visit) : composed,
  );
  plantLeaks(hall, visit);
  hall.core?.audit.record('sessionEnded', { detail: 'done' });
}

/** When each visitor comes: one after another, over the days, morning to evening. */
function timesOf(hall: Hall, visits: readonly { readonly visit: Visit }[]): readonly number[] {
  const days = DAYS[hall.options.story];
  const perDay = Math.ceil(visits.length / days);
  let free = 0;
  return visits.map(({ visit }, at) => {
    const morning = FIRST_MORNING + Math.floor(at / perDay) * DAY_MS;
    const begins = Math.max(morning, free + hall.chance.between(5_000, 90_000));
    free = begins + visit.takesMs;
    return begins;
  });
}

async function archiveAll(hall: Hall): Promise<void> {
  hall.cut = false;
  await eventually('sent', () => (hall.core?.outbox.waiting() ?? 0) <= hall.held.size);
  await hall.platform.reviewed();
  await hall.platform.admin('/archive', { method: 'POST' });
}

async function play(hall: Hall, visitors: readonly number[]): Promise<void> {
  const { residents, story, seed } = hall.options;
  const visits = visitors.map((place) => {
    const resident = residents[place];
    if (!resident) throw new Error('no such resident');
    return { place, visit: visitOf(resident, chanceOf(`${seed}/${story}/visit/${String(place)}`)) };
  });
  const times = timesOf(hall, visits);
  const perDay = Math.ceil(visits.length / DAYS[story]);
  hall.cut = story === 'day';
  for (const [at, { visit, place }] of visits.entries()) {
    const dayBegins = at > 0 && at % perDay === 0;
    if (story === 'days') {
      if (dayBegins) await archiveAll(hall);
      // the last afternoon, and an hour in the middle of each day, without a line
      hall.cut = at >= visits.length - perDay / 2 || (at % perDay) % 12 < 3;
      if (hall.chance.often(0.06)) hall.moment = hall.chance.pick(TERMINAL_MOMENTS);
    }
    // one is refused for certain: the thief is promised a disk with a held item
    await visitHall(hall, { visit, place }, times[at] ?? 0, story === 'days' && at === 0);
  }
}

/** Plays the story with the real durable half on a real disk, and gives the disk as a thief finds it. */
export async function makeDisk(options: DiskOptions): Promise<StolenDisk> {
  const { residents, seed, story } = options;
  await mkdir(options.folder, { recursive: true });
  const chance = chanceOf(`${seed}/${story}/visitors`);
  const visitors = new Set<number>();
  if (options.leaks?.has('visitOnBirthday') === true) {
    for (const [place, { birthDate }] of residents.entries()) {
      if (birthDate.endsWith(leakOf.dayOf(FIRST_MORNING))) visitors.add(place);
    }
  }
  while (visitors.size < options.visitors) visitors.add(chance.between(0, residents.length - 1));
  const begin = FIRST_MORNING - 600_000 - Date.now();
  let offset = (): number => begin;
  const platform = await startTestPlatform(join(options.folder, 'platform'), {
    users: [],
    limits: { requestsPerMinute: 1_000_000 },
    now: () => Date.now() + offset(),
  });
  const hall = new Hall(options, platform, begin);
  offset = () => hall.offset;
  try {
    await open(hall);
    await play(hall, [...visitors]);
    if (hall.crashedTo !== undefined) await startAgain(hall);
    const items = hall.core?.outbox.list() ?? [];
    const stateOf = (...states: readonly string[]): number =>
      items.filter(({ state }) => states.includes(state)).length;
    const told = {
      stored: items.length,
      crashes: hall.crashes,
      held: stateOf('held'),
      archived: stateOf('archived'),
      waiting: stateOf('queued', 'sending', 'retry'),
      setAside: hall.core?.problems().some(({ code }) => code === 'filesSetAside') === true ? 1 : 0,
    };
    // pulled out of the running machine: with its write-ahead log
    const folder = copyDisk(hall);
    return { folder, visitors, told };
  } finally {
    await close(hall);
    await hall.summaries.close();
    await platform.close();
  }
}

/** Takes a disk away again. */
export const removeDisk = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true });
