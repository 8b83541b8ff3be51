import { describe, expect, it } from 'vitest';
import { fault } from '../../../domain/device/fault-catalogue.ts';
import type { SecurityCardEvent } from '../../../drivers/security-card/contract.ts';
import { demoPersona } from '../../../drivers/simulator-host/personas.ts';
import { demoCatalogue } from '../../../kiosk-config/index.ts';
import { MaterialStore } from '../materials/material-store.ts';
import { newForm } from './form-state.ts';
import { personalTexts } from './personal-texts.ts';
import { SecurityCardDesk } from './security-card-desk.ts';
import { SessionData } from './session-data.ts';

const NOW = Date.parse('2026-11-23T02:00:00.000Z');
const OWN = '500199196609090011';
const clock = { wall: () => NOW, now: () => 0, after: () => () => undefined };

const card = (number: string): SecurityCardEvent => ({
  type: 'card',
  readout: { data: { number, name: '张三丰', cardNumber: 'Z09090011' }, doubts: [] },
});

/** A session of the persona `returnee` with the form of a service open. */
function desk(serviceId: string, step = 'materials') {
  const data = new SessionData(new MaterialStore({ bytes: (length) => new Uint8Array(length) }));
  const applicant = demoPersona('returnee')!.card;
  const { validTo, ...rest } = applicant;
  const held = { ...rest, validTo: validTo === '长期' ? ('long-term' as const) : validTo };
  data.applicant = { card: held, doubts: [] };
  data.form = newForm(
    demoCatalogue().services.find(({ id }) => id === serviceId)!,
    {
      applicant: held,
    },
  );
  let changes = 0;
  const around = { step: () => step, changed: () => (changes += 1) };
  return { data, cards: new SecurityCardDesk({ clock }, data, around), changes: () => changes };
}

describe('a social security card in an open application', () => {
  it('of the applicant is given, with the time and what it is worth', () => {
    const { data, cards, changes } = desk('disability-subsidy');
    cards.heard({ type: 'reading' });
    expect(data.securityCard.state).toBe('reading');
    cards.heard(card(OWN));
    expect(changes()).toBe(2);
    expect(data.securityCard.state).toBe('none');
    expect(data.givenSecurityCard).toEqual({
      card: { number: OWN, name: '张三丰', cardNumber: 'Z09090011' },
      doubts: [],
      readAt: '2026-11-23T02:00:00.000Z',
      authenticated: false,
    });
    expect(personalTexts(data)).toEqual(expect.arrayContaining([OWN, 'Z09090011']));
    cards.heard({ type: 'removed' });
    expect(data.givenSecurityCard?.card.number).toBe(OWN);
    cards.drop();
    expect(data.givenSecurityCard).toBeUndefined();
  });

  it('of somebody else leaves nothing, and what was given before stands', () => {
    const { data, cards } = desk('disability-subsidy');
    cards.heard(card('500199194103050013'));
    expect(data.securityCard).toEqual({ state: 'otherPerson' });
    expect(data.givenSecurityCard).toBeUndefined();
    expect(personalTexts(data)).not.toContain('500199194103050013');
    // it is said until the next card: whoever reads slowly reads it too
    cards.heard({ type: 'removed' });
    expect(data.securityCard.state).toBe('otherPerson');
    cards.heard(card(OWN));
    cards.heard(card('500199194103050013'));
    expect(data.givenSecurityCard?.card.number).toBe(OWN);
  });

  it.each([
    ['where nobody asks for one', 'pension-enroll', 'materials'],
    ['at a step that takes none', 'disability-subsidy', 'review'],
  ])('is not looked at %s', (_where, serviceId, step) => {
    const { data, cards, changes } = desk(serviceId, step);
    cards.heard({ type: 'reading' });
    cards.heard(card(OWN));
    expect(changes()).toBe(0);
    expect(() => desk(serviceId, 'review').cards.drop()).toThrow('WRONG_STEP');
    expect(data.givenSecurityCard).toBeUndefined();
    expect(data.securityCard).toEqual({ state: 'none' });
    expect(cards.lies).toBe(true);
  });

  it('is said to lie there from its reading until it is pulled, or its reader is gone', () => {
    const { data, cards } = desk('disability-subsidy');
    const failed = (code: Parameters<typeof fault>[0]): void => {
      cards.heard({ type: 'reading' });
      cards.heard({ type: 'failed', fault: fault(code) });
    };
    failed('securityCard.unknownKind');
    expect(cards.lies).toBe(true);
    expect(data.securityCard.fault?.code).toBe('securityCard.unknownKind');
    for (const gone of [
      'securityCard.removedEarly',
      'device.offline',
      'device.hostDown',
    ] as const) {
      failed(gone);
      expect(cards.lies, gone).toBe(false);
    }
    cards.heard(card(OWN));
    expect(cards.lies).toBe(true);
    cards.heard({ type: 'removed' });
    expect(cards.lies).toBe(false);
  });

  it('that is still in the slot at the end is said, until it is pulled', () => {
    const { data, cards, changes } = desk('disability-subsidy', 'goodbye');
    cards.heard(card(OWN));
    expect(data.securityCard.state).toBe('leftBehind');
    expect(data.givenSecurityCard).toBeUndefined();
    cards.heard({ type: 'removed' });
    expect(data.securityCard.state).toBe('none');
    expect(changes()).toBe(2);
  });

  it('is forgotten with the application', () => {
    const { data, cards } = desk('disability-subsidy');
    cards.heard(card(OWN));
    data.forgetApplication();
    expect(data.givenSecurityCard).toBeUndefined();
    expect(JSON.stringify([data.securityCard, data.form])).not.toContain(OWN);
  });
});
