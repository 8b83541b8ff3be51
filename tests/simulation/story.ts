import type { Limits } from '../../platform/server/context.ts';
import { chanceOf, type Chance } from './chance.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Milliseconds of a day. */
export const DAY = 24 * HOUR;

/** What a line is like. Each request draws its own fate from it. */
export type Weather = 'calm' | 'lossy' | 'away' | 'captive' | 'errors' | 'slow';

/** So many moments (a file operation, a commit, a wait) later, in the middle of something; null: at once. */
export type After = number | null;

/** One thing that happens, at so many milliseconds after the beginning. */
export type StoryEvent = { readonly at: number } & (
  | {
      readonly type: 'submit';
      readonly terminal: number;
      /** Bytes of the papers. */
      readonly papers: readonly number[];
      /** Touches the button twice. */
      readonly twice: boolean;
      /** Sealed with age itself, and opened with the platform's key in the end. */
      readonly age: boolean;
    }
  | { readonly type: 'look'; readonly terminal: number }
  | {
      readonly type: 'crash';
      readonly terminal: number;
      /** So many moments (a file operation, a commit, a wait) after this time. */
      readonly after: number;
      /** And once more, so many moments after it was started again. */
      readonly again: number | null;
      readonly downMs: number;
    }
  | {
      readonly type: 'weather';
      readonly terminal: number;
      readonly weather: Weather;
      readonly forMs: number;
    }
  | {
      readonly type: 'clock';
      readonly terminal: number;
      /** How far it jumps; null: the battery is empty, it begins at 1970 after the next start. */
      readonly byMs: number | null;
      readonly after: After;
      readonly forMs: number;
    }
  | {
      readonly type: 'diskFull';
      readonly terminal: number;
      readonly after: After;
      readonly forMs: number;
    }
  | {
      readonly type: 'indexLost';
      readonly terminal: number;
      readonly after: After;
      /** A crash so many moments after it was started again: while it makes the index anew. */
      readonly again: number | null;
    }
  /** A technician sends on its way again what was held for a person. */
  | { readonly type: 'release'; readonly terminal: number }
  | { readonly type: 'replace'; readonly terminal: number; readonly drawerMs: number }
  /** What waits is exported to a stick, which reaches the platform so much later. */
  | { readonly type: 'stick'; readonly terminal: number; readonly carriedMs: number }
  /** Another terminal takes its place; it stays on, and is heard no more. */
  | { readonly type: 'revoke'; readonly terminal: number }
  | { readonly type: 'clone'; readonly terminal: number; readonly forMs: number }
  | { readonly type: 'platformCrash'; readonly after: number; readonly downMs: number }
  /** The operator lets the platform take less than usual: what is more is refused for good. */
  | { readonly type: 'limits'; readonly limits: Partial<Limits>; readonly forMs: number }
  | { readonly type: 'archive' | 'restore' | 'rotateKeys' | 'newCatalogue' }
);

/** Everything that happens to a district: with the seed it says what comes out, to the last byte. */
export interface Story {
  readonly seed: string;
  readonly terminals: number;
  readonly days: number;
  readonly events: readonly StoryEvent[];
}

/** A size of papers: small ones, for what matters is how often things go wrong and not how much is sent. */
const PAPER = [1_000, 5_000, 17_000] as const;

const againOf = (chance: Chance): number | null =>
  chance.often(0.4) ? chance.between(0, 40) : null;

type Fault = 'crash' | 'weather' | 'clock' | 'diskFull' | 'indexLost' | 'platformCrash' | 'stick';
const USUAL: readonly Fault[] = [
  ...(['crash', 'crash', 'crash', 'crash', 'weather', 'weather', 'weather', 'weather'] as const),
  ...(['clock', 'diskFull', 'platformCrash', 'platformCrash'] as const),
];
/** What strikes seldom, or seldom in the middle of something. */
const RARE: readonly Fault[] = ['clock', 'clock', 'diskFull', 'diskFull', 'indexLost', 'stick'];

/** @param amid so many moments later at most, when it may come in the middle of something */
function faultOf(
  chance: Chance,
  terminal: number,
  at: number,
  kinds = USUAL,
  amid: number | null = null,
): StoryEvent {
  const after = amid === null ? null : chance.between(0, amid);
  switch (chance.pick(kinds)) {
    case 'crash':
      return {
        at,
        type: 'crash',
        terminal,
        after: chance.between(0, chance.often(0.5) ? 25 : 150),
        again: chance.often(0.2) ? chance.between(0, 60) : null,
        downMs: chance.between(5, 90) * MINUTE,
      };
    case 'weather':
      return {
        at,
        type: 'weather',
        terminal,
        weather: chance.pick(['lossy', 'lossy', 'away', 'captive', 'errors', 'slow'] as const),
        forMs: chance.between(20, 600) * MINUTE,
      };
    case 'clock':
      return {
        at,
        type: 'clock',
        terminal,
        byMs: chance.often(0.25)
          ? null
          : chance.pick([-1, 1]) * chance.between(1, chance.often(0.5) ? 90 : 5000) * MINUTE,
        after,
        forMs: chance.between(30, 400) * MINUTE,
      };
    case 'diskFull':
      return { at, type: 'diskFull', terminal, after, forMs: chance.between(10, 180) * MINUTE };
    case 'indexLost':
      return { at, type: 'indexLost', terminal, after, again: againOf(chance) };
    case 'stick':
      return { at, type: 'stick', terminal, carriedMs: chance.between(1, 30) * HOUR };
    case 'platformCrash':
      return {
        at,
        type: 'platformCrash',
        after: chance.between(0, chance.often(0.5) ? 30 : 200),
        downMs: chance.between(2, 60) * MINUTE,
      };
  }
}

function submitOf(chance: Chance, terminal: number, at: number): StoryEvent {
  return {
    at,
    type: 'submit',
    terminal,
    papers: Array.from({ length: chance.between(1, 3) }, () => chance.pick(PAPER)),
    twice: chance.often(0.1),
    age: chance.often(0.01),
  };
}

/** A day with people now and then, and a fault or two. */
function usualDay(chance: Chance, terminal: number, opening: number): readonly StoryEvent[] {
  const sometime = (): number => opening + chance.between(0, 8 * HOUR);
  const events: StoryEvent[] = [];
  const items = chance.between(3, 4);
  for (let item = 0; item < items; item++) events.push(submitOf(chance, terminal, sometime()));
  events.push({ at: sometime(), type: 'look', terminal });
  const faults = chance.often(0.3) ? 2 : 1;
  for (let fault = 0; fault < faults; fault++) {
    // most of them strike while somebody hands something in
    const victim = chance.often(0.7) ? chance.pick(events) : undefined;
    events.push(faultOf(chance, terminal, victim ? victim.at : sometime()));
  }
  return events;
}

/**
 * Everybody comes within minutes while the line is bad, so that some items wait for their turn, one is on its
 * way and others failed already; then something strikes that seldom meets any of them.
 */
function rushDay(chance: Chance, terminal: number, opening: number): readonly StoryEvent[] {
  const begin = opening + chance.between(0, 8 * HOUR);
  const weather = chance.pick(['slow', 'slow', 'away', 'lossy', 'errors'] as const);
  const forMs = chance.between(30, 240) * MINUTE;
  const events: StoryEvent[] = [{ at: begin, type: 'weather', terminal, weather, forMs }];
  for (let item = 0; item < 4; item++) {
    events.push(submitOf(chance, terminal, begin + chance.between(1, 6) * MINUTE));
  }
  events.push({ at: begin + chance.between(2, 30) * MINUTE, type: 'look', terminal });
  const amid = chance.often(0.5);
  const at = amid ? chance.pick(events).at : begin + chance.between(2, 12) * MINUTE;
  events.push(faultOf(chance, terminal, at, RARE, amid ? 60 : null));
  return events;
}

/**
 * What came in the morning is archived and given up by noon, then the index is lost, and somebody comes once
 * more that day.
 */
function lostAtNoon(chance: Chance, terminal: number, opening: number): readonly StoryEvent[] {
  const events: StoryEvent[] = [];
  for (let item = 0; item < 3; item++) {
    events.push(submitOf(chance, terminal, opening + chance.between(0, 30) * MINUTE));
  }
  // a start asks the platform at once what is archived
  const restart = { type: 'crash', terminal, after: 0, again: null, downMs: 5 * MINUTE } as const;
  const amid = chance.often(0.5);
  events.push(
    { at: opening + 60 * MINUTE, type: 'archive' },
    { at: opening + 70 * MINUTE, ...restart },
    // whoever looks makes it do something, so that it loses its power now
    { at: opening + 70 * MINUTE, type: 'look', terminal },
    // in the middle of giving up, or after it
    {
      at: opening + (amid ? 75 : 120) * MINUTE,
      type: 'indexLost',
      terminal,
      after: amid ? chance.between(20, 160) : null,
      again: againOf(chance),
    },
    submitOf(chance, terminal, opening + 180 * MINUTE),
  );
  return events;
}

function dayOf(chance: Chance, terminal: number, day: number): readonly StoryEvent[] {
  const opening = day * DAY + 9 * HOUR;
  if (chance.often(0.25)) return rushDay(chance, terminal, opening);
  if (chance.often(0.04)) return lostAtNoon(chance, terminal, opening);
  return usualDay(chance, terminal, opening);
}

/**
 * What happens to the district as a whole.
 * @param weathers while lines are bad: then things wait for it to strike
 * @param submits when people come: then things arrive while a backup is made
 */
function districtOf(
  chance: Chance,
  terminals: number,
  days: number,
  weathers: readonly StoryEvent[],
  submits: readonly StoryEvent[],
): readonly StoryEvent[] {
  const events: StoryEvent[] = [];
  for (let day = 0; day < days; day++) {
    const today = weathers.filter(({ at }) => Math.floor(at / DAY) === day);
    const sometime = (): number => day * DAY + chance.between(8 * HOUR, 20 * HOUR);
    const struck = (): { readonly at: number; readonly terminal: number } => {
      const bad = today.length > 0 && chance.often(0.5) ? chance.pick(today) : undefined;
      return bad && 'terminal' in bad
        ? { at: bad.at + chance.between(1, 15) * MINUTE, terminal: bad.terminal }
        : { at: sometime(), terminal: chance.between(0, terminals - 1) };
    };
    const archiveAt = (at: number): void => {
      // also in the middle of a pass
      if (chance.often(0.25)) {
        const after = chance.between(0, 60);
        events.push({ at, type: 'platformCrash', after, downMs: chance.between(2, 30) * MINUTE });
      }
      events.push({ at, type: 'archive' });
    };
    archiveAt(day * DAY + 23 * HOUR);
    if (chance.often(0.5)) {
      const coming = chance.often(0.7) ? chance.pick(submits).at : undefined;
      archiveAt(coming === undefined ? sometime() : coming + chance.between(0, 4000));
    }
    if (chance.often(0.1)) events.push({ at: struck().at, type: 'rotateKeys' });
    if (chance.often(0.1)) events.push({ at: struck().at, type: 'newCatalogue' });
    if (chance.often(0.12)) events.push({ at: struck().at, type: 'restore' });
    if (chance.often(0.1)) {
      events.push({ ...struck(), type: 'replace', drawerMs: chance.between(1, 30) * HOUR });
    }
    if (chance.often(0.05)) {
      events.push({ ...struck(), type: 'clone', forMs: chance.between(1, 20) * HOUR });
    }
    if (chance.often(0.05))
      events.push({ ...struck(), type: 'indexLost', after: null, again: againOf(chance) });
    if (chance.often(0.15)) events.push(...limitsOf(chance, terminals, day));
  }
  return events;
}

/** Some hours in which the platform takes less; afterwards, or too early, somebody releases what was held. */
function limitsOf(chance: Chance, terminals: number, day: number): readonly StoryEvent[] {
  const at = day * DAY + chance.between(8 * HOUR, 14 * HOUR);
  const forMs = chance.between(2, 14) * HOUR;
  const limits: Partial<Limits> = chance.pick([
    { attachmentBytes: 20_000 },
    { attachmentBytes: 10_000 },
    { envelopeBytes: 4_000 },
  ]);
  const events: StoryEvent[] = [{ at, type: 'limits', limits, forMs }];
  for (let terminal = 0; terminal < terminals; terminal++) {
    if (chance.often(0.25)) {
      events.push({ at: at + chance.between(0, forMs), type: 'release', terminal });
    }
    // others wait for the end
    if (chance.often(0.6)) {
      events.push({ at: at + forMs + chance.between(0, 20 * HOUR), type: 'release', terminal });
    }
  }
  return events;
}

/** Sticks while the line is bad, and terminals that are revoked. */
function sticksOf(chance: Chance, story: Omit<Story, 'seed'>): readonly StoryEvent[] {
  const events: StoryEvent[] = [];
  for (const event of story.events) {
    if (event.type !== 'weather' || !chance.often(0.7)) continue;
    const at = event.at + Math.floor(event.forMs * chance.fraction());
    const carriedMs = chance.between(1, 30) * HOUR;
    events.push({ at, type: 'stick', terminal: event.terminal, carriedMs });
  }
  // what a platform forgets of a revoked terminal nobody sends again
  if (story.events.some(({ type }) => type === 'restore')) return events;
  for (let day = 0; day < story.days; day++) {
    if (!chance.often(0.15)) continue;
    const bad = story.events.filter(
      ({ type, at }) => type === 'weather' && Math.floor(at / DAY) === day,
    );
    const amid = bad.length > 0 && chance.often(0.5) ? chance.pick(bad) : undefined;
    events.push(
      amid && 'terminal' in amid
        ? { at: amid.at + chance.between(1, 15) * MINUTE, type: 'revoke', terminal: amid.terminal }
        : {
            at: day * DAY + chance.between(8 * HOUR, 20 * HOUR),
            type: 'revoke',
            terminal: chance.between(0, story.terminals - 1),
          },
    );
  }
  return events;
}

/** The story of a seed. */
export function storyOf(seed: string, terminals: number, days: number): Story {
  const chance = chanceOf(`${seed}/story`);
  const events: StoryEvent[] = [];
  for (let terminal = 0; terminal < terminals; terminal++) {
    const own = chance.fork(`terminal ${terminal}`);
    for (let day = 0; day < days; day++) events.push(...dayOf(own, terminal, day));
  }
  const weathers = events.filter(({ type }) => type === 'weather');
  const submits = events.filter(({ type }) => type === 'submit');
  events.push(...districtOf(chance.fork('district'), terminals, days, weathers, submits));
  events.push(...sticksOf(chance.fork('sticks'), { terminals, days, events: [...events] }));
  return { seed, terminals, days, events: events.toSorted((a, b) => a.at - b.at) };
}
