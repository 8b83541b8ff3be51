/** What the shell does when the page's process dies. */
export type RecoveryStep = 'reload' | 'relaunch';

const WINDOW_MS = 60_000;
const MOST_RELOADS = 3;

/**
 * Decides how to come back after a dead or hung page: reload it, but after more than three deaths in
 * a minute start the whole shell anew.
 * @param now milliseconds that only go up
 */
export function createRecovery(now: () => number): { readonly pageGone: () => RecoveryStep } {
  let deaths: number[] = [];
  return {
    pageGone() {
      const time = now();
      deaths = [...deaths.filter((death) => time - death < WINDOW_MS), time];
      return deaths.length > MOST_RELOADS ? 'relaunch' : 'reload';
    },
  };
}

/** How long a page may hang before its process is killed and the page loaded anew. */
export const UNRESPONSIVE_MS = 10_000;
