import type { IdCardData } from '../identity/card.ts';
import { computedFrom, derive } from './derive.ts';
import type { Answers, AnswerValue, FieldSchema, FieldSource, FormSchema } from './form.ts';
import { fromCompactDate } from './relative-date.ts';

/** The cards that were read in this session, each with its part. */
export interface SessionCards {
  readonly applicant?: IdCardData;
  /** The card of the one who acts for the applicant. */
  readonly proxy?: IdCardData;
}

/** A form as it stands before anybody has typed. */
export interface Prefilled {
  readonly answers: Answers;
  /** Where each answer came from; a field that holds its default only has none. */
  readonly sources: Readonly<Record<string, FieldSource>>;
}

/** What a card says for `card.<part>`; undefined when it does not say it. */
function cardValue(card: IdCardData | undefined, part: string): string | undefined {
  if (card === undefined) return undefined;
  const values: Readonly<Record<string, string | undefined>> = {
    name: card.name === '' ? card.latinName : card.name,
    latinName: card.latinName,
    sex: card.sex,
    nationCode: card.nationCode,
    birthDate: fromCompactDate(card.birthDate),
    address: card.address,
    idNumber: card.idNumber,
  };
  return Object.hasOwn(values, part) ? values[part] : undefined;
}

/** A value is only taken over when the field can hold it: sex `0 unknown` is no option of a form. */
function fits(schema: FieldSchema, value: string | undefined): value is string {
  return value !== undefined && value !== '' && (schema.enum?.includes(value) ?? true);
}

function valueFrom(
  source: FieldSource,
  schema: FieldSchema,
  cards: SessionCards,
  answers: Answers,
): string | undefined {
  if (source.startsWith('card.')) return cardValue(cards.applicant, source.slice(5));
  if (source.startsWith('proxyCard.')) return cardValue(cards.proxy, source.slice(10));
  const computed = source.startsWith('computed.') ? computedFrom(schema) : undefined;
  return computed === undefined ? undefined : derive(computed.derivation, answers[computed.base]);
}

/**
 * Fills a form with what the cards say, what follows from that, and defaults. Each field takes the
 * first of its sources that has a value it can hold.
 */
export function prefill(form: FormSchema, cards: SessionCards): Prefilled {
  const answers: Record<string, AnswerValue> = {};
  const sources: Record<string, FieldSource> = {};
  const fields = Object.entries(form.properties);
  const inOrder = [
    ...fields.filter(([, schema]) => computedFrom(schema) === undefined),
    ...fields.filter(([, schema]) => computedFrom(schema) !== undefined),
  ];
  for (const [field, schema] of inOrder) {
    for (const source of schema['x-source']) {
      const value = valueFrom(source, schema, cards, answers);
      if (!fits(schema, value)) continue;
      answers[field] = value;
      sources[field] = source;
      break;
    }
    if (answers[field] === undefined && schema.default !== undefined) {
      answers[field] = schema.default;
    }
  }
  return { answers, sources };
}

/**
 * Sets or (with undefined) clears one answer and makes anew what is computed from it. A computed
 * field whose base does not hold its value any longer is cleared: better empty than wrong.
 */
export function withAnswer(
  form: FormSchema,
  answers: Answers,
  field: string,
  value: AnswerValue | undefined,
): Answers {
  const next: Record<string, AnswerValue | undefined> = { ...answers, [field]: value };
  for (const [id, schema] of Object.entries(form.properties)) {
    const computed = computedFrom(schema);
    if (computed?.base !== field) continue;
    const derived = derive(computed.derivation, value);
    next[id] = fits(schema, derived) ? derived : undefined;
  }
  return Object.fromEntries(
    Object.entries(next).filter((entry): entry is [string, AnswerValue] => entry[1] !== undefined),
  );
}

/**
 * Whether a citizen may type into a field. A read-only field that could not be computed can be: a
 * field that is asked, empty and locked would be a dead end.
 */
export function isEditable(form: FormSchema, field: string, answers: Answers): boolean {
  const schema = form.properties[field];
  if (schema?.['x-readOnly'] !== true) return schema !== undefined;
  const computed = computedFrom(schema);
  if (computed === undefined) return answers[field] === undefined;
  return derive(computed.derivation, answers[computed.base]) === undefined;
}
