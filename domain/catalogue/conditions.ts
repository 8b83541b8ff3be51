import type { Answers, Condition } from './form.ts';

/**
 * Whether a condition holds for the answers given so far. Without an answer at its field it does not
 * hold, whatever it asks; with no member but `field` it holds as soon as there is an answer.
 */
export function holds(condition: Condition, answers: Answers): boolean {
  const value = Object.hasOwn(answers, condition.field) ? answers[condition.field] : undefined;
  if (value === undefined) return false;
  if (condition.equals !== undefined && value !== condition.equals) return false;
  if (condition.includes !== undefined) {
    return Array.isArray(value) && value.includes(condition.includes);
  }
  return true;
}
