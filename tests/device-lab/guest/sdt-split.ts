import type { CableEnd } from '../gadgets/cable.ts';
import type { BulkPair, BulkShape } from '../gadgets/functionfs.ts';

/** Preamble and length go by the first pair, the rest by the second. */
const HEAD_BYTES = 7;

function lengthIn(head: readonly number[]): number {
  return ((head[5] ?? 0) << 8) + (head[6] ?? 0);
}

/** A reader with two pairs, as the document of the SAM_V module has it; whole frames on the simulator's side. */
class SplitEnd implements CableEnd {
  readonly #head: BulkPair;
  readonly #body: BulkPair;
  #held: number[] = [];

  constructor(head: BulkPair, body: BulkPair) {
    this.#head = head;
    this.#body = body;
  }

  onData(listener: (bytes: Uint8Array) => void): void {
    const heads: number[] = [];
    const bodies: number[] = [];
    // the two ways are read side by side: a body may be here before its head
    const tell = (): void => {
      while (heads.length >= HEAD_BYTES && bodies.length >= lengthIn(heads)) {
        const head = heads.splice(0, HEAD_BYTES);
        listener(Uint8Array.from([...head, ...bodies.splice(0, lengthIn(head))]));
      }
    };
    this.#head.fromHost.onData((bytes) => {
      heads.push(...bytes);
      tell();
    });
    this.#body.fromHost.onData((bytes) => {
      bodies.push(...bytes);
      tell();
    });
  }

  async send(bytes: Uint8Array): Promise<void> {
    this.#held.push(...bytes);
    while (this.#held.length >= HEAD_BYTES) {
      const size = HEAD_BYTES + lengthIn(this.#held);
      if (this.#held.length < size) return;
      const frame = Uint8Array.from(this.#held.splice(0, size));
      await this.#head.toHost.send(frame.subarray(0, HEAD_BYTES));
      await this.#body.toHost.send(frame.subarray(HEAD_BYTES));
    }
  }

  async close(): Promise<void> {
    for (const { toHost, fromHost } of [this.#head, this.#body]) {
      await toHost.close();
      await fromHost.close();
    }
  }
}

/** The shape of such a reader. */
export const SPLIT_READER: BulkShape = {
  pairs: 2,
  end: ([head, body]) => {
    if (head === undefined || body === undefined) throw new Error('a split reader has two pairs');
    return new SplitEnd(head, body);
  },
};
