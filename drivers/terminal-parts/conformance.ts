// Test support: what every driver of terminal parts must do, whatever its line. Not part of the product.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SimulatorState } from '../simulator-host/simulator.ts';
import { promiseInputs } from './conformance-inputs.ts';
import type { LightMode, LightPlace, PartsCapabilities } from './contract.ts';
import { EVERY_PART } from './simulator/simulated-board.ts';
import { PATIENT, until, Watched, type PartsAndSimulator } from './watched-parts.ts';

/** What a driver of parts has of all that the contract knows. */
export interface PartsOffer {
  /** What it is to tell of itself; with keys, the promises of keys and sensors are asked for too. */
  readonly capabilities: PartsCapabilities;
  /** Its lights blink; else they shine steadily instead. */
  readonly blinks: boolean;
  /** The device says how it is; of one that does not only the simulator knows how its lights shine. */
  readonly answers: boolean;
  /** How a light shines by the word of the simulator. */
  readonly shines: (state: SimulatorState, place: LightPlace) => LightMode | undefined;
}

/** The board of docs/terminal-parts.md with every part. */
export const FULL_BOARD: PartsOffer = {
  capabilities: EVERY_PART,
  blinks: true,
  answers: true,
  shines: (state, place) => (state['lights'] as Record<LightPlace, LightMode>)[place],
};

/** Describes what a driver of terminal parts promises, against its simulator on a real line. */
export function describeTerminalParts(
  name: string,
  make: () => Promise<PartsAndSimulator>,
  offer: PartsOffer = FULL_BOARD,
): void {
  const { capabilities, answers, blinks } = offer;
  const places = capabilities.lights;
  const [lamp = 'cardReader'] = places;
  const senses = capabilities.sensors.length > 0;
  const shown = (mode: LightMode): LightMode => (mode === 'blink' && !blinks ? 'steady' : mode);
  const known = (mode: LightMode): LightMode | 'unknown' => (answers ? shown(mode) : 'unknown');

  describe(`terminal parts: ${name}`, () => {
    let watched: Watched;

    const ready = (): Promise<void> => (answers ? watched.state('online') : watched.silent());
    const light = (
      mode: LightMode,
      options: { deadlineMs: number; signal?: AbortSignal } = PATIENT,
      place = lamp,
    ): Promise<string> =>
      watched.parts
        .setLight(place, mode, options)
        .then((done) => (done.ok ? 'set' : done.error.code));
    const shines = (mode: LightMode, place = lamp): Promise<void> =>
      until(
        () => offer.shines(watched.simulator.state(), place) === shown(mode),
        () => `a light at ${place} that is ${shown(mode)} by the word of the simulator`,
      );

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

    it('is starting until it has asked the board, and then knows what it has; its lights are off', async () => {
      expect(watched.parts.status).toEqual({ state: 'starting' });
      expect(await light('steady')).toBe('device.offline');
      await watched.parts.open();
      await ready();
      expect(watched.parts.capabilities).toEqual(capabilities);
      expect(watched.story).toContain('snapshot');
      for (const place of places) {
        expect(watched.parts.state.lights[place]).toBe(known('off'));
        expect(offer.shines(watched.simulator.state(), place)).toBe('off');
      }
    });

    it('sets every light every way, and shows it', async () => {
      await watched.parts.open();
      await ready();
      for (const place of places) {
        for (const mode of ['steady', 'blink', 'off'] as const) {
          expect(await light(mode, PATIENT, place)).toBe('set');
          expect(watched.parts.state.lights[place]).toBe(known(mode));
          await shines(mode, place);
        }
      }
    });

    it('is offline while the line is down, and puts its lights out when it is back', async () => {
      await watched.parts.open();
      await ready();
      expect(await light('steady')).toBe('set');
      await shines('steady');
      if (senses) {
        watched.command({ do: 'setPresence', near: true });
        await watched.saw('presence near');
      }
      // longer than any test: it is told when it is over
      watched.command({ do: 'dropLine', forMs: 600_000 });
      if (senses) watched.command({ do: 'setDoor', open: true });
      await watched.state('offline');
      expect(watched.parts.status.fault?.code).toBe('device.offline');
      expect(watched.parts.state).toMatchObject({ presence: 'unknown', door: 'unknown' });
      expect(watched.parts.state.lights[lamp]).toBe('unknown');
      expect(await light('steady')).toBe('device.offline');
      if (senses) await watched.saw('door unknown');
      watched.story.length = 0;
      watched.command({ do: 'dropLine' });
      await ready();
      await watched.saw('snapshot');
      await shines('off');
      expect(watched.parts.state.lights[lamp]).toBe(known('off'));
      expect(await light('steady')).toBe('set');
      await shines('steady');
      if (senses) {
        expect(watched.parts.state).toMatchObject({ presence: 'near', door: 'open' });
        expect(watched.story).toContain('door open');
        watched.command({ do: 'pressKey', key: 'up' });
        await watched.saw('key up');
      }
    });

    it('does nothing for a caller who cancelled before', async () => {
      await watched.parts.open();
      await ready();
      const signal = AbortSignal.abort();
      expect(await light('steady', { ...PATIENT, signal })).toBe('device.cancelled');
      expect(await light('off')).toBe('set');
      expect(offer.shines(watched.simulator.state(), lamp)).toBe('off');
    });

    if (answers) {
      it('says when a light was refused, cancelled, or nobody answered', async () => {
        await watched.online();
        watched.command({ do: 'failNext' });
        expect(await light('blink')).toBe('device.protocol');
        expect(await light('blink')).toBe('set');
        watched.command({ do: 'setMute', mute: true });
        const caller = new AbortController();
        const cancelled = light('off', { ...PATIENT, signal: caller.signal });
        caller.abort();
        expect(await cancelled).toBe('device.cancelled');
        expect(await light('off', { deadlineMs: 50 })).toBe('device.timeout');
      });

      it('is unknown while the board says nothing, takes no command then, and is online again when it does', async () => {
        await watched.online();
        watched.command({ do: 'setMute', mute: true });
        await watched.state('unknown');
        expect(watched.parts.status.fault?.code).toBe('device.timeout');
        expect(watched.parts.state.lights[lamp]).toBe('unknown');
        expect(watched.parts.state.mains).toBe('unknown');
        expect(await light('steady')).toBe('device.timeout');
        if (senses) watched.command({ do: 'setPower', mains: 'lost' });
        watched.command({ do: 'setMute', mute: false });
        await watched.state('online');
        expect(await light('steady')).toBe('set');
        if (senses) {
          expect(watched.parts.state.mains).toBe('lost');
          watched.command({ do: 'pressKey', key: 'back' });
          await watched.saw('key back');
        }
      });

      it('works with a slow board', async () => {
        await watched.online();
        watched.command({ do: 'setDelay', ms: 60 });
        expect(await light('steady')).toBe('set');
        expect(await light('off')).toBe('set');
      });
    }

    if (capabilities.keys.length > 0) promiseInputs(() => watched);
  });
}
