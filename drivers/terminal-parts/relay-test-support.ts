// Test support: relay boards on real lines, in a hurry. Not part of the product.
import { systemClock } from '../transport/system-clock.ts';
import { tcpTransport } from '../transport/tcp.ts';
import type { Transport } from '../transport/transport.ts';
import type { PartsOffer } from './conformance.ts';
import type { TerminalParts } from './contract.ts';
import { FAST_BACKOFF } from './parts-test-support.ts';
import { relayBoard, type RelayBoardOptions, type RelayBoardTimings } from './relay-board.ts';

/** Which channels the lamps of these tests hang on; channel 3 switches something else. */
export const LAMPS = { cardReader: 1, receiptPrinter: 2, scanner: 4 } as const;

/** Everything goes faster than with a real board, and slowly enough for a slow machine. */
export const FAST_RELAYS: RelayBoardTimings = {
  answerMs: 300,
  gapMs: 5,
  pollMs: 50,
  pauseMs: 20,
  lossAfterMs: 150,
};

/** What a relay board of these tests has. */
export function relayOffer(answers: boolean): PartsOffer {
  return {
    capabilities: {
      sensors: [],
      keys: [],
      lights: ['cardReader', 'receiptPrinter', 'scanner'],
      callButton: false,
    },
    blinks: false,
    answers,
    shines: (state, place) => {
      const channel = new Map<string, number>(Object.entries(LAMPS)).get(place);
      const relays = state['relays'] as Readonly<Record<string, boolean>>;
      return relays[`CH${String(channel)}`] === true ? 'steady' : 'off';
    },
  };
}

/** A driver for the simulator behind this line. */
export function boardAt(
  transport: Transport,
  options: Pick<RelayBoardOptions, 'answers'> & Partial<RelayBoardOptions>,
): TerminalParts {
  return relayBoard({
    transport,
    clock: systemClock,
    lamps: LAMPS,
    timings: FAST_RELAYS,
    backoff: FAST_BACKOFF,
    ...options,
  });
}

/** A driver for the simulator at this port. */
export function boardOverTcp(
  port: number,
  options: Pick<RelayBoardOptions, 'answers'> & Partial<RelayBoardOptions>,
): TerminalParts {
  return boardAt(tcpTransport({ host: '127.0.0.1', port }), options);
}
