import type { CardReadout } from '../../../../drivers/id-card/contract.ts';
import { masked, tryCard } from './card.ts';
import type { Trial, TrialEnd } from './contract.ts';

/** Reads a card and keeps nothing of it. */
export const tryIdCard: Trial = (parts, signal, tell) =>
  tryCard(parts.devices.idCard, parts, signal, tell, { asked: 'layCard', nameless });

function nameless({ data, doubts, photo }: CardReadout): NonNullable<TrialEnd['card']> {
  // nothing here needs the photo
  photo.fill(0);
  const name = data.name === '' ? (data.latinName ?? '') : data.name;
  return { kind: data.kind, maskedName: masked(name), doubts: doubts.length };
}
