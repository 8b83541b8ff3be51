import { describe, expect, it } from 'vitest';
import type { Simulator, SimulatorCommand } from '../simulator-host/simulator.ts';
import { systemClock } from '../transport/system-clock.ts';
import { tcpTransport } from '../transport/tcp.ts';
import { createSecurityCardReader } from './card-reader.ts';
import {
  CONFORMANCE_TIMINGS,
  CONFORMANCE_TODAY,
  describeSecurityCardReader,
  until,
  type SecurityCardReaderAndSimulator,
} from './conformance.ts';
import { cardLine } from './line-connection.ts';
import {
  SecurityCardSimulator,
  type SecurityCardSimulatorOptions,
} from './simulator/security-card-simulator.ts';

/** A command that the simulator must take. */
function tell(simulator: Simulator, command: SimulatorCommand): void {
  expect(simulator.command(command).ok).toBe(true);
}

async function overTcp(
  options: SecurityCardSimulatorOptions = {},
): Promise<SecurityCardReaderAndSimulator> {
  const simulator = new SecurityCardSimulator(options);
  const port = await simulator.listen(0);
  const connection = cardLine({
    transport: tcpTransport({ host: '127.0.0.1', port }),
    clock: systemClock,
    backoff: { baseMs: 20, capMs: 100, floorMs: 10 },
    pollMs: 5,
  });
  const reader = createSecurityCardReader({
    connection,
    clock: systemClock,
    today: () => CONFORMANCE_TODAY,
    timings: CONFORMANCE_TIMINGS,
  });
  return {
    reader,
    simulator,
    loseReader: () => {
      // longer than any test: it is told when it is over
      tell(simulator, { do: 'dropLine', forMs: 600_000 });
      return Promise.resolve();
    },
    returnReader: () => {
      tell(simulator, { do: 'dropLine' });
      return Promise.resolve();
    },
  };
}

describeSecurityCardReader('over a line', () => overTcp());

describe('cards of other makers', () => {
  it.each([
    ['a card that says 61xx and 6Cxx', { chip: { says61: true, exactLengths: true } }],
    ['a card whose files cannot be selected', { chip: { shortIdentifiersOnly: true } }],
    ['an early card of that kind', { chip: { shortIdentifiersOnly: true }, earlierCards: true }],
    ['an early card', { earlierCards: true, chip: { exactLengths: true } }],
    ['a card that keeps its institution for itself', { chip: { protectedTags: [0x04] } }],
  ])('%s is read', async (_what, options) => {
    const { reader, simulator } = await overTcp(options);
    try {
      const names: string[] = [];
      reader.onEvent((event) => {
        if (event.type === 'card')
          names.push(`${event.readout.data.name} ${event.readout.data.number}`);
      });
      tell(simulator, { do: 'insertCard', persona: 'returnee' });
      await reader.open();
      await until(
        () => names.length > 0,
        () => 'a card',
      );
      expect(names).toEqual(['张三丰 500199196609090011']);
    } finally {
      await reader.close();
      await simulator.close();
    }
  });

  it('a card that does not give its number to everybody has contents that cannot be made out', async () => {
    const { reader, simulator } = await overTcp({ chip: { protectedTags: [0x08] } });
    try {
      const codes: string[] = [];
      reader.onEvent((event) => {
        if (event.type === 'failed') codes.push(event.fault.code);
      });
      tell(simulator, { do: 'insertCard', persona: 'returnee' });
      await reader.open();
      await until(
        () => codes.length > 0,
        () => 'a failure',
      );
      expect(codes).toEqual(['securityCard.invalidContent']);
    } finally {
      await reader.close();
      await simulator.close();
    }
  });
});

describe('a reader at the end of a line', () => {
  it('is unknown while it says nothing, and online again when it does', async () => {
    const simulator = new SecurityCardSimulator();
    const port = await simulator.listen(0);
    const reader = createSecurityCardReader({
      connection: cardLine({
        transport: tcpTransport({ host: '127.0.0.1', port }),
        clock: systemClock,
        backoff: { baseMs: 20, capMs: 100, floorMs: 10 },
        pollMs: 5,
        answerMs: 100,
      }),
      clock: systemClock,
      today: () => CONFORMANCE_TODAY,
      timings: CONFORMANCE_TIMINGS,
    });
    const is = (state: string): Promise<void> =>
      until(
        () => reader.status.state === state,
        () => `${state}, it is ${JSON.stringify(reader.status)}`,
      );
    try {
      await reader.open();
      await is('online');
      tell(simulator, { do: 'setMute', mute: true });
      await is('unknown');
      expect(reader.status.fault?.code).toBe('device.timeout');
      tell(simulator, { do: 'setMute', mute: false });
      await is('online');
    } finally {
      await reader.close();
      await simulator.close();
    }
  });
});
