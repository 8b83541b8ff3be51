import { parentPort } from 'node:worker_threads';
import { sealBytes } from './seal-bytes.ts';

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

function answerTo({ id, clear, recipients }: SealJob): SealAnswer {
  try {
    return { id, sealed: sealBytes(clear, recipients) };
  } catch (error) {
    return { id, error: String(error) };
  }
}

port.on('message', (job: SealJob) => {
  const answer = answerTo(job);
  port.postMessage(answer, 'sealed' in answer ? [answer.sealed.buffer] : []);
});
