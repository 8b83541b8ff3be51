import type { Readable } from 'node:stream';

/**
 * Bytes held for a handler that has not begun to read; more stops the sender. No more than a stream holds by
 * itself, for whoever sends them may still turn out to be nobody.
 */
const MOST_HELD = 64 * 1024;

/** The bytes of a request, read once. */
export interface ArrivingBytes extends AsyncIterable<Uint8Array> {
  /**
   * Nobody reads any more: what came is forgotten, and so is what still comes. Else the sender would stay
   * stopped, and with it the next request on its connection.
   */
  drop(): void;
}

/**
 * The bytes of a request from the moment they arrive on, read once. A stream forgets what nobody has read
 * yet when its connection breaks; here all that came is given out before the break is told, so that a line
 * that breaks again and again still brings something each time.
 */
export function arrivingBytes(stream: Readable): ArrivingBytes {
  const waiting: Uint8Array[] = [];
  let held = 0;
  let dropped = false;
  let over: { readonly error?: Error } | undefined;
  let wake: (() => void) | undefined;
  const changed = (): void => {
    wake?.();
    wake = undefined;
  };
  const ends = (end: { readonly error?: Error }): void => {
    over ??= end;
    changed();
  };
  stream.on('data', (chunk: Uint8Array) => {
    if (dropped) return;
    waiting.push(chunk);
    held += chunk.length;
    if (held > MOST_HELD) stream.pause();
    changed();
  });
  stream.once('end', () => ends({}));
  stream.once('error', (error: Error) => ends({ error }));
  stream.once('close', () => ends({ error: new Error('the connection broke') }));
  return {
    drop() {
      dropped = true;
      waiting.length = 0;
      held = 0;
      stream.resume();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const next = waiting.shift();
        if (next) {
          held -= next.length;
          yield next;
          if (held < MOST_HELD / 2) stream.resume();
        } else if (over) {
          if (over.error) throw over.error;
          return;
        } else {
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    },
  };
}
