import type { DemoPersona } from '../../drivers/simulator-host/personas.ts';
import { spellingsOf, type Spelling } from '../support/spellings.ts';

/** What of a person is looked for. */
export type RemainKind = 'name' | 'idNumber' | 'address' | 'phone' | 'account' | 'freeText';

/** One way in which something of a person may lie somewhere. */
export interface Needle {
  readonly kind: RemainKind;
  readonly spelling: Spelling;
  readonly bytes: Buffer;
}

/** Bytes of a needle that is looked for: shorter ones stand in ciphertext and in memory by chance. */
export const SURE_BYTES = 6;

/** Everything to look for of some people, and of what they typed. */
export function needlesOf(
  personas: readonly DemoPersona[],
  freeTexts: readonly string[],
): readonly Needle[] {
  const texts: readonly (readonly [kind: RemainKind, text: string | undefined])[] = [
    ...personas.flatMap(({ card, answers }) => [
      ['name', card.name === '' ? card.latinName : card.name] as const,
      ['idNumber', card.idNumber] as const,
      ['address', card.address] as const,
      ['address', answers.residence.detail] as const,
      ['phone', answers.mobile] as const,
      ['account', answers.bankAccount] as const,
    ]),
    ...freeTexts.map((text) => ['freeText', text] as const),
  ];
  return texts.flatMap(([kind, text]) =>
    text === undefined || text === ''
      ? []
      : spellingsOf(text)
          .filter(({ bytes }) => bytes.length >= SURE_BYTES)
          .map((spelt) => ({ kind, ...spelt })),
  );
}
