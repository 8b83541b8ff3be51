import type { AnswerValue } from '../../../domain/catalogue/form.ts';
import type { IdCardData } from '../../../domain/identity/card.ts';
import type { SecurityCardData } from '../../../domain/identity/security-card.ts';
import type { SessionData } from './session-data.ts';

function cardTexts(card: IdCardData | undefined): readonly (string | undefined)[] {
  if (card === undefined) return [];
  return [card.name, card.latinName, card.address, card.idNumber, card.passNumber];
}

function securityCardTexts(card: SecurityCardData | undefined): readonly (string | undefined)[] {
  return card === undefined ? [] : [card.name, card.number, card.cardNumber];
}

function answerTexts(value: AnswerValue): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && !Array.isArray(value) ? Object.values(value) : [];
}

/** Texts of this session's people that no log may ever say. Short codes are left out: they say nothing. */
export function personalTexts(data: SessionData): readonly string[] {
  const texts = [
    ...cardTexts(data.applicant?.card),
    ...cardTexts(data.proxyCard),
    ...cardTexts(data.waitingCard),
    ...securityCardTexts(data.givenSecurityCard?.card),
    ...Object.values(data.form?.answers ?? {}).flatMap(answerTexts),
    data.ink?.witnessName,
  ];
  return texts
    .filter((text) => text !== undefined)
    .filter((text) => {
      // one Chinese character may be a given name; one Latin letter or digit pair is a code
      return /\p{Script=Han}/u.test(text) ? text.length >= 2 : text.length >= 6;
    });
}
