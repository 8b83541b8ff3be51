import { Worker } from 'node:worker_threads';

/** What a worker answers. */
export type WorkerAnswer<Res> =
  | { readonly id: number; readonly ok: true; readonly value: Res }
  | { readonly id: number; readonly ok: false; readonly error: string };

/** The work was not done; the message names no data. */
export class WorkerError extends Error {
  override readonly name = 'WorkerError';
}

interface Pending<Res> {
  readonly resolve: (value: Res) => void;
  readonly reject: (error: WorkerError) => void;
}

/**
 * One worker thread that answers requests. Started at the first request, started again after it died;
 * what it held then ends with an error.
 */
export class WorkerClient<Req, Res> {
  readonly #entry: URL;
  readonly #pending = new Map<number, Pending<Res>>();
  #worker: Worker | undefined;
  #nextId = 1;

  /** @param entry module of the worker, which calls `serve` */
  constructor(entry: URL) {
    this.#entry = entry;
  }

  /** @param transfer buffers that move to the worker; the caller's become empty */
  request(request: Req, transfer: readonly ArrayBuffer[] = []): Promise<Res> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#pending.set(id, { resolve, reject });
      this.#started().postMessage({ id, request }, transfer);
    });
  }

  /** Starts the thread before it is needed, so that the first citizen does not wait for it. */
  warm(): void {
    this.#started();
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(this.#entry);
    this.#worker = worker;
    worker.unref();
    worker.on('message', (answer: WorkerAnswer<Res>) => {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if (answer.ok) pending?.resolve(answer.value);
      else pending?.reject(new WorkerError(answer.error));
    });
    const gone = (): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      const pending = [...this.#pending.values()];
      this.#pending.clear();
      for (const { reject } of pending) reject(new WorkerError('the worker ended'));
    };
    worker.on('error', gone);
    worker.on('exit', gone);
    return worker;
  }
}
