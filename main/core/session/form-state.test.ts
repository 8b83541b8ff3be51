import { expect, it } from 'vitest';
import type { IdCardData } from '../../../domain/identity/card.ts';
import { demoPersona } from '../../../drivers/simulator-host/personas.ts';
import { demoCatalogue } from '../../../kiosk-config/index.ts';
import { disputedFields, newForm, withAnswers, withCards, withDispute } from './form-state.ts';

function cardOf(personaId: string): IdCardData {
  const { validTo, ...card } = demoPersona(personaId)!.card;
  return { ...card, validTo: validTo === '长期' ? 'long-term' : validTo };
}
const service = demoCatalogue().services.find(({ id }) => id === 'disability-subsidy')!;

it('what was said of an agent’s card goes along only while somebody acts for the applicant', () => {
  const cards = { applicant: cardOf('elder'), proxy: cardOf('proxy') };
  const acting = withAnswers(newForm(service, { applicant: cards.applicant }), { isProxy: true });
  const stated = '500199196907120039';
  const said = withDispute(withCards(acting, cards), 'proxyIdNo', stated)!;
  expect(disputedFields(said)).toEqual([
    { field: 'proxyIdNo', cardValue: cards.proxy.idNumber, statedValue: stated },
  ]);
  const alone = withAnswers(said, { isProxy: false });
  expect(disputedFields(alone)).toEqual([]);
  // whoever acts after all need not say it again
  expect(disputedFields(withAnswers(alone, { isProxy: true }))).toEqual(disputedFields(said));
});
