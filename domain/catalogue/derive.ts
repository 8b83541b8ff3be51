import { readIdNumber } from '../identity/id-number.ts';
import type { AnswerValue, Derivation, FieldSchema } from './form.ts';
import { fromCompactDate } from './relative-date.ts';

const DERIVATIONS: Readonly<Record<Derivation, (base: string) => string | undefined>> = {
  birthDate: (idNumber) => fromCompactDate(readIdNumber(idNumber)?.birthDate ?? ''),
  sex: (idNumber) => readIdNumber(idNumber)?.sex,
  disabilityType: (certificate) => /^\d{17}[\dX]([1-7])[1-4]/.exec(certificate)?.[1],
  disabilityLevel: (certificate) => /^\d{17}[\dX][1-7]([1-4])/.exec(certificate)?.[1],
};

/** What one field takes out of another. */
export interface ComputedFrom {
  readonly base: string;
  readonly derivation: Derivation;
}

/** The field that a computed field is made from, or undefined when it is not computed. */
export function computedFrom(schema: FieldSchema): ComputedFrom | undefined {
  const source = schema['x-source'].find((candidate) => candidate.startsWith('computed.'));
  const derivation = schema['x-derive'];
  if (source === undefined || derivation === undefined) return undefined;
  return { base: source.slice('computed.'.length), derivation };
}

/** Takes a value out of its base; undefined when the base does not hold it (yet). */
export function derive(derivation: Derivation, base: AnswerValue | undefined): string | undefined {
  return typeof base === 'string' ? DERIVATIONS[derivation](base) : undefined;
}
