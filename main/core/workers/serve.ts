import { parentPort } from 'node:worker_threads';
import type { WorkerAnswer } from './worker-client.ts';

/** What a piece of work gives back, and the buffers that move with it. */
export interface Done<Res> {
  readonly value: Res;
  readonly transfer?: readonly ArrayBuffer[];
}

/** Serves requests of a `WorkerClient` inside a worker thread. Does nothing on the main thread. */
export function serve<Res>(work: (request: never) => Promise<Done<Res>>): void {
  const port = parentPort;
  if (port === null) return;
  port.on('message', ({ id, request }: { readonly id: number; readonly request: never }) => {
    work(request).then(
      ({ value, transfer = [] }) => {
        port.postMessage({ id, ok: true, value } satisfies WorkerAnswer<Res>, transfer);
      },
      (error: unknown) => {
        const message = error instanceof Error ? error.name : 'unknown';
        port.postMessage({ id, ok: false, error: message } satisfies WorkerAnswer<Res>);
      },
    );
  });
}
