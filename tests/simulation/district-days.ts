import type { Limits } from '../../platform/server/context.ts';
import type { Aim } from './aims.ts';
import type { Chance } from './chance.ts';
import { DAY, HOUR, MINUTE, type StoryEvent } from './story.ts';
import { againOf } from './terminal-days.ts';

const WRITES_A_BACKUP: Aim = { platform: 'writes a backup' };
const TAKES_AN_ENVELOPE: Aim = { platform: 'takes an envelope' };
const TAKES_AN_ATTACHMENT: Aim = { platform: 'takes an attachment' };

/** Where an item seldom stands when something strikes. */
const SELDOM = ['storing', 'queued', 'sending', 'retry', 'archived', 'archived', 'held'] as const;

/** When something strikes. */
type Moment = Pick<StoryEvent, 'at' | 'aim'>;

/** What the days of a district are made of. */
export interface DistrictParts {
  readonly terminals: number;
  readonly days: number;
  /** What happens to its terminals: things strike while lines are bad, or when people come. */
  readonly events: readonly StoryEvent[];
  /** Its platform comes back from backups. */
  readonly restores: boolean;
}

/**
 * A moment of a day at which something strikes a terminal: some time, while its line is bad, or the first one
 * at which an item stands in a state that it seldom is found in.
 */
function momentOf(chance: Chance, parts: DistrictParts, day: number, terminal: number): Moment {
  const bad = parts.events.find(
    (event) =>
      event.type === 'weather' && event.terminal === terminal && Math.floor(event.at / DAY) === day,
  );
  if (chance.often(0.7)) {
    const when = chance.pick(SELDOM);
    // what a nightly backup has is given up in the hours after it
    const night = Math.max(0, day * DAY - 2 * HOUR);
    return { at: when === 'archived' ? night : (bad?.at ?? day * DAY), aim: { terminal, when } };
  }
  return bad && chance.often(0.5)
    ? { at: bad.at + chance.between(1, 15) * MINUTE }
    : { at: day * DAY + chance.between(8 * HOUR, 20 * HOUR) };
}

/**
 * A pass of the archive, which may lose its power in the middle; its disks may break that same night, so that it
 * is all there is.
 */
function backupOf(chance: Chance, moment: Moment, restores: boolean): readonly StoryEvent[] {
  const { at } = moment;
  const events: StoryEvent[] = [];
  const cut = chance.often(0.3);
  if (cut) {
    const aim = chance.often(0.7) ? WRITES_A_BACKUP : undefined;
    const after = chance.between(0, aim ? 14 : 60);
    const downMs = chance.between(2, 30) * MINUTE;
    events.push({ at, ...(aim && { aim }), type: 'platformCrash', after, downMs });
  }
  events.push({ ...moment, type: 'archive' });
  if (restores && (cut || moment.aim) && chance.often(0.4)) {
    events.push({ at: at + chance.between(1, 7) * HOUR, type: 'restore' });
  }
  return events;
}

/** Backups, some of them just when something arrives, and a platform that loses its power just then. */
function archivesOf(chance: Chance, parts: DistrictParts, day: number): readonly StoryEvent[] {
  const submits = parts.events.filter(
    ({ type, at }) => type === 'submit' && Math.floor(at / DAY) === day,
  );
  const events: StoryEvent[] = [];
  const arriving = (): Moment | undefined => {
    const coming = submits.length > 0 && chance.often(0.7) ? chance.pick(submits) : undefined;
    return coming && { at: coming.at, aim: TAKES_AN_ENVELOPE };
  };
  events.push(...backupOf(chance, { at: day * DAY + 23 * HOUR }, parts.restores));
  if (chance.often(0.5)) {
    const moment = arriving() ?? { at: day * DAY + chance.between(8 * HOUR, 20 * HOUR) };
    events.push(...backupOf(chance, moment, parts.restores));
  }
  if (submits.length > 0 && chance.often(0.4)) {
    events.push({
      at: chance.pick(submits).at,
      aim: chance.pick([TAKES_AN_ENVELOPE, TAKES_AN_ATTACHMENT]),
      type: 'platformCrash',
      after: chance.between(0, 24),
      downMs: chance.between(2, 60) * MINUTE,
    });
  }
  return events;
}

/** What happens to the district as a whole. */
export function districtOf(chance: Chance, parts: DistrictParts): readonly StoryEvent[] {
  const { terminals, days, restores } = parts;
  const events: StoryEvent[] = [];
  for (let day = 0; day < days; day++) {
    const someone = (): number => chance.between(0, terminals - 1);
    const anywhere = (): Moment => momentOf(chance, parts, day, someone());
    const moment = (): Moment & { readonly terminal: number } => {
      const terminal = someone();
      return { ...momentOf(chance, parts, day, terminal), terminal };
    };
    events.push(...archivesOf(chance, parts, day));
    if (chance.often(0.25)) {
      const after = chance.between(0, 3);
      const downMs = chance.between(2, 60) * MINUTE;
      events.push({ ...anywhere(), type: 'platformCrash', after, downMs });
    }
    if (chance.often(0.12)) events.push({ ...anywhere(), type: 'rotateKeys' });
    if (chance.often(0.12)) events.push({ ...anywhere(), type: 'newCatalogue' });
    if (restores && chance.often(0.3)) events.push({ ...anywhere(), type: 'restore' });
    if (chance.often(0.12)) {
      events.push({ ...moment(), type: 'replace', drawerMs: chance.between(1, 30) * HOUR });
    }
    if (chance.often(0.1)) {
      events.push({ ...moment(), type: 'clone', forMs: chance.between(1, 20) * HOUR });
    }
    if (chance.often(0.05)) {
      events.push({ ...moment(), type: 'indexLost', after: null, again: againOf(chance) });
    }
    if (chance.often(0.15)) events.push(...limitsOf(chance, terminals, day, anywhere().aim));
  }
  return events;
}

/** Some hours in which the platform takes less; afterwards, or too early, somebody releases what was held. */
function limitsOf(
  chance: Chance,
  terminals: number,
  day: number,
  aim: Aim | undefined,
): readonly StoryEvent[] {
  const at = day * DAY + chance.between(8 * HOUR, 14 * HOUR);
  const forMs = chance.between(2, 14) * HOUR;
  const limits: Partial<Limits> = chance.pick([
    { attachmentBytes: 20_000 },
    { attachmentBytes: 10_000 },
    { envelopeBytes: 4_000 },
  ]);
  const events: StoryEvent[] = [{ at, ...(aim && { aim }), type: 'limits', limits, forMs }];
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

/** Sticks while the line is bad. */
export function sticksOf(
  chance: Chance,
  { events: all }: Pick<DistrictParts, 'events'>,
): readonly StoryEvent[] {
  const events: StoryEvent[] = [];
  for (const event of all) {
    if (event.type !== 'weather' || !chance.often(0.7)) continue;
    const at = event.at + Math.floor(event.forMs * chance.fraction());
    const carriedMs = chance.between(1, 30) * HOUR;
    events.push({ at, type: 'stick', terminal: event.terminal, carriedMs });
  }
  return events;
}

/** Terminals that are revoked. What a platform that came back from a backup forgets of them nobody sends again. */
export function revokedOf(chance: Chance, parts: DistrictParts): readonly StoryEvent[] {
  const events: StoryEvent[] = [];
  if (parts.restores) return events;
  for (let day = 0; day < parts.days; day++) {
    if (!chance.often(0.3)) continue;
    const terminal = chance.between(0, parts.terminals - 1);
    events.push({ ...momentOf(chance, parts, day, terminal), type: 'revoke', terminal });
  }
  return events;
}

/** Terminals that move to another place, or are enrolled anew at their own, while items stand where they seldom do. */
export function movesOf(chance: Chance, parts: DistrictParts): readonly StoryEvent[] {
  const events: StoryEvent[] = [];
  for (let day = 0; day < parts.days; day++) {
    if (!chance.often(0.25)) continue;
    const terminal = chance.between(0, parts.terminals - 1);
    const newKey = chance.often(0.7);
    events.push({ ...momentOf(chance, parts, day, terminal), type: 'move', terminal, newKey });
  }
  return events;
}
