// Test support: times short enough for tests and long enough for a slow machine, cards of personas, and a
// far end without a line. Not part of the product.
import { ok } from '../../domain/result.ts';
import { demoPersona } from '../simulator-host/personas.ts';
import type { Backoff } from '../transport/reconnecting.ts';
import type { ByteLine, Transport } from '../transport/transport.ts';
import { SDT } from './sdt-commands.ts';
import { SdtFrameParser } from './sdt-frame.ts';
import type { SdtTimings } from './sdt-reader.ts';
import { encodeCardText, encodeNewestAddress } from './simulator/encode-text.ts';
import { SimulatedCard, SimulatedSam } from './simulator/sam.ts';

/** Everything goes faster than with a real reader. */
export const FAST_TIMINGS: SdtTimings = {
  pollMs: 20,
  commandMs: 600,
  readMs: 2_000,
  interByteMs: 100,
  removalAfterMs: 100,
  retryAfterMs: 200,
  offlineAfterMs: 250,
  brokenPollMs: 100,
};

/** Short waits between two attempts to connect. */
export const FAST_BACKOFF: Backoff = { baseMs: 20, capMs: 200, floorMs: 10 };

/** A far end in the same process: what the driver writes comes to `onRequest`, body by body. */
export function farEnd(onRequest: (body: Uint8Array, send: (bytes: Uint8Array) => void) => void): {
  readonly transport: Transport;
  readonly opened: () => number;
} {
  let opened = 0;
  const transport: Transport = {
    address: 'test',
    connect: () => {
      opened += 1;
      const listeners = new Set<(bytes: Uint8Array) => void>();
      const closed = new Set<(reason: string) => void>();
      const parser = new SdtFrameParser(3);
      const line: ByteLine = {
        onData: (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        onClose: (listener) => {
          closed.add(listener);
          return () => closed.delete(listener);
        },
        write: (bytes) => {
          for (const frame of parser.push(bytes)) {
            if (frame.type !== 'frame') continue;
            onRequest(frame.body, (answer) => {
              setImmediate(() => listeners.forEach((listener) => listener(answer)));
            });
          }
          return Promise.resolve(ok(undefined));
        },
        close: () => {
          for (const listener of [...closed]) listener('closed here');
          closed.clear();
          listeners.clear();
          return Promise.resolve();
        },
      };
      return Promise.resolve(ok(line));
    },
  };
  return { transport, opened: () => opened };
}

/** A persona's card, with its newest address. */
export function cardOf(id: string): SimulatedCard {
  const persona = demoPersona(id);
  if (persona === undefined) throw new Error(`no persona ${id}`);
  const { newestAddress } = persona.card;
  return new SimulatedCard({
    label: id,
    text: encodeCardText(persona.card),
    ...(newestAddress === undefined ? {} : { newest: encodeNewestAddress(newestAddress) }),
  });
}

/** The body of a good answer to a read of a persona's card. */
export function readAnswer(persona: string): Uint8Array {
  const sam = new SimulatedSam({ refindsLyingCard: false, status: 0x90 });
  sam.insert(cardOf(persona));
  const ask = ({ frame }: { readonly frame: Uint8Array }): Uint8Array =>
    sam.begin(frame.subarray(7, 9)).finish();
  ask(SDT.find);
  ask(SDT.select);
  return ask(SDT.readTextAndPhoto);
}
