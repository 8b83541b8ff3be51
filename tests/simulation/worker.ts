import { MachineIsDead } from './machine.ts';
import type { Outcome } from './outcome.ts';
import { play } from './play.ts';
import { takeOverWebCrypto } from './runtime/randomness.ts';
import { shrink } from './shrink.ts';
import type { Story } from './story.ts';

/** What a process of the simulation is asked. */
export interface Task {
  readonly number: number;
  readonly story: Story;
  readonly shrink: boolean;
}

/** And answers. */
export interface Done {
  readonly number: number;
  readonly outcome: Outcome;
  /** Milliseconds of processor that it took, without shrinking. */
  readonly cpuMs: number;
  /** The shortest story that was found to end the same way. */
  readonly short: { readonly story: Story; readonly outcome: Outcome } | undefined;
}

takeOverWebCrypto();
// code of a run that ended may still ask for its database; nobody waits for the answer
process.on('unhandledRejection', (reason) => {
  if (!(reason instanceof MachineIsDead)) throw reason;
});

async function work({ number, story, shrink: wanted }: Task): Promise<Done> {
  const begun = process.cpuUsage();
  const outcome = await play(story);
  const { user, system } = process.cpuUsage(begun);
  const cpuMs = (user + system) / 1000;
  if (outcome.violations.length === 0 || !wanted) {
    return { number, outcome, cpuMs, short: undefined };
  }
  const shortest = await shrink(story, outcome, play);
  return { number, outcome, cpuMs, short: { story: shortest, outcome: await play(shortest) } };
}

process.on('message', (task: Task) => {
  work(task).then(
    (done) => process.send?.(done),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
// whoever started it ends it, and tells what was played
process.on('SIGINT', () => undefined);
