import { chanceOf, type Chance } from './chance.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Milliseconds of a day. */
export const DAY = 24 * HOUR;

/** What a line is like. Each request draws its own fate from it. */
export type Weather = 'calm' | 'lossy' | 'away' | 'captive' | 'errors' | 'slow';

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
      readonly forMs: number;
    }
  | { readonly type: 'diskFull'; readonly terminal: number; readonly forMs: number }
  | { readonly type: 'indexLost'; readonly terminal: number }
  | { readonly type: 'replace'; readonly terminal: number; readonly drawerMs: number }
  /** What waits is exported to a stick, which reaches the platform so much later. */
  | { readonly type: 'stick'; readonly terminal: number; readonly carriedMs: number }
  /** Another terminal takes its place; it stays on, and is heard no more. */
  | { readonly type: 'revoke'; readonly terminal: number }
  | { readonly type: 'clone'; readonly terminal: number; readonly forMs: number }
  | { readonly type: 'platformCrash'; readonly after: number; readonly downMs: number }
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

function faultOf(chance: Chance, terminal: number, at: number): StoryEvent {
  const kind = chance.pick([
    ...(['crash', 'crash', 'crash', 'crash', 'weather', 'weather', 'weather', 'weather'] as const),
    ...(['clock', 'diskFull', 'platformCrash', 'platformCrash'] as const),
  ]);
  switch (kind) {
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
        forMs: chance.between(30, 400) * MINUTE,
      };
    case 'diskFull':
      return { at, type: 'diskFull', terminal, forMs: chance.between(10, 180) * MINUTE };
    case 'platformCrash':
      return {
        at,
        type: 'platformCrash',
        after: chance.between(0, chance.often(0.5) ? 30 : 200),
        downMs: chance.between(2, 60) * MINUTE,
      };
  }
}

function dayOf(chance: Chance, terminal: number, day: number): readonly StoryEvent[] {
  const opening = day * DAY + 9 * HOUR;
  const sometime = (): number => opening + chance.between(0, 8 * HOUR);
  const events: StoryEvent[] = [];
  const items = chance.between(3, 4);
  for (let item = 0; item < items; item++) {
    events.push({
      at: sometime(),
      type: 'submit',
      terminal,
      papers: Array.from({ length: chance.between(1, 3) }, () => chance.pick(PAPER)),
      twice: chance.often(0.1),
      age: chance.often(0.01),
    });
  }
  events.push({ at: sometime(), type: 'look', terminal });
  const faults = chance.often(0.3) ? 2 : 1;
  for (let fault = 0; fault < faults; fault++) {
    // most of them strike while somebody hands something in
    const victim = chance.often(0.7) ? chance.pick(events) : undefined;
    events.push(faultOf(chance, terminal, victim ? victim.at : sometime()));
  }
  return events;
}

/** What happens to the district as a whole. */
function districtOf(chance: Chance, terminals: number, days: number): readonly StoryEvent[] {
  const events: StoryEvent[] = [];
  for (let day = 0; day < days; day++) {
    const sometime = (): number => day * DAY + chance.between(8 * HOUR, 20 * HOUR);
    const terminal = chance.between(0, terminals - 1);
    events.push({ at: day * DAY + 23 * HOUR, type: 'archive' });
    if (chance.often(0.5)) events.push({ at: sometime(), type: 'archive' });
    if (chance.often(0.1)) events.push({ at: sometime(), type: 'rotateKeys' });
    if (chance.often(0.1)) events.push({ at: sometime(), type: 'newCatalogue' });
    if (chance.often(0.12)) events.push({ at: sometime(), type: 'restore' });
    if (chance.often(0.1)) {
      events.push({
        at: sometime(),
        type: 'replace',
        terminal,
        drawerMs: chance.between(1, 30) * HOUR,
      });
    }
    if (chance.often(0.05)) {
      events.push({ at: sometime(), type: 'clone', terminal, forMs: chance.between(1, 20) * HOUR });
    }
    if (chance.often(0.1)) events.push({ at: sometime(), type: 'indexLost', terminal });
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
    if (!chance.often(0.05)) continue;
    const at = day * DAY + chance.between(8 * HOUR, 20 * HOUR);
    events.push({ at, type: 'revoke', terminal: chance.between(0, story.terminals - 1) });
  }
  return events;
}

/** The story of a seed. */
export function storyOf(seed: string, terminals: number, days: number): Story {
  const chance = chanceOf(`${seed}/story`);
  const events = [...districtOf(chance.fork('district'), terminals, days)];
  for (let terminal = 0; terminal < terminals; terminal++) {
    const own = chance.fork(`terminal ${terminal}`);
    for (let day = 0; day < days; day++) events.push(...dayOf(own, terminal, day));
  }
  events.push(...sticksOf(chance.fork('sticks'), { terminals, days, events: [...events] }));
  return { seed, terminals, days, events: events.toSorted((a, b) => a.at - b.at) };
}
