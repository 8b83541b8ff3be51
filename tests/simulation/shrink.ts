import type { Outcome } from './outcome.ts';
import { DAY, type Story, type StoryEvent } from './story.ts';

/** Plays a story; given in, so that shrinking itself can be tried on something quick. */
export type Play = (story: Story) => Promise<Outcome>;

/** So many plays at most: a story that is nearly as short as can be is good enough. */
const MOST_PLAYS = 250;

/**
 * Looks for a shorter story in which the same promise is not kept: fewer days, terminals, events and
 * papers.
 */
export async function shrink(story: Story, outcome: Outcome, play: Play): Promise<Story> {
  const wanted = outcome.violations[0]?.invariant;
  let best = story;
  let plays = 0;
  const take = async (candidate: Story): Promise<boolean> => {
    if (plays++ >= MOST_PLAYS) return false;
    const found = await play(candidate).catch(() => undefined);
    const same = found?.violations.some(({ invariant }) => invariant === wanted) ?? false;
    if (same) best = candidate;
    return same;
  };
  const without = (gone: ReadonlySet<StoryEvent>): Story => ({
    ...best,
    events: best.events.filter((event) => !gone.has(event)),
  });

  const days = Math.min(story.days, Math.max(1, Math.ceil(outcome.at / DAY)));
  await take({ ...best, days, events: best.events.filter(({ at }) => at <= outcome.at) });
  for (let terminal = story.terminals - 1; terminal >= 0; terminal--) {
    const its = best.events.filter((event) => 'terminal' in event && event.terminal === terminal);
    if (its.length > 0) await take(without(new Set(its)));
  }
  const used = best.events.flatMap((event) => [
    'terminal' in event ? event.terminal : 0,
    event.aim && 'terminal' in event.aim ? event.aim.terminal : 0,
  ]);
  await take({ ...best, terminals: Math.max(0, ...used) + 1 });
  for (let size = best.events.length >> 1; size >= 1; size >>= 1) {
    for (let from = 0; from < best.events.length;) {
      const gone = new Set(best.events.slice(from, from + size));
      if (!(await take(without(gone)))) from += size;
    }
  }
  for (const event of best.events) {
    if (event.type !== 'submit' || (event.papers.length <= 1 && !event.twice)) continue;
    const simple = { ...event, papers: event.papers.slice(0, 1), twice: false, age: false };
    await take({
      ...best,
      events: best.events.map((each) => (each === event ? simple : each)),
    });
  }
  return best;
}
