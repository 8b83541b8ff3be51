/** Events kept for a reader that is slow; of more the oldest are dropped. */
const MOST_KEPT = 1_000;

/** Events from callbacks to one reader, in order, until `end` or the signal. */
export class Channel<T> implements AsyncIterable<T> {
  readonly #signal: AbortSignal;
  readonly #kept: T[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  push(event: T): void {
    if (this.#ended) return;
    this.#kept.push(event);
    if (this.#kept.length > MOST_KEPT) this.#kept.shift();
    this.#wake();
  }

  /** What was pushed before is still read. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    while (!this.#signal.aborted) {
      const next = this.#kept.shift();
      if (next !== undefined) yield next;
      else if (this.#ended) return;
      else await this.#news();
    }
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#wake = wake;
      this.#signal.addEventListener('abort', wake, { once: true });
    });
  }
}
