import { WorkerClient } from '../workers/worker-client.ts';
import type { SummaryInput, SummaryMaker } from './contract.ts';

/** Makes the worker that draws summaries; it starts at its first use or at `warm`. */
export function createSummaryMaker(): SummaryMaker {
  const worker = new WorkerClient<SummaryInput, Uint8Array>(
    new URL('./summary-worker.ts', import.meta.url),
  );
  return {
    make: (input) => worker.request(input),
    warm: () => worker.warm(),
    close: () => worker.close(),
  };
}
