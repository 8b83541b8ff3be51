import { parentPort } from 'node:worker_threads';
import { ageFile } from './age-file.ts';
import { giveBack } from './give-back.ts';

/** A job for the worker. `clear` is moved into it, not copied. */
export interface SealJob {
  readonly id: number;
  readonly clear: Uint8Array<ArrayBuffer>;
  readonly recipients: readonly string[];
}

/** What the worker answers. An error's words never hold the clear bytes. */
export type SealAnswer =
  | { readonly id: number; readonly sealed: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly error: string };

const port = parentPort;
if (!port) throw new Error('this file runs as a worker thread');

async function sealOne(job: SealJob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await ageFile(job.clear, job.recipients);
  } finally {
    job.clear.fill(0);
    giveBack(job.clear);
  }
}

port.on('message', (job: SealJob) => {
  sealOne(job).then(
    (sealed) => port.postMessage({ id: job.id, sealed } satisfies SealAnswer, [sealed.buffer]),
    (error: unknown) => port.postMessage({ id: job.id, error: String(error) } satisfies SealAnswer),
  );
});
