import type { CardDoubt, IdCardData } from './card.ts';
import { fitsCardKind, readIdNumber } from './id-number.ts';
import { isNationCode } from './nation.ts';

/**
 * What on a card does not fit together. `today` is YYYYMMDD where the terminal stands. A card is good
 * through its last day. Sexes 0 and 9 (unknown, not stated) contradict nothing.
 */
export function cardDoubts(card: IdCardData, today: string): readonly CardDoubt[] {
  const doubts: CardDoubt[] = [];
  if (!fitsCardKind(card.kind, card.idNumber)) doubts.push('idNumberChecksum');
  const number = readIdNumber(card.idNumber);
  if (number !== undefined && number.kind !== 'foreigner2017') {
    if (number.birthDate !== card.birthDate) doubts.push('idNumberBirthDateDiffers');
    const stated = card.sex === '1' || card.sex === '2';
    if (stated && number.sex !== undefined && number.sex !== card.sex) {
      doubts.push('idNumberSexDiffers');
    }
  }
  if (card.validTo !== 'long-term' && card.validTo < today) doubts.push('expired');
  if (card.validFrom > today) doubts.push('notYetValid');
  if (card.kind === 'resident' && !isNationCode(card.nationCode ?? '')) {
    doubts.push('nationUnknown');
  }
  return doubts;
}
