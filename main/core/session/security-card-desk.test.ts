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
function desk(serviceId: string) {
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
  return { data, cards: new SecurityCardDesk({ clock }, data) };
}

describe('a social security card in an open application', () => {
  it('of the applicant is given, with the time and what it is worth', () => {
    const { data, cards } = desk('disability-subsidy');
    expect(cards.judge({ type: 'reading' }, true)).toBe(true);
    expect(data.securityCard.state).toBe('reading');
    expect(cards.judge(card(OWN), true)).toBe(true);
    expect(data.securityCard.state).toBe('none');
    expect(data.givenSecurityCard).toEqual({
      card: { number: OWN, name: '张三丰', cardNumber: 'Z09090011' },
      doubts: [],
      readAt: '2026-11-23T02:00:00.000Z',
      authenticated: false,
    });
    expect(personalTexts(data)).toEqual(expect.arrayContaining([OWN, 'Z09090011']));
    cards.judge({ type: 'removed' }, true);
    expect(data.givenSecurityCard?.card.number).toBe(OWN);
    cards.drop();
    expect(data.givenSecurityCard).toBeUndefined();
  });

  it('of somebody else leaves nothing, and what was given before stands', () => {
    const { data, cards } = desk('disability-subsidy');
    cards.judge(card('500199194103050013'), true);
    expect(data.securityCard).toEqual({ state: 'otherPerson' });
    expect(data.givenSecurityCard).toBeUndefined();
    expect(personalTexts(data)).not.toContain('500199194103050013');
    // it is said until the next card: whoever reads slowly reads it too
    expect(cards.judge({ type: 'removed' }, true)).toBe(false);
    expect(data.securityCard.state).toBe('otherPerson');
    cards.judge(card(OWN), true);
    cards.judge(card('500199194103050013'), true);
    expect(data.givenSecurityCard?.card.number).toBe(OWN);
  });

  it.each([
    ['where nobody asks for one', 'pension-enroll', true],
    ['at a step that takes none', 'disability-subsidy', false],
  ])('is not looked at %s', (_where, serviceId, wanted) => {
    const { data, cards } = desk(serviceId);
    expect(cards.judge({ type: 'reading' }, wanted)).toBe(false);
    expect(cards.judge(card(OWN), wanted)).toBe(false);
    expect(data.givenSecurityCard).toBeUndefined();
    expect(data.securityCard).toEqual({ state: 'none' });
    expect(cards.lies).toBe(true);
  });

  it('is said to lie there from its reading until it is pulled, or its reader is gone', () => {
    const { data, cards } = desk('disability-subsidy');
    const failed = (code: Parameters<typeof fault>[0]): void => {
      cards.judge({ type: 'reading' }, true);
      cards.judge({ type: 'failed', fault: fault(code) }, true);
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
    cards.judge(card(OWN), true);
    expect(cards.lies).toBe(true);
    cards.judge({ type: 'removed' }, false);
    expect(cards.lies).toBe(false);
  });

  it('is forgotten with the application', () => {
    const { data, cards } = desk('disability-subsidy');
    cards.judge(card(OWN), true);
    data.forgetApplication();
    expect(data.givenSecurityCard).toBeUndefined();
    expect(JSON.stringify([data.securityCard, data.form])).not.toContain(OWN);
  });
});
