import type { LogMerger } from '../ports.ts';
import { WorkerClient } from '../workers/worker-client.ts';

/** Merges logs in one worker thread, which is started at the first need and again after it died. */
export function createLogMerger(): LogMerger {
  const worker = new WorkerClient<string, true>(new URL('./log-merger-worker.ts', import.meta.url));
  // of nothing: a list of what has ended would grow as long as the terminal runs
  let running: Promise<void> = Promise.resolve();
  let closed = false;
  return {
    async merge(file) {
      if (closed) throw new Error('the merger is closed');
      const mine = worker.request(file);
      running = Promise.allSettled([running, mine]).then(() => undefined);
      await mine;
    },
    async close() {
      closed = true;
      await running;
      await worker.close();
    },
  };
}
