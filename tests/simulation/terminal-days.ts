import type { Chance } from './chance.ts';
import { DAY, HOUR, MINUTE, type StoryEvent, type Weather } from './story.ts';

/** A size of papers: small ones, for what matters is how often things go wrong and not how much is sent. */
const PAPER = [1_000, 5_000, 17_000] as const;

/** A crash so many moments after the next start, or none. */
export const againOf = (chance: Chance): number | null =>
  chance.often(0.4) ? chance.between(0, 40) : null;

const WEATHERS: readonly Weather[] = [
  ...(['lossy', 'lossy', 'away', 'captive', 'errors', 'slow', 'garbled'] as const),
];

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
        weather: chance.pick(WEATHERS),
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

/** Somebody hands in a form with one to three papers, or one that asks for none. */
function submitOf(chance: Chance, terminal: number, at: number, withPapers = true): StoryEvent {
  return {
    at,
    type: 'submit',
    terminal,
    papers: Array.from({ length: withPapers ? chance.between(1, 3) : 0 }, () => chance.pick(PAPER)),
    twice: chance.often(0.1),
    age: chance.often(0.01),
  };
}

/** Three people with papers, which is the least that a day has, and now and then one without. */
function submitsOf(chance: Chance, terminal: number, sometime: () => number): StoryEvent[] {
  const events = [0, 1, 2].map(() => submitOf(chance, terminal, sometime()));
  if (chance.often(0.3)) events.push(submitOf(chance, terminal, sometime(), false));
  return events;
}

/** A day with people now and then, and a fault or two. */
function usualDay(chance: Chance, terminal: number, opening: number): readonly StoryEvent[] {
  const sometime = (): number => opening + chance.between(0, 8 * HOUR);
  const events = submitsOf(chance, terminal, sometime);
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
  const weather = chance.pick([
    'slow',
    'slow',
    'away',
    'lossy',
    'errors',
    'captive',
    'garbled',
  ] as const);
  const forMs = chance.between(30, 240) * MINUTE;
  const events: StoryEvent[] = [{ at: begin, type: 'weather', terminal, weather, forMs }];
  const soon = (): number => begin + chance.between(1, 6) * MINUTE;
  events.push(...submitsOf(chance, terminal, soon));
  events.push({ at: begin + chance.between(2, 30) * MINUTE, type: 'look', terminal });
  const amid = chance.often(0.5);
  const at = amid ? chance.pick(events).at : begin + chance.between(2, 12) * MINUTE;
  events.push(faultOf(chance, terminal, at, RARE, amid ? 60 : null));
  return events;
}

/** What strikes while an item is archived and its files are not given up yet. */
const AT_NOON: readonly Fault[] = [
  ...(['crash', 'weather', 'weather', 'weather', 'weather', 'clock', 'diskFull'] as const),
  ...(['indexLost', 'platformCrash', 'stick', 'stick'] as const),
];

/**
 * What came in the morning is archived by noon, and the terminal asks and is told so; then something strikes
 * while the files are still there, or the index is lost while they are given up or afterwards. Somebody comes
 * once more that day.
 */
function noonDay(chance: Chance, terminal: number, opening: number): readonly StoryEvent[] {
  const events: StoryEvent[] = [];
  for (let item = 0; item < 3; item++) {
    events.push(submitOf(chance, terminal, opening + chance.between(0, 30) * MINUTE));
  }
  // a start asks the platform at once what is archived
  const restart = { type: 'crash', terminal, after: 0, again: null, downMs: 5 * MINUTE } as const;
  events.push(
    { at: opening + 60 * MINUTE, type: 'archive' },
    { at: opening + 70 * MINUTE, ...restart },
    // whoever looks makes it do something, so that it loses its power now
    { at: opening + 70 * MINUTE, type: 'look', terminal },
    submitOf(chance, terminal, opening + 180 * MINUTE, false),
  );
  const at = opening + 72 * MINUTE;
  const lost = { type: 'indexLost', terminal, again: againOf(chance) } as const;
  const givingUp = { terminal, when: 'takes a file away' } as const;
  if (chance.often(0.25)) {
    events.push({ at: opening + 120 * MINUTE, ...lost, after: null });
  } else if (chance.often(0.33)) {
    events.push({ at, aim: givingUp, ...lost, after: chance.between(0, 8) });
  } else {
    const aim = { terminal, when: 'archived' } as const;
    events.push({ ...faultOf(chance, terminal, at, AT_NOON, 6), aim });
  }
  return events;
}

/** What happens to one terminal in one day. */
export function dayOf(chance: Chance, terminal: number, day: number): readonly StoryEvent[] {
  const opening = day * DAY + 9 * HOUR;
  if (chance.often(0.25)) return rushDay(chance, terminal, opening);
  if (chance.often(0.15)) return noonDay(chance, terminal, opening);
  return usualDay(chance, terminal, opening);
}
