import { clocksOf, comeBackOf, givingUpOf } from './aimed-days.ts';
import { chanceOf } from './chance.ts';
import { districtOf, movesOf, revokedOf, sticksOf } from './district-days.ts';
import type { Story, StoryEvent } from './story.ts';
import { dayOf } from './terminal-days.ts';

/** The story of a seed. */
export function storyOf(seed: string, terminals: number, days: number): Story {
  const chance = chanceOf(`${seed}/story`);
  const events: StoryEvent[] = [];
  for (let terminal = 0; terminal < terminals; terminal++) {
    const own = chance.fork(`terminal ${terminal}`);
    for (let day = 0; day < days; day++) events.push(...dayOf(own, terminal, day));
  }
  const parts = { terminals, days, events: [...events], restores: chance.fork('kind').often(0.6) };
  events.push(...districtOf(chance.fork('district'), parts));
  events.push(...sticksOf(chance.fork('sticks'), parts));
  events.push(...revokedOf(chance.fork('revoked'), parts));
  events.push(...movesOf(chance.fork('moves'), parts));
  events.push(...clocksOf(chance.fork('clocks'), parts));
  events.push(...givingUpOf(chance.fork('giving up'), parts));
  events.push(...comeBackOf(chance.fork('come back'), parts));
  return { seed, terminals, days, events: events.toSorted((a, b) => a.at - b.at) };
}
