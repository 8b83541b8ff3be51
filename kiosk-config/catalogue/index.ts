import type { Catalogue } from '../../domain/catalogue/catalogue.ts';
import { buildCatalogue } from './build-catalogue.ts';
import { disabilitySubsidy } from './disability-subsidy.ts';
import { pensionEnroll } from './pension-enroll.ts';
import { SEARCH_KEYS } from './search-keys.ts';
import { unemploymentReg } from './unemployment-reg.ts';

/** The services of the demo catalogue. */
export const DEMO_SERVICES = [unemploymentReg, pensionEnroll, disabilitySubsidy] as const;

/**
 * The demo catalogue: three services of Tongliang District, complete in both languages. Limits,
 * conditions and codes are demo values; a district's own come from its platform.
 */
export function demoCatalogue(): Catalogue {
  return buildCatalogue(
    DEMO_SERVICES,
    { catalogueVersion: '2026.11.0-demo', publishedAt: '2026-11-01T00:00:00+08:00' },
    SEARCH_KEYS,
  );
}
