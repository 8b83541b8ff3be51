import { beforeEach, describe, expect, it } from 'vitest';
import type { DeviceStatus } from '../../../domain/device/status.ts';
import type { IdCardEvent } from '../../../drivers/id-card/contract.ts';
import { demoPersona } from '../../../drivers/simulator-host/personas.ts';
import { handClock, type HandClock } from '../hand-clock.test-helper.ts';
import { MaterialStore } from '../materials/material-store.ts';
import { CardDesk, type CardMeaning } from './card-desk.ts';
import { SessionData } from './session-data.ts';

let clock: HandClock;
let data: SessionData;
let cards: CardDesk;
let reader: { cardReaderSince: number; readonly idCard: { status: DeviceStatus } };

beforeEach(() => {
  clock = handClock();
  const randomness = { bytes: (length: number) => new Uint8Array(length) };
  data = new SessionData(new MaterialStore(randomness));
  reader = { cardReaderSince: -Infinity, idCard: { status: { state: 'starting' } } };
  const parts = { clock, randomness, photoDecoder: undefined, log: () => undefined };
  cards = new CardDesk({ ...parts, devices: reader }, data, () => undefined);
  comesOnline();
});

function is(status: DeviceStatus): void {
  reader.idCard.status = status;
  cards.readerIs(status);
}

/** The reader is lost and comes back, an hour later. */
function comesOnline(): void {
  is({ state: 'starting' });
  clock.go(3_600_000);
  reader.cardReaderSince = clock.now();
  is({ state: 'online' });
}

function hears(event: IdCardEvent): CardMeaning {
  cards.heard(event);
  return cards.judge(event, data.applicant === undefined);
}

/** The reader finds a card and reads it; said is what both mean. */
function finds(personaId: string): readonly CardMeaning[] {
  const { validTo, ...rest } = demoPersona(personaId)!.card;
  const card = { ...rest, validTo: validTo === '长期' ? ('long-term' as const) : validTo };
  const readout = { data: card, doubts: [], photo: new Uint8Array(1024) };
  return [hears({ type: 'reading' }), hears({ type: 'card', readout })];
}

function sessionEnds(): void {
  cards.sessionEnds();
  data.forget();
}

const LET_IN = ['someoneCame', 'identified'];
const NOBODY = ['nothing', 'nothing'];

describe('a card that its owner forgot', () => {
  it('lets nobody in when a reader that comes back finds it, also one that had called it gone', () => {
    expect(finds('elder')).toEqual(LET_IN);
    // of a card that still lies there: this reader finds each laying-down once
    hears({ type: 'removed' });
    sessionEnds();
    clock.go(600_000);
    for (let times = 0; times < 2; times += 1) {
      comesOnline();
      clock.go(1_000);
      expect(finds('elder')).toEqual(NOBODY);
      hears({ type: 'removed' });
    }
    expect(data.applicant).toBeUndefined();
  });

  it('lets its owner in who lays it down again, and everybody else at once', () => {
    finds('elder');
    sessionEnds();
    comesOnline();
    expect(finds('elder')).toEqual(NOBODY);
    hears({ type: 'removed' });
    expect(finds('elder')).toEqual(LET_IN);
    sessionEnds();
    comesOnline();
    expect(finds('proxy')).toEqual(['nothing', 'identified']);
  });

  it('is no longer thought of a while after the reader came back, nor while it has worked all along', () => {
    finds('elder');
    hears({ type: 'removed' });
    sessionEnds();
    // the reader has been online for a moment only, but it has read a card in it
    expect(finds('elder')).toEqual(LET_IN);
    sessionEnds();
    comesOnline();
    clock.go(8_000);
    expect(finds('elder')).toEqual(LET_IN);
  });
});

it('a card lies there as far as a working reader says', () => {
  finds('elder');
  expect(cards.lies).toBe(true);
  is({ state: 'unknown' });
  expect(cards.lies).toBe(false);
  is({ state: 'online' });
  expect(cards.lies).toBe(true);
  data.card = { state: 'leftBehind' };
  const down: DeviceStatus = { state: 'starting' };
  reader.idCard.status = down;
  expect(cards.readerIs(down)).toBe(true);
  expect(data.card.state).toBe('none');
  is({ state: 'online' });
  expect(cards.lies).toBe(false);
});
