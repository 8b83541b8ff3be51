// Test support: what every driver of a reader of social security cards must do, whatever is between it and
// the card. Not part of the product.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEMO_PERSONAS, demoPersona } from '../simulator-host/personas.ts';
import type { Simulator } from '../simulator-host/simulator.ts';
import { until, WatchedCards } from '../watched-cards-test-support.ts';
import { securityCardOf } from './simulator/card-files.ts';
import type { SecurityCardReader, SecurityCardReadout } from './contract.ts';
import type { SecurityCardTimings } from './card-reader.ts';

/** A reader that is not open yet, and the simulator at the other end, already listening. */
export interface SecurityCardReaderAndSimulator {
  readonly reader: SecurityCardReader;
  readonly simulator: Simulator;
  /** Takes the reader away from the machine, or the line to it. */
  readonly loseReader: () => Promise<void>;
  /** Brings it back. */
  readonly returnReader: () => Promise<void>;
  /** Ends what is between them; reader and simulator are closed by the suite. */
  readonly dispose?: () => Promise<void>;
}

/** What the suite asks of the reader: `today` is this, and waits short enough for a test. */
export const CONFORMANCE_TODAY = '20261123';

/** Waits short enough for a test; what a card may take stays long, for a loaded machine. */
export const CONFORMANCE_TIMINGS: Partial<SecurityCardTimings> = {
  settleMs: 5,
  removalToldMs: 50,
  retryAfterMs: 200,
  offlineAfterMs: 150,
};

export { until };

/** The data that a persona's card must give, field for field. */
export function expectedSecurityCard(id: string): object {
  const persona = demoPersona(id);
  if (persona === undefined) throw new Error(`no persona ${id}`);
  const { number, name, birthDate, cardNumber, institution, issuedOn, validTo } =
    securityCardOf(persona);
  // a day that is none is not told
  const born = id === 'impossible-date' ? {} : { birthDate };
  return { number, name, ...born, cardNumber, institution, issuedOn, validTo };
}

/** A reader with all it said, in order. */
class Watched extends WatchedCards<SecurityCardReadout, SecurityCardReaderAndSimulator> {
  /** Puts a card in, waits for its reading to end, and pulls it. */
  async inAndOut(persona: string): Promise<void> {
    const ends = (): number =>
      this.events.filter(({ type }) => type === 'card' || type === 'failed').length;
    const removals = this.events.filter(({ type }) => type === 'removed').length;
    const before = ends();
    this.command({ do: 'insertCard', persona });
    await until(
      () => ends() > before,
      () => `the end of a reading; events: ${this.story}`,
    );
    this.command({ do: 'removeCard' });
    await this.saw(removals + 1, 'removed');
  }
}

/** Describes what a reader driver promises, against the simulated card. */
export function describeSecurityCardReader(
  name: string,
  make: () => Promise<SecurityCardReaderAndSimulator>,
): void {
  describe(`a reader of social security cards: ${name}`, () => {
    let watched: Watched;

    beforeEach(async () => {
      watched = new Watched(await make());
    });

    afterEach(async () => {
      await watched.made.reader.close();
      await watched.made.simulator.close();
      await watched.made.dispose?.();
      const said = watched.statuses.map((status) => JSON.stringify(status));
      const repeated = said.filter((status, i) => status === said[i - 1]);
      expect(repeated, 'the same status twice in a row').toEqual([]);
    });

    it('is starting until the reader has answered, then online', async () => {
      expect(watched.made.reader.status).toEqual({ state: 'starting' });
      expect(watched.made.reader.capabilities.authenticates).toBe(false);
      await watched.online();
      expect(watched.statuses).toEqual([{ state: 'online' }]);
    });

    it('reads every persona exactly, one insertion one card', async () => {
      await watched.online();
      for (const [i, persona] of DEMO_PERSONAS.entries()) {
        await watched.inAndOut(persona.id);
        expect(watched.cards[i]?.data, persona.id).toEqual(expectedSecurityCard(persona.id));
      }
      const once = ['reading', 'card', 'removed'];
      expect(watched.events.map(({ type }) => type)).toEqual(DEMO_PERSONAS.flatMap(() => once));
    });

    it('tells what on a card does not fit together', async () => {
      await watched.online();
      for (const persona of ['elder', 'bad-checksum', 'expired']) await watched.inAndOut(persona);
      expect(watched.cards.map(({ doubts }) => doubts)).toEqual([[], ['numberRule'], ['expired']]);
    });

    it('reads a card that was in before it opened, and tells a card that stays only once', async () => {
      watched.command({ do: 'insertCard', persona: 'elder' });
      await watched.online();
      await watched.saw(1, 'card');
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(watched.story).toBe('reading, card');
    });

    it('says that the first is gone when another card comes in a blink, and mixes nothing', async () => {
      await watched.online();
      watched.command({ do: 'insertCard', persona: 'elder' });
      await watched.saw(1, 'card');
      watched.command({ do: 'insertCard', persona: 'proxy' });
      await watched.saw(2, 'card');
      expect(watched.story).toBe('reading, card, removed, reading, card');
      expect(watched.cards[1]?.data).toEqual(expectedSecurityCard('proxy'));
    });

    it('says so when a card is pulled while it is read, and reads the next one', async () => {
      await watched.online();
      watched.command({ do: 'setDelay', ms: 150 });
      watched.command({ do: 'insertCard', persona: 'elder' });
      await watched.saw(1, 'reading');
      watched.command({ do: 'removeCard' });
      await watched.saw(1, 'failed');
      watched.command({ do: 'setDelay', ms: 0 });
      watched.command({ do: 'insertCard', persona: 'ext-f' });
      await watched.saw(1, 'card');
      expect(watched.story).toBe('reading, failed securityCard.removedEarly, reading, card');
      expect(watched.cards[0]?.data).toEqual(expectedSecurityCard('ext-f'));
    });

    it('names a bank card as no social security card', async () => {
      await watched.online();
      watched.command({ do: 'insertOtherCard', kind: 'bankCard' });
      await watched.saw(1, 'failed');
      watched.command({ do: 'removeCard' });
      await watched.saw(1, 'removed');
      expect(watched.story).toBe('reading, failed securityCard.unknownKind, removed');
      const [, failed] = watched.events;
      expect(failed?.type === 'failed' && failed.fault.vendorCode).toBe('SW 6A82');
    });

    it('names a card that lies the wrong way round as not read, and reads it turned', async () => {
      await watched.online();
      watched.command({ do: 'insertOtherCard', kind: 'upsideDown' });
      await watched.saw(1, 'failed');
      watched.command({ do: 'removeCard' });
      await watched.saw(1, 'removed');
      watched.command({ do: 'insertCard', persona: 'elder' });
      await watched.saw(1, 'card');
      expect(watched.story).toBe('reading, failed securityCard.unreadable, removed, reading, card');
    });

    it('tries again by itself when one read fails', async () => {
      await watched.online();
      watched.command({ do: 'failNext' });
      watched.command({ do: 'insertCard', persona: 'returnee' });
      await watched.saw(1, 'card');
      expect(watched.story).toBe('reading, card');
    });

    it('gives up a card that cannot be read, and reads it after all when it can', async () => {
      await watched.online();
      watched.command({ do: 'failNext', times: 1_000 });
      watched.command({ do: 'insertCard', persona: 'returnee' });
      await watched.saw(1, 'failed');
      watched.command({ do: 'failNext', times: 0 });
      await watched.saw(1, 'card');
      watched.command({ do: 'removeCard' });
      await watched.saw(1, 'removed');
      expect(watched.story).toBe('reading, failed securityCard.unreadable, reading, card, removed');
    });

    it('is offline without its reader, and online again by itself when it is back', async () => {
      await watched.online();
      await watched.made.loseReader();
      await watched.state('offline');
      expect(watched.made.reader.status.fault).toBeDefined();
      await watched.made.returnReader();
      await watched.state('online');
      await watched.inAndOut('elder');
      expect(watched.cards[0]?.data).toEqual(expectedSecurityCard('elder'));
    });

    it('ends a reading as failed when the reader goes in the middle of it', async () => {
      await watched.online();
      watched.command({ do: 'setDelay', ms: 200 });
      watched.command({ do: 'insertCard', persona: 'elder' });
      await watched.saw(1, 'reading');
      await watched.made.loseReader();
      await watched.saw(1, 'failed');
      watched.command({ do: 'removeCard' });
      watched.command({ do: 'setDelay', ms: 0 });
      await watched.made.returnReader();
      await watched.state('online');
      expect(watched.cards).toEqual([]);
      await watched.inAndOut('proxy');
      expect(watched.cards).toHaveLength(1);
    });

    it('closes in the middle of a reading, and says nothing more', async () => {
      await watched.online();
      watched.command({ do: 'setDelay', ms: 100 });
      watched.command({ do: 'insertCard', persona: 'elder' });
      await watched.saw(1, 'reading');
      await watched.made.reader.close();
      expect(watched.story).toBe('reading, failed device.cancelled');
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(watched.story).toBe('reading, failed device.cancelled');
    });
  });
}
