import { afterEach, describe, expect, it } from 'vitest';
import { describeTerminalParts } from './conformance.ts';
import { FAST_RELAYS, boardOverTcp, relayOffer } from './relay-test-support.ts';
import type { RelayBoardOptions } from './relay-board.ts';
import { RelaySimulator, type RelaySimulatorOptions } from './simulator/relay-simulator.ts';
import { PATIENT, Watched, until } from './watched-parts.ts';

describeTerminalParts(
  'relays that answer, over TCP',
  async () => {
    const simulator = new RelaySimulator({ answers: true });
    const port = await simulator.listen(0);
    return { parts: boardOverTcp(port, { answers: true }), simulator };
  },
  relayOffer(true),
);

describe('a relay board', () => {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0).toReversed()) await close();
  });

  async function board(
    simulated: RelaySimulatorOptions,
    options: Partial<RelayBoardOptions> = {},
  ): Promise<Watched> {
    const simulator = new RelaySimulator(simulated);
    open.push(() => simulator.close());
    const port = await simulator.listen(0);
    const parts = boardOverTcp(port, { answers: simulated.answers === true, ...options });
    open.push(() => parts.close());
    return new Watched({ parts, simulator });
  }

  const relays = ({ simulator }: Watched) =>
    simulator.state()['relays'] as Readonly<Record<string, boolean>>;
  const count = ({ simulator }: Watched, what: 'questions' | 'strayBytes') =>
    simulator.state()[what] as number;

  it('that never answers is never asked, is unknown without a fault, and is switched all the same', async () => {
    const watched = await board({ answers: false });
    await watched.parts.open();
    await watched.silent();
    expect((await watched.parts.setLight('scanner', 'steady', PATIENT)).ok).toBe(true);
    await until(
      () => relays(watched)['CH4'] === true,
      () => 'channel 4 on',
    );
    expect(watched.statuses).toEqual([{ state: 'unknown' }]);
    expect(watched.parts.state.lights.scanner).toBe('unknown');
    expect([count(watched, 'questions'), count(watched, 'strayBytes')]).toEqual([0, 0]);
  });

  for (const answers of [true, false]) {
    it(`puts out what was left on, leaves nothing on, and lets other channels be (${answers ? 'answers' : 'silent'})`, async () => {
      const watched = await board({ answers });
      watched.command({ do: 'setRelay', channel: 2, on: true });
      watched.command({ do: 'setRelay', channel: 3, on: true });
      await watched.parts.open();
      await until(
        () => relays(watched)['CH2'] === false,
        () => 'channel 2 off',
      );
      await (answers ? watched.state('online') : watched.silent());
      expect((await watched.parts.setLight('cardReader', 'blink', PATIENT)).ok).toBe(true);
      await watched.parts.close();
      await until(
        () => relays(watched)['CH1'] === false,
        () => 'channel 1 off',
      );
      expect(relays(watched)).toEqual({ CH1: false, CH2: false, CH3: true, CH4: false });
    });
  }

  it('that answers is believed: a lamp that somebody else switched is told', async () => {
    const watched = await board({ answers: true });
    await watched.online();
    watched.command({ do: 'setRelay', channel: 4, on: true });
    await watched.saw('light scanner steady');
    watched.command({ do: 'failNext' });
    const done = await watched.parts.setLight('scanner', 'off', PATIENT);
    expect(done).toMatchObject({ error: { code: 'device.protocol', vendorCode: 'CH4: ON' } });
    expect(watched.parts.state.lights.scanner).toBe('steady');
  });

  it('whose lines come slowly is heard to the end before it is asked again', async () => {
    const watched = await board({ answers: true, lineMs: 20 });
    await watched.online();
    // the first channel says its word first; the others must not be taken for what follows
    for (const place of ['cardReader', 'scanner', 'receiptPrinter', 'cardReader'] as const) {
      expect(await watched.parts.setLight(place, 'steady', PATIENT)).toMatchObject({ ok: true });
    }
  });

  it('whose answer came too late is not taken at its old word', async () => {
    const watched = await board({ answers: true });
    await watched.online();
    watched.command({ do: 'setDelay', ms: 150 });
    expect(await watched.parts.setLight('cardReader', 'steady', { deadlineMs: 60 })).toMatchObject({
      error: { code: 'device.timeout' },
    });
    // what it says now is of before: off again is told by a new word only
    expect((await watched.parts.setLight('cardReader', 'off', PATIENT)).ok).toBe(true);
    expect((await watched.parts.setLight('cardReader', 'steady', PATIENT)).ok).toBe(true);
    expect(relays(watched)['CH1']).toBe(true);
  });

  it('is heard through noise', async () => {
    const watched = await board({ answers: true });
    await watched.online();
    for (const [i, hex] of ['00', 'ff', '434831', '4348313a20', '0d0a4348353a20'].entries()) {
      const mode = i % 2 === 0 ? 'steady' : 'off';
      watched.command({ do: 'noise', hex });
      const done = watched.parts.setLight('receiptPrinter', mode, PATIENT);
      watched.command({ do: 'noise', hex });
      expect((await done).ok).toBe(true);
      expect(relays(watched)['CH2']).toBe(mode === 'steady');
    }
  });

  it('with fewer channels than lamps works, and says which one is missing', async () => {
    const watched = await board(
      { answers: true, channels: 2 },
      { timings: { ...FAST_RELAYS, answerMs: 60 } },
    );
    await watched.online();
    expect(watched.parts.status.fault).toMatchObject({
      code: 'device.misconfigured',
      detail: 'the board has no channel 4',
    });
    expect(watched.parts.capabilities.lights).toEqual(['cardReader', 'receiptPrinter']);
    expect(await watched.parts.setLight('scanner', 'steady', PATIENT)).toMatchObject({
      error: { code: 'device.unsupported' },
    });
    expect((await watched.parts.setLight('receiptPrinter', 'steady', PATIENT)).ok).toBe(true);
  });
});
