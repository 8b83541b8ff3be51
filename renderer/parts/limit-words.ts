import type { TFunction } from 'i18next';
import type { TimeLimit } from '../../domain/catalogue/catalogue.ts';

/** A time limit in words; natural days and workdays are never mixed up. */
export function limitWords(t: TFunction, limit: TimeLimit): string {
  if (limit.value === 1 && limit.unit !== 'immediate') return t(`limit.${limit.unit}One`);
  return t(`limit.${limit.unit}`, { value: limit.value });
}
