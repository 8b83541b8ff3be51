import type { Catalogue } from '../../domain/catalogue/catalogue.ts';
import { DIVISIONS, REGION } from '../../kiosk-config/catalogue/regions.ts';
import { unemploymentReg } from '../../kiosk-config/catalogue/unemployment-reg.ts';

/** Nobody looks into it here but the bundle that carries it. */
export const CATALOGUE: Catalogue = {
  schemaVersion: 1,
  catalogueVersion: '2026.11.0',
  publishedAt: '2026-11-01T00:00:00+08:00',
  region: REGION,
  divisions: DIVISIONS,
  services: [{ ...unemploymentReg, searchKeys: ['shi ye deng ji'] }],
};
