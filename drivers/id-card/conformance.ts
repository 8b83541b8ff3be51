// Test support: what every driver of an ID-card reader must do, whatever its protocol. Not part of the product.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEMO_PERSONAS } from '../simulator-host/personas.ts';
import type { DemoCard, DemoPersona } from '../simulator-host/personas.ts';
import type { Simulator } from '../simulator-host/simulator.ts';
import { until, WatchedCards } from '../watched-cards-test-support.ts';
import type { CardReadout, IdCardReader } from './contract.ts';

/** A reader that is not open yet, and the simulator at the other end of its line, already listening. */
export interface ReaderAndSimulator {
  readonly reader: IdCardReader;
  readonly simulator: Simulator;
  /** Closes the line between them; reader and simulator are closed by the suite. */
  readonly dispose?: () => Promise<void>;
}

/** What the suite asks of the reader: `today` is 20261123, and waits short enough for a test. */
export const CONFORMANCE_TODAY = '20261123';

export { until };

/** A reader with all it said, in order. */
class Watched extends WatchedCards<CardReadout, ReaderAndSimulator> {}

/** The data that a persona's card must give, field for field. */
export function expectedData(persona: DemoPersona): object {
  const { card } = persona;
  const latinName = card.latinName ?? '';
  const address = card.newestAddress ?? card.address;
  const given = (...names: readonly (keyof DemoCard)[]): object =>
    Object.fromEntries(
      names.flatMap((name) => (card[name] === undefined ? [] : [[name, card[name]]])),
    );
  return {
    kind: card.kind,
    name: card.name === '' ? latinName : card.name,
    ...(latinName === '' ? {} : { latinName }),
    sex: card.sex,
    ...given('nationCode', 'nationality', 'issuer'),
    birthDate: card.birthDate,
    ...(address === undefined ? {} : { address }),
    idNumber: card.idNumber,
    validFrom: card.validFrom,
    validTo: card.validTo === '长期' ? 'long-term' : card.validTo,
    ...given('passNumber', 'issueCount', 'cardVersion', 'authorityCode', 'formerNumberLink'),
  };
}

/** Describes what a reader driver promises, against its simulator on a real line. */
export function describeIdCardReader(name: string, make: () => Promise<ReaderAndSimulator>): void {
  describe(`an ID-card reader: ${name}`, () => {
    let watched: Watched;

    beforeEach(async () => {
      watched = new Watched(await make());
    });

    afterEach(async () => {
      await watched.reader.close();
      await watched.simulator.close();
      await watched.made.dispose?.();
      const said = watched.statuses.map((status) => JSON.stringify(status));
      const repeated = said.filter((status, i) => status === said[i - 1]);
      expect(repeated, 'the same status twice in a row').toEqual([]);
    });

    it('is starting until it has asked the hardware, then online', async () => {
      expect(watched.reader.status).toEqual({ state: 'starting' });
      expect(watched.reader.hardware.details).toEqual({});
      await watched.online();
      // on a loaded machine the first answers may come too late: that is unknown, never online too early
      const told = watched.statuses.filter(({ state }) => state !== 'unknown');
      expect(told).toEqual([{ state: 'online' }]);
      // What is known of the hardware, for the technician.
      expect(watched.reader.hardware.details.samId).toBe('05.01-20110253-0000123456-123456789');
    });

    it('reads every persona exactly, one laying-down one card', async () => {
      await watched.online();
      const readable = DEMO_PERSONAS.filter((persona) => persona.id !== 'impossible-date');
      for (const [i, persona] of readable.entries()) {
        watched.command({ do: 'insertCard', persona: persona.id });
        await watched.saw(i + 1, 'card');
        watched.command({ do: 'removeCard' });
        await watched.saw(i + 1, 'removed');
        const readout = watched.cards[i];
        expect(readout?.data).toEqual(expectedData(persona));
        expect(readout?.photo).toHaveLength(1_024);
      }
      const once = ['reading', 'card', 'removed'];
      expect(watched.events.map((event) => event.type)).toEqual(readable.flatMap(() => once));
    });

    it('gives a card whose number does not add up, or that has run out, with its doubt', async () => {
      await watched.online();
      watched.command({ do: 'insertCard', persona: 'bad-checksum' });
      await watched.saw(1, 'card');
      watched.command({ do: 'removeCard' });
      await watched.saw(1, 'removed');
      watched.command({ do: 'insertCard', persona: 'expired' });
      await watched.saw(2, 'card');
      expect(watched.cards.map((card) => card.doubts)).toEqual([['idNumberChecksum'], ['expired']]);
    });

    it('tells a card that stays only once', async () => {
      await watched.online();
      watched.command({ do: 'insertCard', persona: 'elder' });
      await watched.saw(1, 'card');
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(watched.cards).toHaveLength(1);
    });

    it('tells a card laid down again as a new one', async () => {
      await watched.online();
      for (const times of [1, 2]) {
        watched.command({ do: 'insertCard', persona: 'elder' });
        await watched.saw(times, 'card');
        watched.command({ do: 'removeCard' });
        await watched.saw(times, 'removed');
      }
    });

    it('says that the first is gone when one card quickly follows another', async () => {
      await watched.online();
      watched.command({ do: 'insertCard', persona: 'elder' });
      await watched.saw(1, 'card');
      watched.command({ do: 'insertCard', persona: 'proxy' });
      await watched.saw(2, 'card');
      expect(watched.story).toBe('reading, card, removed, reading, card');
      expect(watched.cards[1]?.data.name).toBe('龚小兰');
    });

    it('tells each card of a family that lays one down right after the other', async () => {
      await watched.online();
      const family = ['elder', 'proxy', 'ext-a', 'ext-f', 'elder'];
      for (const [i, persona] of family.entries()) {
        watched.command({ do: 'insertCard', persona });
        await watched.saw(i + 1, 'card');
      }
      const names = watched.cards.map((card) => card.data.name);
      expect(names).toEqual(['龚大福', '龚小兰', '陈\u{4DAE}', '\u{2CC56}玲', '龚大福']);
      const story = family.map(() => 'reading, card').join(', removed, ');
      expect(watched.story.slice(0, story.length)).toBe(story);
    });

    it('says that the first is gone when the next one cannot be read', async () => {
      await watched.online();
      watched.command({ do: 'insertCard', persona: 'elder' });
      await watched.saw(1, 'card');
      watched.command({ do: 'insertCard', persona: 'impossible-date' });
      await watched.saw(1, 'failed');
      const story = 'reading, card, removed, reading, failed idCard.invalidContent';
      expect(watched.story.slice(0, story.length)).toBe(story);
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
      expect(watched.story).toBe('reading, failed idCard.removedEarly, reading, card');
      expect(watched.cards[0]?.data.name).toBe('\u{2CC56}玲');
    });

    it('refuses a card with a date that is no date, once, until it is lifted', async () => {
      await watched.online();
      watched.command({ do: 'insertCard', persona: 'impossible-date' });
      await watched.saw(1, 'failed');
      watched.command({ do: 'removeCard' });
      await watched.saw(1, 'removed');
      expect(watched.story).toBe('reading, failed idCard.invalidContent, removed');
    });

    it('names a card of a kind nobody knows', async () => {
      await watched.online();
      const text = new Uint8Array(256).fill(0x20).map((byte, i) => (i % 2 === 0 ? byte : 0));
      text[248] = 'Q'.charCodeAt(0);
      watched.command({ do: 'insertRawCard', textHex: Buffer.from(text).toString('hex') });
      await watched.saw(1, 'failed');
      expect(watched.story).toBe('reading, failed idCard.unknownKind');
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
      watched.command({ do: 'failNext', times: 1_000_000 });
      watched.command({ do: 'insertCard', persona: 'returnee' });
      await watched.saw(1, 'failed');
      expect(watched.story).toBe('reading, failed idCard.unreadable');
      watched.command({ do: 'failNext', times: 0 });
      await watched.saw(1, 'card');
      expect(watched.cards[0]?.data.name).toBe('张三丰');
    });

    it('reads on through noise on the line, and never gives a wrong character', async () => {
      await watched.online();
      const noises = [
        '00',
        'aa',
        'aaaaaa9669',
        'aaaaaa96690508',
        'aaaaaa9669000400009f9b',
        'ffff96',
      ];
      for (const [i, hex] of noises.entries()) {
        watched.command({ do: 'noise', hex });
        watched.command({ do: 'insertCard', persona: i % 2 === 0 ? 'ext-g' : 'private-use' });
        watched.command({ do: 'noise', hex });
        await watched.saw(i + 1, 'card');
        watched.command({ do: 'noise', hex });
        watched.command({ do: 'removeCard' });
        await watched.saw(i + 1, 'removed');
      }
      for (const [i, card] of watched.cards.entries()) {
        expect(card.data.name).toBe(i % 2 === 0 ? '欧阳\u{30EDD}' : '陈\u{E863}');
      }
    });

    it('is offline while the line is down, and online again by itself', async () => {
      await watched.online();
      // longer than any test: it is told when it is over
      watched.command({ do: 'dropLine', forMs: 600_000 });
      await watched.state('offline');
      expect(watched.reader.status.fault?.code).toBe('device.offline');
      watched.command({ do: 'dropLine' });
      await watched.state('online');
      watched.command({ do: 'insertCard', persona: 'elder' });
      await watched.saw(1, 'card');
    });

    it('is unknown while the reader says nothing, and online again when it does', async () => {
      await watched.online();
      watched.command({ do: 'setMute', mute: true });
      await watched.state('unknown');
      watched.command({ do: 'setMute', mute: false });
      await watched.state('online');
      watched.command({ do: 'insertCard', persona: 'latin' });
      await watched.saw(1, 'card');
      expect(watched.cards[0]?.data.name).toBe('EMMA JOHNSON');
    });

    it('ends a reading as failed when the line breaks in the middle of it', async () => {
      await watched.online();
      watched.command({ do: 'setDelay', ms: 200 });
      watched.command({ do: 'insertCard', persona: 'elder' });
      await watched.saw(1, 'reading');
      watched.command({ do: 'dropLine' });
      await watched.saw(1, 'failed');
      watched.command({ do: 'setDelay', ms: 0 });
      await watched.saw(1, 'card');
      expect(watched.story).toBe('reading, failed device.offline, reading, card');
    });

    it('closes in the middle of a reading, and says nothing more', async () => {
      await watched.online();
      watched.command({ do: 'setDelay', ms: 200 });
      watched.command({ do: 'insertCard', persona: 'elder' });
      await watched.saw(1, 'reading');
      await watched.reader.close();
      const said = watched.events.length;
      expect(watched.story).toBe('reading, failed device.cancelled');
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(watched.events).toHaveLength(said);
    });
  });
}
