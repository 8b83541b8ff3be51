import { masked, tryCard } from './card.ts';
import type { Trial } from './contract.ts';

/** Reads a social security card and keeps nothing of it. */
export const trySecurityCard: Trial = (parts, signal, tell) =>
  tryCard(parts.devices.securityCard, parts, signal, tell, {
    asked: 'insertCard',
    nameless: ({ data, doubts }) => ({
      kind: 'securityCard',
      maskedName: masked(data.name),
      doubts: doubts.length,
    }),
  });
