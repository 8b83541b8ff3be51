import { District, TAIL } from './district.ts';
import { setMachines } from './machine.ts';
import { Broken, type Outcome } from './outcome.ts';
import type { Story } from './story.ts';

/** Plays a story from its beginning until everything is sent, or something promised does not hold. */
export async function play(story: Story): Promise<Outcome> {
  const district = new District(story);
  let violations: Outcome['violations'] = [];
  try {
    await district.play();
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    violations = error.violations;
  } finally {
    setMachines(undefined);
    district.close();
  }
  return {
    violations,
    at: district.scheduler.now,
    trace: district.trace(),
    tail: district.tail.slice(-TAIL),
    counts: district.counts,
    strikes: district.strikes,
  };
}
