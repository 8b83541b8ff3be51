import type { AjvCheck, AjvLike, AjvProblem } from './ajv-like.ts';
import { isCleanText, isNameText } from './characters.ts';
import { CHECKSUMS, first18Equal, type ChecksumName } from './checks.ts';
import { computedFrom, derive } from './derive.ts';
import type { Answers, FieldError, FieldErrorCode, FormSchema } from './form.ts';
import { plainSchema } from './plain-schema.ts';
import { isCalendarDate, resolveDate } from './relative-date.ts';
import { isRecord } from './shape.ts';
import { relevantAnswers, requiredFields } from './visible-fields.ts';

/** Checks answers against a form. */
export interface FormValidator {
  /**
   * Everything that is wrong, at most one error a field, in the order of the form; empty when all is
   * well. Answers of fields that are not asked are left out of account. Errors hold no values.
   *
   * @param options.today - the day at the hall, `YYYY-MM-DD`
   */
  validate(
    form: FormSchema,
    answers: Answers,
    options: { readonly today: string },
  ): readonly FieldError[];
}

/** Keyword → what the citizen is told; of several at one field the first of this list is told. */
const CODES: readonly (readonly [keyword: string, code: FieldErrorCode])[] = [
  ['additionalProperties', 'unknownField'],
  ['type', 'wrongType'],
  ['uniqueItems', 'wrongType'],
  ['required', 'required'],
  ['minItems', 'required'],
  ['const', 'mustAgree'],
  ['enum', 'notAnOption'],
  ['x-charset', 'charset'],
  ['minLength', 'tooShort'],
  ['maxLength', 'tooLong'],
  ['x-minStrokes', 'tooShort'],
  ['pattern', 'pattern'],
  ['format', 'notADate'],
  ['x-checksum', 'checksum'],
  ['x-dateMin', 'dateTooEarly'],
  ['x-dateMax', 'dateTooLate'],
  ['x-notEqualTo', 'sameAsOther'],
  ['x-first18EqualTo', 'differsFromOther'],
];

const rankOf = (problem: AjvProblem): number => {
  const rank = CODES.findIndex(([keyword]) => keyword === problem.keyword);
  return rank === -1 ? CODES.length : rank;
};

/** A name that is safe to repeat; an unknown field could carry anything in its name. */
const safeName = (name: string): string => (/^[A-Za-z]\w{0,63}$/.test(name) ? name : '?');

const memberOf = (value: unknown, name: string): unknown =>
  isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;

function addKeywords(ajv: AjvLike, today: () => string): void {
  ajv.addFormat('date', isCalendarDate);
  const text = { type: 'string', schemaType: 'string' } as const;
  const isBefore = (date: string, bound: string): boolean =>
    isCalendarDate(date) && date < resolveDate(bound, today());
  const isAfter = (date: string, bound: string): boolean =>
    isCalendarDate(date) && date > resolveDate(bound, today());
  ajv.addKeyword({
    keyword: 'x-checksum',
    ...text,
    validate: (name: ChecksumName, value: string) => CHECKSUMS[name](value),
  });
  ajv.addKeyword({
    keyword: 'x-charset',
    ...text,
    validate: (name: 'name' | 'text', value: string) =>
      name === 'name' ? isNameText(value) : isCleanText(value),
  });
  ajv.addKeyword({
    keyword: 'x-dateMin',
    ...text,
    validate: (bound: string, value: string) => !isBefore(value, bound),
  });
  ajv.addKeyword({
    keyword: 'x-dateMax',
    ...text,
    validate: (bound: string, value: string) => !isAfter(value, bound),
  });
  ajv.addKeyword({
    keyword: 'x-notEqualTo',
    ...text,
    validate: (other: string, value: string, _schema, context) =>
      memberOf(context?.rootData, other) !== value,
  });
  ajv.addKeyword({
    keyword: 'x-first18EqualTo',
    ...text,
    validate: (other: string, value: string, _schema, context) => {
      const base = memberOf(context?.rootData, other);
      return typeof base !== 'string' || first18Equal(value, base);
    },
  });
  ajv.addKeyword({
    keyword: 'x-minStrokes',
    type: 'object',
    schemaType: 'number',
    validate: (least: number, value: Readonly<Record<string, unknown>>) =>
      value['mode'] === 'witnessedMark' || Number(value['strokes'] ?? 0) >= least,
  });
}

function limitOf(problem: AjvProblem, form: FormSchema, field: string, today: string) {
  const schema = form.properties[field];
  const limit = problem.params['limit'];
  if (typeof limit === 'number') return limit;
  const bound = schema?.[problem.keyword === 'x-dateMin' ? 'x-dateMin' : 'x-dateMax'];
  if (problem.keyword.startsWith('x-date') && bound !== undefined) return resolveDate(bound, today);
  if (problem.keyword === 'x-minStrokes') return schema?.['x-minStrokes'];
  return undefined;
}

function toFieldError(problem: AjvProblem, form: FormSchema, today: string): FieldError {
  const segment = problem.instancePath.split('/')[1];
  if (segment === undefined) {
    const extra = problem.params['additionalProperty'];
    return { field: safeName(typeof extra === 'string' ? extra : ''), code: 'unknownField' };
  }
  const field = segment.replaceAll('~1', '/').replaceAll('~0', '~');
  const limit = limitOf(problem, form, field, today);
  // a member too many inside an answer is a wrong shape, not a field
  if (problem.keyword === 'additionalProperties') return { field, code: 'wrongType' };
  if (problem.keyword === 'minLength' && limit === 1) return { field, code: 'required' };
  const code = CODES[rankOf(problem)]?.[1] ?? 'wrongType';
  return { field, code, ...(limit === undefined || code === 'required' ? {} : { limit }) };
}

/** What the schema of values cannot say: what must be there, and what follows from another answer. */
function acrossFields(form: FormSchema, relevant: Answers, given: Answers): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const field of requiredFields(form, given)) {
    if (relevant[field] !== undefined) continue;
    errors.push({ field, code: form.properties[field]?.const === true ? 'mustAgree' : 'required' });
  }
  for (const [field, schema] of Object.entries(form.properties)) {
    const computed = computedFrom(schema);
    if (computed === undefined || relevant[field] === undefined) continue;
    const derived = derive(computed.derivation, relevant[computed.base]);
    if (derived !== undefined && derived !== relevant[field]) {
      errors.push({ field, code: 'differsFromOther' });
    }
  }
  return errors;
}

/**
 * Makes the validator of the terminal and of the platform. Give it an Ajv of its own: it adds the
 * format `date` and our keywords. Lengths are counted in characters, not in UTF-16 units.
 *
 * @throws TypeError when the Ajv stops at the first error (`allErrors` is not set)
 */
export function createFormValidator(ajv: AjvLike): FormValidator {
  if (ajv.opts.allErrors !== true) throw new TypeError('the Ajv needs allErrors: true');
  const compiled = new WeakMap<FormSchema, AjvCheck>();
  let now = '';
  addKeywords(ajv, () => now);
  return {
    validate: (form, answers, { today }) => {
      now = today;
      const check = compiled.get(form) ?? ajv.compile(plainSchema(form));
      compiled.set(form, check);
      const relevant = relevantAnswers(form, answers);
      const problems = check(relevant) === true ? [] : [...(check.errors ?? [])];
      problems.sort((a, b) => rankOf(a) - rankOf(b));
      const byField = new Map<string, FieldError>();
      const all = [
        ...problems.map((problem) => toFieldError(problem, form, today)),
        ...acrossFields(form, relevant, answers),
      ];
      for (const error of all) {
        if (!byField.has(error.field)) byField.set(error.field, error);
      }
      const order = Object.keys(form.properties);
      const place = ({ field }: FieldError): number =>
        order.includes(field) ? order.indexOf(field) : order.length;
      return [...byField.values()].sort((a, b) => place(a) - place(b));
    },
  };
}
