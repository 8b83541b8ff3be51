import { Worker } from 'node:worker_threads';
import type { Seal } from '../ports.ts';
import { CHUNK } from './age-file.ts';
import { sealBytes } from './seal-bytes.ts';
import type { SealAnswer, SealJob } from './seal-worker.ts';

interface Waiting {
  readonly resolve: (sealed: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/**
 * What is sealed at once: the body of an application, which the receipt waits for, takes less than the way to a thread
 * and back.
 */
const AT_ONCE = CHUNK;

/** Bytes that can move to the worker, which wipes them: a megabyte is copied only where it must be. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(bytes);
}

/**
 * Seals with the age format (https://age-encryption.org/v1, X25519 recipients): what is small at once,
 * the rest in one worker thread, which is started at the first need and again after it died.
 */
export function createAgeSeal(): Seal {
  let worker: Worker | undefined;
  let closed = false;
  let nextId = 1;
  const waiting = new Map<number, Waiting>();

  const failAll = (reason: string): void => {
    for (const { reject } of waiting.values()) reject(new Error(reason));
    waiting.clear();
  };
  const start = (): Worker => {
    const started = new Worker(new URL('./seal-worker.ts', import.meta.url), {
      // the worker needs no flags of the test runner or the debugger
      execArgv: [],
    });
    started.on('message', (answer: SealAnswer) => {
      const entry = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('sealed' in answer) entry?.resolve(answer.sealed);
      else entry?.reject(new Error(answer.error));
      if (waiting.size === 0) started.unref();
    });
    const gone = (reason: string): void => {
      if (worker !== started) return;
      worker = undefined;
      failAll(reason);
    };
    started.on('error', (error) => gone(`the sealing worker failed: ${String(error)}`));
    started.on('exit', () => gone('the sealing worker ended'));
    return started;
  };

  return {
    seal(clear, recipients) {
      if (closed) return Promise.reject(new Error('the seal is closed'));
      if (recipients.length === 0) return Promise.reject(new Error('no recipients'));
      if (clear.length <= AT_ONCE) {
        return new Promise((resolve) => {
          resolve(sealBytes(ownBytes(clear), recipients));
        });
      }
      worker ??= start();
      worker.ref();
      const id = nextId++;
      const job: SealJob = { id, clear: ownBytes(clear), recipients };
      const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
      waiting.set(id, { resolve, reject });
      worker.postMessage(job, [job.clear.buffer]);
      return promise;
    },
    async close() {
      closed = true;
      const last = worker;
      worker = undefined;
      failAll('the seal is closed');
      await last?.terminate();
    },
  };
}
