import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { storyOf, type Story } from './story.ts';
import type { Done, Task } from './worker.ts';

/** Terminals of one platform: enough to get in each other's way, few enough to be quick. */
const PER_DISTRICT = 5;
const here = import.meta.dirname;

/** The stories of a seed, one for each district. */
export function storiesOf(seed: string, terminals: number, days: number): readonly Story[] {
  const districts = Math.ceil(terminals / PER_DISTRICT);
  return Array.from({ length: districts }, (_, n) =>
    storyOf(`${seed}.${n}`, Math.min(PER_DISTRICT, terminals - n * PER_DISTRICT), days),
  );
}

function startWorker() {
  return fork(`${here}/worker.ts`, {
    execArgv: [
      '--no-deprecation',
      '--max-semi-space-size=64',
      '--import',
      `${here}/runtime/hooks.ts`,
    ],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

/**
 * Plays stories in processes of their own.
 * @param told called with each as it comes out
 * @returns in the order of the stories
 * @throws Error when a process dies: a bug of the simulation, or an error that nobody caught
 */
export async function runStories(
  stories: readonly Story[],
  options: { readonly workers: number; readonly shrink: boolean },
  told: (done: Done) => void = () => undefined,
): Promise<readonly Done[]> {
  const results: Done[] = [];
  let next = 0;
  let stop = false;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = startWorker();
      const feed = (): void => {
        const story = stop ? undefined : stories[next];
        if (!story) {
          worker.disconnect();
          resolve();
          return;
        }
        const task: Task = { number: next++, story, shrink: options.shrink };
        worker.send(task);
      };
      worker.on('message', (done: Done) => {
        results[done.number] = done;
        if (done.outcome.violations.length > 0) stop = true;
        told(done);
        feed();
      });
      worker.once('exit', (code) => reject(new Error(`a simulation ended with ${String(code)}`)));
      feed();
    });
  await Promise.all(Array.from({ length: Math.min(options.workers, stories.length) }, one));
  return results.flatMap((done) => done);
}

/** One hash over everything that happened in all districts. */
export function traceOf(results: readonly Done[]): string {
  return createHash('sha256')
    .update(results.map(({ outcome }) => outcome.trace).join('\n'))
    .digest('hex');
}
