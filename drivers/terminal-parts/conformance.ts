// Test support: what every driver of terminal parts must do, whatever its line. Not part of the product.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceState, DeviceStatus } from '../../domain/device/status.ts';
import { LIGHT_PLACES } from './contract.ts';
import type { PartsEvent, TerminalParts } from './contract.ts';
import type { PartsSimulator } from './simulator/parts-simulator.ts';
import { EVERY_PART } from './simulator/simulated-board.ts';

/** A driver that is not open yet, and the simulator at the other end of its line, already listening. */
export interface PartsAndSimulator {
  readonly parts: TerminalParts;
  /** Has every part of `EVERY_PART`. */
  readonly simulator: PartsSimulator;
  /** Closes the line between them; driver and simulator are closed by the suite. */
  readonly dispose?: () => Promise<void>;
}

const PATIENCE_MS = 15_000;
const patient = { deadlineMs: PATIENCE_MS };

/** Waits until something holds; fails with `what` after a generous while. */
export async function until(holds: () => boolean, what: () => string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function words(event: PartsEvent): string {
  if (event.type === 'key') return `key ${event.key}`;
  if (event.type === 'stuck' || event.type === 'loose') return `${event.type} ${event.input}`;
  if (event.type === 'light') return `light ${event.place} ${event.value}`;
  return 'value' in event ? `${event.type} ${event.value}` : event.type;
}

/** The parts with all they said, in order. */
class Watched {
  readonly story: string[] = [];
  readonly statuses: DeviceStatus[] = [];
  readonly parts: TerminalParts;
  readonly simulator: PartsSimulator;
  readonly dispose: (() => Promise<void>) | undefined;

  constructor(made: PartsAndSimulator) {
    this.parts = made.parts;
    this.simulator = made.simulator;
    this.dispose = made.dispose;
    made.parts.onEvent((event) => this.story.push(words(event)));
    made.parts.onStatus((status) => this.statuses.push(status));
  }

  /** What was pressed, in order. */
  get presses(): string[] {
    return this.story.filter((word) => word === 'call' || word.startsWith('key '));
  }

  command(command: Parameters<PartsSimulator['command']>[0]): void {
    expect(this.simulator.command(command)).toEqual({ ok: true, value: undefined });
  }

  state(state: DeviceState): Promise<void> {
    return until(
      () => this.parts.status.state === state,
      () => `state ${state}, it is ${JSON.stringify(this.parts.status)}`,
    );
  }

  saw(word: string, count = 1): Promise<void> {
    return until(
      () => this.story.filter((said) => said === word).length >= count,
      () => `${count} x ${word}; events: ${this.story.join(', ')}`,
    );
  }

  async online(): Promise<this> {
    await this.parts.open();
    await this.state('online');
    return this;
  }
}

/** Describes what a driver of terminal parts promises, against its simulator on a real line. */
export function describeTerminalParts(name: string, make: () => Promise<PartsAndSimulator>): void {
  describe(`terminal parts: ${name}`, () => {
    let watched: Watched;

    beforeEach(async () => {
      watched = new Watched(await make());
    });

    afterEach(async () => {
      await watched.parts.close();
      await watched.simulator.close();
      await watched.dispose?.();
      expect(watched.parts.status).toEqual({ state: 'offline' });
      expect(watched.parts.state.headphones).toBe('unknown');
      const said = watched.statuses.map((status) => JSON.stringify(status));
      const repeated = said.filter((status, i) => status === said[i - 1]);
      expect(repeated, 'the same status twice in a row').toEqual([]);
    });

    it('is starting until it has asked the board, and then knows its parts and their state', async () => {
      watched.command({ do: 'setHeadphones', plugged: true });
      watched.command({ do: 'setPower', mains: 'lost', battery: 'low' });
      expect(watched.parts.status).toEqual({ state: 'starting' });
      await watched.online();
      expect(watched.parts.capabilities).toEqual(EVERY_PART);
      const off = Object.fromEntries(LIGHT_PLACES.map((place) => [place, 'off']));
      expect(watched.parts.state).toEqual({
        headphones: 'in',
        presence: 'away',
        door: 'closed',
        mains: 'lost',
        battery: 'low',
        lights: off,
        stuck: [],
      });
      expect(watched.story).toContain('snapshot');
    });

    it('tells every key once, in order, and the call button', async () => {
      await watched.online();
      for (const key of EVERY_PART.keys) {
        watched.command({ do: 'pressKey', key });
        await watched.saw(`key ${key}`);
      }
      watched.command({ do: 'pressCall' });
      watched.command({ do: 'pressKey', key: 'select' });
      watched.command({ do: 'pressKey', key: 'select' });
      await watched.saw('key select', 3);
      const each = EVERY_PART.keys.map((key) => `key ${key}`);
      expect(watched.presses).toEqual([...each, 'call', 'key select', 'key select']);
    });

    it('tells headphones, presence, door, mains and battery, there and back', async () => {
      await watched.online();
      for (const [command, word] of [
        [{ do: 'setHeadphones', plugged: true }, 'headphones in'],
        [{ do: 'setPresence', near: true }, 'presence near'],
        [{ do: 'setDoor', open: true }, 'door open'],
        [{ do: 'setPower', mains: 'lost' }, 'mains lost'],
        [{ do: 'setPower', mains: 'lost', battery: 'low' }, 'battery low'],
        [{ do: 'setPower', mains: 'on', battery: 'ok' }, 'mains on'],
        [{ do: 'setDoor', open: false }, 'door closed'],
        [{ do: 'setPresence', near: false }, 'presence away'],
        [{ do: 'setHeadphones', plugged: false }, 'headphones out'],
      ] as const) {
        watched.story.length = 0;
        watched.command(command);
        await watched.saw(word);
      }
      await until(
        () => watched.parts.state.battery === 'ok',
        () => 'a battery that is well again',
      );
    });

    it('sets every light every way, and shows it', async () => {
      await watched.online();
      for (const place of LIGHT_PLACES) {
        for (const mode of ['steady', 'blink', 'off'] as const) {
          expect(await watched.parts.setLight(place, mode, patient)).toEqual({
            ok: true,
            value: undefined,
          });
          expect(watched.parts.state.lights[place]).toBe(mode);
          expect(watched.simulator.state()['lights']).toMatchObject({ [place]: mode });
        }
      }
    });

    it('says when a light was refused, cancelled, or nobody answered', async () => {
      await watched.online();
      watched.command({ do: 'failNext' });
      const light = (options: { deadlineMs: number; signal?: AbortSignal }) =>
        watched.parts
          .setLight('keypad', 'blink', options)
          .then((done) => (done.ok ? 'set' : done.error.code));
      expect(await light(patient)).toBe('device.protocol');
      expect(await light(patient)).toBe('set');
      watched.command({ do: 'setMute', mute: true });
      const caller = new AbortController();
      const cancelled = light({ ...patient, signal: caller.signal });
      caller.abort();
      expect(await cancelled).toBe('device.cancelled');
      expect(await light({ deadlineMs: 50 })).toBe('device.timeout');
    });

    it('is offline while the line is down, knows nothing then, and asks anew when it is back', async () => {
      await watched.online();
      watched.command({ do: 'setPresence', near: true });
      await watched.saw('presence near');
      watched.command({ do: 'dropLine', forMs: 500 });
      watched.command({ do: 'setDoor', open: true });
      await watched.state('offline');
      expect(watched.parts.status.fault?.code).toBe('device.offline');
      expect(watched.parts.state).toMatchObject({ presence: 'unknown', door: 'unknown' });
      await watched.saw('door unknown');
      await watched.state('online');
      expect(watched.parts.state).toMatchObject({ presence: 'near', door: 'open' });
      expect(watched.story.slice(watched.story.indexOf('door unknown'))).toContain('door open');
      watched.command({ do: 'pressKey', key: 'up' });
      await watched.saw('key up');
    });

    it('is unknown while the board says nothing, and online again when it does', async () => {
      await watched.online();
      watched.command({ do: 'setMute', mute: true });
      await watched.state('unknown');
      expect(watched.parts.state.mains).toBe('unknown');
      watched.command({ do: 'setPower', mains: 'lost' });
      watched.command({ do: 'setMute', mute: false });
      await watched.state('online');
      expect(watched.parts.state.mains).toBe('lost');
      watched.command({ do: 'pressKey', key: 'back' });
      await watched.saw('key back');
    });

    it('greets a board that restarted, whose lights are off then', async () => {
      await watched.online();
      expect((await watched.parts.setLight('scanner', 'blink', patient)).ok).toBe(true);
      watched.story.length = 0;
      watched.command({ do: 'restartBoard', forMs: 60 });
      await watched.saw('snapshot');
      expect(watched.parts.state.lights.scanner).toBe('off');
      await watched.state('online');
      watched.command({ do: 'pressKey', key: 'help' });
      await watched.saw('key help');
    });

    it('hears through noise, and hears nothing that was not said', async () => {
      await watched.online();
      const noises = ['00', '3c', '3c3c3c', '3c30312045', 'ff0d0a0d0a', '2a42424344 0d0a'];
      // A press without its last CRC digit right, and one as the terminal itself would mark it.
      const lies = [
        Buffer.from('<01 EV key back down*0000\r\n').toString('hex'),
        Buffer.from('>01 EV key back down*0000\r\n').toString('hex'),
      ];
      const all = [...noises, ...lies];
      for (const [i, hex] of all.entries()) {
        watched.command({ do: 'noise', hex });
        watched.command({ do: 'pressKey', key: 'select' });
        watched.command({ do: 'noise', hex });
        await watched.saw('key select', i + 1);
      }
      expect(watched.presses).toEqual(all.map(() => 'key select'));
    });

    it('tells a press once whose line had a wrong CRC', async () => {
      await watched.online();
      watched.command({ do: 'spoilLines', times: 2 });
      watched.command({ do: 'pressKey', key: 'louder' });
      await watched.saw('key louder');
      watched.command({ do: 'spoilLines', times: 1 });
      watched.command({ do: 'pressKey', key: 'quieter' });
      await watched.saw('key quieter');
      expect(watched.presses).toEqual(['key louder', 'key quieter']);
    });

    it('tells a stuck key once, and that it is loose', async () => {
      await watched.online();
      watched.command({ do: 'setKey', key: 'repeat', down: true });
      await watched.saw('stuck repeat');
      expect(watched.parts.state.stuck).toEqual(['repeat']);
      watched.command({ do: 'dropLine' });
      await watched.saw('snapshot', 2);
      watched.command({ do: 'setKey', key: 'repeat', down: false });
      await watched.saw('loose repeat');
      expect(watched.presses).toEqual(['key repeat']);
      expect(watched.story.filter((word) => word === 'stuck repeat')).toHaveLength(1);
    });

    it('passes over what a newer board says', async () => {
      await watched.online();
      watched.command({ do: 'sendBody', body: 'C8 EV humidity high' });
      watched.command({ do: 'sendBody', body: 'C9 SONG' });
      watched.command({ do: 'pressKey', key: 'left' });
      await watched.saw('key left');
      expect(watched.presses).toEqual(['key left']);
    });

    it('works with a slow board', async () => {
      await watched.online();
      watched.command({ do: 'setDelay', ms: 60 });
      watched.command({ do: 'pressKey', key: 'right' });
      await watched.saw('key right');
      expect((await watched.parts.setLight('keypad', 'steady', patient)).ok).toBe(true);
    });
  });
}
