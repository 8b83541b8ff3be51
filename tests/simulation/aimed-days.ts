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
