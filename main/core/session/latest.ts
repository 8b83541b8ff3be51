/**
 * A value that changes and those who want to see the newest of it. A slow watcher misses what lay between;
 * it never gets an old value after a newer one.
 */
export class Latest<T> {
  readonly #read: () => T;
  #waiters = new Set<() => void>();
  readonly #listeners = new Set<() => void>();
  #version = 0;

  constructor(read: () => T) {
    this.#read = read;
  }

  get value(): T {
    return this.#read();
  }

  /** To be called after every change. */
  changed(): void {
    this.#version += 1;
    const waiters = this.#waiters;
    this.#waiters = new Set();
    for (const wake of waiters) wake();
    for (const listener of [...this.#listeners]) listener();
  }

  /** Called at every change. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** The value now and after every change, until the signal aborts. */
  async *watch(signal?: AbortSignal): AsyncGenerator<T, void> {
    while (signal?.aborted !== true) {
      const seen = this.#version;
      yield this.#read();
      if (seen === this.#version) await this.#next(signal);
    }
  }

  #next(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiters.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiters.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}
