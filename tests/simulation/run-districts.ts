import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { storyOf } from './story-of.ts';
import type { Story } from './story.ts';
import type { Done, Task } from './worker.ts';

/** Terminals of one platform: enough to get in each other's way, few enough to be quick. */
export const PER_DISTRICT = 5;
const here = import.meta.dirname;

/** Stories one after the other, told when their turn comes; `undefined`: there are no more. */
export type Stories = (number: number) => Story | undefined;

/** The stories of a seed, one for each district. */
export function storiesOf(seed: string, terminals: number, days: number): Stories {
  return (n) => {
    const left = terminals - n * PER_DISTRICT;
    return left > 0 ? storyOf(`${seed}.${n}`, Math.min(PER_DISTRICT, left), days) : undefined;
  };
}

/** A process plays so many districts, then a new one goes on: what it leaks ends with it. */
const PER_WORKER = 600;

function startWorker() {
  return fork(`${here}/worker.ts`, {
    execArgv: [
      '--no-deprecation',
      // nothing here asks for what belongs to a chain of promises: nobody keeps it for each of them
      '--no-async-context-frame',
      // much code, none of it hot for long: compiled at once and kept it costs less
      '--always-sparkplug',
      '--no-flush-bytecode',
      // districts fill all cores: threads that collect beside them only take turns with them
      '--single-threaded-gc',
      '--initial-heap-size=700',
      '--min-semi-space-size=64',
      '--max-semi-space-size=64',
      '--import',
      `${here}/runtime/hooks.ts`,
    ],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/** How stories are played. */
export interface RunOptions {
  readonly workers: number;
  readonly shrink: boolean;
  /** Ends the run where it is; what was played to its end counts. */
  readonly stop?: AbortSignal;
  /** Keeps the last lines also of stories in which all went well. */
  readonly tails?: boolean;
}

/**
 * Plays stories in processes of their own.
 * @param told called with each as it comes out
 * @returns in the order of the stories; without those that were not played to their end
 * @throws Error when a process dies: a bug of the simulation, or an error that nobody caught
 */
export async function runStories(
  stories: Stories,
  options: RunOptions,
  told: (done: Done) => void = () => undefined,
): Promise<readonly Done[]> {
  const results: Done[] = [];
  let next = 0;
  let stop = false;
  /** Resolves to whether there may be more to do. */
  const one = (): Promise<boolean> =>
    new Promise((resolve, reject) => {
      const worker = startWorker();
      let played = 0;
      const end = (more: boolean): void => {
        if (worker.connected) worker.disconnect();
        resolve(more);
      };
      const feed = (): void => {
        const story = stop ? undefined : stories(next);
        if (!story || played++ >= PER_WORKER) {
          end(story !== undefined);
          return;
        }
        const task: Task = { number: next++, story, shrink: options.shrink };
        worker.send(task);
      };
      worker.on('message', (done: Done) => {
        const wrong = done.outcome.violations.length > 0;
        results[done.number] =
          wrong || options.tails === true
            ? done
            : { ...done, outcome: { ...done.outcome, tail: [] } };
        if (wrong) stop = true;
        told(done);
        feed();
      });
      worker.once('exit', (code) => reject(new Error(`a simulation ended with ${String(code)}`)));
      options.stop?.addEventListener('abort', () => {
        stop = true;
        end(false);
      });
      if (options.stop?.aborted === true) stop = true;
      feed();
    });
  const all = async (): Promise<void> => {
    while (await one());
  };
  await Promise.all(Array.from({ length: options.workers }, all));
  return results.flatMap((done) => done);
}

/** One hash over everything that happened in all districts. */
export function traceOf(results: readonly Done[]): string {
  return createHash('sha256')
    .update(results.map(({ outcome }) => outcome.trace).join('\n'))
    .digest('hex');
}
