import type { Unsubscribe } from '../device.ts';

/** Who listens to a line, and what came before anybody did. */
export class LineListeners {
  readonly #mostHeld: number;
  readonly #data = new Set<(bytes: Uint8Array) => void>();
  readonly #close = new Set<(reason: string) => void>();
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #gone: string | undefined;

  /** Bytes beyond `mostHeld` that come before anybody listens are dropped. */
  constructor(mostHeld = 65_536) {
    this.#mostHeld = mostHeld;
  }

  /** Why the line is gone; undefined while it is up. */
  get gone(): string | undefined {
    return this.#gone;
  }

  onData(listener: (bytes: Uint8Array) => void): Unsubscribe {
    this.#data.add(listener);
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    if (held.length > 0) {
      queueMicrotask(() => {
        for (const bytes of held) this.deliver(bytes);
      });
    }
    return () => this.#data.delete(listener);
  }

  onClose(listener: (reason: string) => void): Unsubscribe {
    const reason = this.#gone;
    if (reason !== undefined) {
      queueMicrotask(() => {
        listener(reason);
      });
      return () => undefined;
    }
    this.#close.add(listener);
    return () => this.#close.delete(listener);
  }

  /** Hands on what came; of a line that is gone nothing more comes. */
  deliver(bytes: Uint8Array): void {
    if (this.#gone !== undefined) return;
    if (this.#data.size > 0) {
      for (const listener of [...this.#data]) listener(bytes);
    } else if (this.#heldBytes + bytes.length <= this.#mostHeld) {
      this.#held.push(bytes);
      this.#heldBytes += bytes.length;
    }
  }

  /** Tells once that the line is gone. Says whether it was up until now. */
  end(reason: string): boolean {
    if (this.#gone !== undefined) return false;
    this.#gone = reason;
    const listeners = [...this.#close];
    this.#close.clear();
    for (const listener of listeners) listener(reason);
    return true;
  }
}
