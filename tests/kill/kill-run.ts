import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { StoredItem } from '../../main/core/outbox/contract.ts';
import { CRASH_MOMENTS } from '../../platform/crash-point.ts';
import { PartFailed, ROOT, startPart, type Part } from '../../scripts/launch/part.ts';
import type { PlatformReady } from '../../scripts/launch/stack.ts';
import { DEMO_ENROLMENT_CODE, DEMO_HALL } from '../../kiosk-config/index.ts';
import { chanceOf, type Chance } from '../page-images/chance.ts';
import type { Violation } from '../invariants/index.ts';
import { afterPlatformKill, afterTerminalKill } from './after-kill.ts';
import { createPace, fateOf, TERMINAL_MOMENTS, type Fate } from './fate.ts';
import { startTerminal, type TerminalLife } from './terminal-life.ts';

/** What a run is told. */
export interface KillOptions {
  /** Gets `terminal/` and `platform/`; on a real disk. */
  readonly folder: string;
  /** How often a process is killed; terminal and platform together. */
  readonly times: number;
  readonly seed: number;
  /** Folder of `terminal.js` and `platform.js`, below the project; see `bundle`. */
  readonly programs: string;
  readonly onProgress?: (kills: number) => void;
  /** Aborted: no more is killed, and the end is judged as it is. */
  readonly enough?: AbortSignal;
}

/** What was seen of a run, from outside. */
export interface KillStory {
  /** Receipts that were in somebody's hand, by submission id. */
  readonly printed: ReadonlyMap<string, StoredItem>;
  /** Receipts under one id that differ: a promise that was changed. */
  readonly contradictions: readonly string[];
  /** Handed in without an answer and not tried again: nothing is owed, nothing may come twice. */
  readonly abandoned: ReadonlySet<string>;
  /** Handed in again under the same id after a kill. */
  readonly retried: number;
  readonly kills: { readonly terminal: number; readonly platform: number };
  /** What was wrong on the disks right after a kill, before the next start could heal it; each told once. */
  readonly seen: readonly Violation[];
  /** Named moments at which processes ended, with how often. */
  readonly moments: ReadonlyMap<string, number>;
  /** Milliseconds from start to ready, on average. */
  readonly startMs: { readonly terminal: number; readonly platform: number };
}

const MOST_IN_A_LIFE = 5;
const TERMINAL_LIVES_PER_START = 0.8;
/** It lives longer than the terminal, so that the terminal also meets one that serves. */
const PLATFORM_LIVES_PER_START = 5;
/** Machines may be busy: nothing here depends on how long a start takes. */
const START_DEADLINE_MS = 5 * 60_000;

class Hall {
  readonly printed = new Map<string, StoredItem>();
  readonly contradictions: string[] = [];
  readonly abandoned = new Set<string>();
  readonly seen = new Map<string, Violation>();
  readonly moments = new Map<string, number>();
  readonly kills = { terminal: 0, platform: 0 };
  readonly terminalPace = createPace(600);
  readonly platformPace = createPace(1500);
  /** Resolves when nobody needs to live any longer. */
  readonly finished = Promise.withResolvers<undefined>();
  retried = 0;
  /** Handed in, and the terminal was killed before it said anything. */
  unanswered: string | undefined;

  readonly options: KillOptions;
  readonly chance: Chance;
  readonly env: Readonly<Record<string, string>>;
  url = '';

  constructor(options: KillOptions) {
    this.options = options;
    this.chance = chanceOf(options.seed);
    options.enough?.addEventListener('abort', () => this.finished.resolve(undefined));
    this.env = { NODE_COMPILE_CACHE: join(options.folder, 'compiled') };
  }

  get done(): boolean {
    const { times, enough } = this.options;
    return enough?.aborted === true || this.kills.terminal + this.kills.platform >= times;
  }

  killed(part: 'terminal' | 'platform', moment: string | undefined): void {
    this.kills[part]++;
    const name = moment?.split(':')[0];
    if (name !== undefined) this.moments.set(name, (this.moments.get(name) ?? 0) + 1);
    if (this.done) this.finished.resolve(undefined);
    this.options.onProgress?.(this.kills.terminal + this.kills.platform);
  }

  see(violations: readonly Violation[], killed: 'terminal' | 'platform'): void {
    for (const each of violations) {
      const what = `${each.what}, right after a kill of the ${killed}`;
      this.seen.set(`${each.invariant} ${each.about} ${what}`, { ...each, what });
    }
  }

  print(id: string, item: StoredItem): void {
    const before = this.printed.get(id);
    if (before && JSON.stringify(before) !== JSON.stringify(item)) this.contradictions.push(id);
    this.printed.set(id, before ?? item);
  }

  /** What the next citizen hands in: something new, or what got no answer. */
  nextId(): string {
    const left = this.unanswered;
    this.unanswered = undefined;
    if (left !== undefined) {
      if (this.chance.next() < 0.6) {
        this.retried++;
        return left;
      }
      this.abandoned.add(left);
    }
    return randomBytes(16).toString('hex');
  }
}

async function writePlatformConfig(folder: string): Promise<string> {
  const file = join(folder, 'platform.json');
  const { region, terminal } = DEMO_HALL;
  const config = {
    archiveEveryMs: 300,
    limits: { requestsPerMinute: 1_000_000 },
    enrolmentCodes: [{ code: DEMO_ENROLMENT_CODE, region, terminal, reusable: true }],
    users: [],
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

const NO_FATE: Fate = { startingMs: undefined, servingMs: Infinity, moment: undefined };

const crashAt = ({ moment }: Fate): Readonly<Record<string, string>> =>
  moment === undefined ? {} : { BIANMIN_CRASH_AT: moment };

/** Starts the platform; no part when it was killed before it was ready. */
async function startPlatform(
  hall: Hall,
  config: string,
  fate: Fate = NO_FATE,
): Promise<{ readonly part: Part<PlatformReady> | undefined; readonly killed: boolean }> {
  const port = hall.url === '' ? '0' : new URL(hall.url).port;
  const started = performance.now();
  try {
    const part = await startPart<PlatformReady>({
      entry: relative(ROOT, join(hall.options.programs, 'platform.js')),
      args: ['--port', port, '--data', join(hall.options.folder, 'platform'), '--config', config],
      env: { ...hall.env, ...crashAt(fate), LOG_LEVEL: 'silent' },
      killAfterMs: fate.startingMs,
      deadlineMs: START_DEADLINE_MS,
    });
    hall.platformPace.note(performance.now() - started);
    return { part, killed: false };
  } catch (error) {
    if (error instanceof PartFailed && error.message.includes('SIGKILL')) {
      return { part: undefined, killed: true };
    }
    throw error;
  }
}

/** Waits for something, but not longer. */
async function atLatest(what: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([what, late]);
  clearTimeout(timer);
}

/** One life of the platform and its end. */
async function platformLife(hall: Hall, config: string): Promise<void> {
  const fate = fateOf(hall.chance, CRASH_MOMENTS, hall.platformPace, PLATFORM_LIVES_PER_START);
  const { part, killed } = await startPlatform(hall, config, fate);
  if (part) {
    const gone = new Promise<void>((resolve) => part.child.once('exit', () => resolve()));
    await atLatest(Promise.race([gone, hall.finished.promise]), fate.servingMs);
    const byItself = part.child.signalCode !== null;
    await part.kill();
    hall.killed('platform', byItself ? fate.moment : undefined);
  } else if (killed) hall.killed('platform', fate.moment);
  hall.see(await afterPlatformKill(hall.options.folder), 'platform');
}

/** Hands in one after another until the terminal is gone. */
async function handIn(hall: Hall, life: TerminalLife, onTaking: () => void): Promise<void> {
  const started = performance.now();
  let handed = 0;
  const order = (): void => {
    if (handed++ >= MOST_IN_A_LIFE) return;
    const id = hall.nextId();
    hall.unanswered = id;
    life.tell({ order: 'submit', id, sizes: [Math.floor(hall.chance.between(1, 9_000)), 700] });
  };
  for (;;) {
    const word = await life.next();
    if (word === undefined) return;
    switch (word.word) {
      case 'taking':
        hall.terminalPace.note(performance.now() - started);
        onTaking();
        order();
        break;
      case 'printed':
        hall.print(word.id, word.item);
        hall.unanswered = undefined;
        order();
        break;
      case 'refused':
        throw new Error(`the terminal took nothing: ${word.why}`);
      case 'opened':
      case 'items':
        break;
    }
  }
}

function startLife(hall: Hall, env: Readonly<Record<string, string>> = {}): TerminalLife {
  const { programs, folder } = hall.options;
  const all = { ...hall.env, ...env };
  return startTerminal(join(programs, 'terminal.js'), join(folder, 'terminal'), hall.url, all);
}

/** Enrolled and with the platform's keys; before that nobody can hand anything in. */
async function firstLife(hall: Hall): Promise<void> {
  const life = startLife(hall);
  for (;;) {
    const word = await life.next();
    if (word === undefined) throw new Error(`no terminal\n${life.complaint()}`);
    if (word.word === 'taking') break;
  }
  life.kill();
  await life.gone;
}

/** One life of the terminal and its end. */
async function terminalLife(hall: Hall): Promise<void> {
  const fate = fateOf(hall.chance, TERMINAL_MOMENTS, hall.terminalPace, TERMINAL_LIVES_PER_START);
  const life = startLife(hall, crashAt(fate));
  const ours = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const killAfter = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      ours.abort();
      life.kill();
    }, ms);
  };
  if (fate.startingMs !== undefined) killAfter(fate.startingMs);
  await handIn(hall, life, () => {
    if (fate.startingMs === undefined) killAfter(fate.servingMs);
  });
  const { code, signal } = await life.gone;
  clearTimeout(timer);
  if (signal !== 'SIGKILL') {
    throw new Error(`the terminal ended by itself (${String(code)})\n${life.complaint()}`);
  }
  hall.killed('terminal', ours.signal.aborted ? undefined : fate.moment);
  hall.see(afterTerminalKill(hall.options.folder, [...hall.printed.values()]), 'terminal');
}

/** A terminal and a platform that serve without anybody killing them, to see the end. */
export interface LastLife {
  readonly terminal: TerminalLife;
  readonly platform: Part<PlatformReady>;
}

/**
 * Kills terminal and platform again and again while applications are handed in, and starts them again each
 * time on what their disks hold. Gives what was seen, and both processes started for the last time.
 */
export async function killRun(
  options: KillOptions,
): Promise<{ readonly story: KillStory; readonly last: LastLife }> {
  const hall = new Hall(options);
  await mkdir(join(options.folder, 'terminal'), { recursive: true });
  const config = await writePlatformConfig(options.folder);
  const { part: first } = await startPlatform(hall, config);
  if (!first) throw new Error('the platform did not start');
  hall.url = first.ready.url;
  await firstLife(hall);
  await first.kill();
  const again = async (life: () => Promise<void>): Promise<void> => {
    while (!hall.done) await life();
  };
  await Promise.all([again(() => platformLife(hall, config)), again(() => terminalLife(hall))]);
  const { part: platform } = await startPlatform(hall, config);
  if (!platform) throw new Error('the platform did not start');
  const terminal = startLife(hall);
  if (hall.unanswered !== undefined) hall.abandoned.add(hall.unanswered);
  const { printed, contradictions, abandoned, retried, kills, moments } = hall;
  const startMs = { terminal: hall.terminalPace.startMs, platform: hall.platformPace.startMs };
  const seen = [...hall.seen.values()];
  const story = { printed, contradictions, abandoned, retried, kills, seen, moments, startMs };
  return { story, last: { terminal, platform } };
}
