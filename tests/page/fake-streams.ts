import type { KeypadKey } from '../../main/contract/contract.ts';

/** A value that the page watches: the newest one is enough for it. */
export class Latest<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  async *watch(signal: AbortSignal | undefined): AsyncGenerator<T> {
    let wake: () => void = () => undefined;
    const listener = (): void => wake();
    this.#listeners.add(listener);
    signal?.addEventListener('abort', listener);
    try {
      let shown: T | undefined;
      let first = true;
      while (signal?.aborted !== true) {
        if (first || shown !== this.#value) {
          first = false;
          shown = this.#value;
          yield shown;
          continue;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      this.#listeners.delete(listener);
    }
  }
}

/** Keys as they are pressed, to whoever listens then. */
export class Keys {
  readonly #listeners = new Set<(key: KeypadKey) => void>();

  push(key: KeypadKey): void {
    for (const listener of this.#listeners) listener(key);
  }

  async *stream(signal: AbortSignal | undefined): AsyncGenerator<KeypadKey> {
    const waiting: KeypadKey[] = [];
    let wake: () => void = () => undefined;
    const listener = (key: KeypadKey): void => {
      waiting.push(key);
      wake();
    };
    this.#listeners.add(listener);
    signal?.addEventListener('abort', () => wake());
    try {
      while (signal?.aborted !== true) {
        const key = waiting.shift();
        if (key === undefined) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        } else yield key;
      }
    } finally {
      this.#listeners.delete(listener);
    }
  }
}
