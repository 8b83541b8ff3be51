import type { EligibilityRule } from './catalogue.ts';
import { ageOn } from './relative-date.ts';

/**
 * The rules that a person does not meet; empty when all are met. The birthday itself counts: who turns
 * 16 today is 16.
 *
 * @param birthDate - `YYYY-MM-DD`
 * @param today - the day at the hall, `YYYY-MM-DD`
 */
export function unmetEligibility(
  rules: readonly EligibilityRule[],
  birthDate: string,
  today: string,
): readonly EligibilityRule[] {
  const age = ageOn(birthDate, today);
  return rules.filter(({ rule, value }) => (rule === 'ageMin' ? age < value : age > value));
}
