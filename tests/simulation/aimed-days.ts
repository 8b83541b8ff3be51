import type { Chance } from './chance.ts';
import type { DistrictParts } from './district-days.ts';
import { DAY, HOUR, MINUTE, type StoryEvent } from './story.ts';

/**
 * Clocks that jump far ahead just when an item is on its way to a platform that asks everybody to slow down, and
 * are set right before it has let the item in: the item then has a time before which it is not tried again that
 * lies behind the end of the story, and its failure is none that the line's coming back makes due.
 */
export function clocksOf(chance: Chance, parts: DistrictParts): readonly StoryEvent[] {
  const { days } = parts;
  const events: StoryEvent[] = [];
  for (let terminal = 0; terminal < parts.terminals; terminal++) {
    for (let day = 0; day < days; day++) {
      const coming = parts.events.find(
        (event) => event.type === 'submit' && event.terminal === terminal && event.at >= day * DAY,
      );
      if (!coming || !chance.often(0.08)) continue;
      const forMs = chance.between(10, 90) * MINUTE;
      const { at } = coming;
      events.push(
        { at: at - MINUTE, type: 'weather', terminal, weather: 'busy', forMs: forMs + HOUR },
        {
          ...{ at, aim: { terminal, when: 'sending' }, type: 'clock', terminal, after: null },
          ...{ byMs: (days + chance.between(1, 30)) * DAY, forMs },
        },
      );
    }
  }
  return events;
}

/** Indexes that are lost while what a nightly backup has is given up: some of its files are gone, others not. */
export function givingUpOf(chance: Chance, parts: DistrictParts): readonly StoryEvent[] {
  const events: StoryEvent[] = [];
  for (let terminal = 0; terminal < parts.terminals; terminal++) {
    for (let day = 1; day < parts.days; day++) {
      if (!chance.often(0.2)) continue;
      events.push({
        ...{ at: day * DAY - HOUR, aim: { terminal, when: 'takes a file away' } },
        ...{ type: 'indexLost', terminal, after: chance.between(1, 6), again: null },
      });
    }
  }
  return events;
}

/** A start asks the platform at once; whoever looks makes it do something, so that it loses its power now. */
const askedAt = (terminal: number, at: number): readonly StoryEvent[] => [
  { at, type: 'crash', terminal, after: 0, again: null, downMs: 2 * MINUTE },
  { at, type: 'look', terminal },
];

/**
 * Platforms that come back from a backup that was whole when their power went, and its watermark not yet moved:
 * early, before others come, a terminal reads in the feed what that backup lacks; then it hears nothing of the loss
 * before its next people have come and as much has happened as was lost.
 */
export function comeBackOf(chance: Chance, parts: DistrictParts): readonly StoryEvent[] {
  const events: StoryEvent[] = [];
  for (let day = 0; parts.restores && day < parts.days; day++) {
    if (!chance.often(0.2)) continue;
    const terminal = chance.between(0, parts.terminals - 1);
    const begin = day * DAY + chance.between(3 * HOUR, 5 * HOUR);
    const at = (minutes: number): number => begin + minutes * MINUTE;
    const submit = { type: 'submit', terminal, twice: false, age: false } as const;
    // of one envelope and no papers: it is named, and its folder flushed, in the eighteenth moment
    const cut = {
      type: 'platformCrash',
      after: chance.between(17, 19),
      downMs: 5 * MINUTE,
    } as const;
    events.push(
      { at: at(0), ...submit, papers: [] },
      ...askedAt(terminal, at(10)),
      { at: at(20), aim: { platform: 'writes a backup' }, ...cut },
      { at: at(20), type: 'archive' },
      { at: at(40), ...submit, papers: [1_000] },
      ...askedAt(terminal, at(45)),
      { at: at(60), type: 'restore' },
      // it is down for an hour
      { at: at(125), ...submit, papers: [1_000] },
      { at: at(130), ...submit, papers: [1_000] },
    );
  }
  return events;
}
