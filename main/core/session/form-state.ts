import type { ServiceItem } from '../../../domain/catalogue/catalogue.ts';
import { computedFrom, derive } from '../../../domain/catalogue/derive.ts';
import type { Answers, AnswerValue, FormSchema } from '../../../domain/catalogue/form.ts';
import {
  isEditable,
  prefill,
  withAnswer,
  type SessionCards,
} from '../../../domain/catalogue/prefill.ts';
import { isEmptyAnswer, visibleFields } from '../../../domain/catalogue/visible-fields.ts';
import type { DisputedField } from '../../../domain/envelope/body.ts';

/** A form being filled. A value: every change makes a new one. */
export interface FormState {
  readonly service: ServiceItem;
  readonly answers: Answers;
  /** What cards filled in: read-only until the citizen says that it is wrong. */
  readonly cardValues: Answers;
  /** Fields whose card value the citizen says is wrong. */
  readonly disputed: ReadonlySet<string>;
  /** Fields that were shown and left: only these show what is wrong with them. */
  readonly checked: ReadonlySet<string>;
}

function fromCard(source: string | undefined): boolean {
  return source !== undefined && /^(?:card|proxyCard)\./.test(source);
}

/** A fresh form with what the cards fill in. */
export function newForm(service: ServiceItem, cards: SessionCards): FormState {
  const { answers, sources } = prefill(service.form, cards);
  const cardValues = Object.fromEntries(
    Object.entries(answers).filter(([field]) => fromCard(sources[field])),
  );
  return { service, answers, cardValues, disputed: new Set(), checked: new Set() };
}

/** Takes a further card in: only fields that no card has filled yet. */
export function withCards(form: FormState, cards: SessionCards): FormState {
  const filled = newForm(form.service, cards);
  let { answers } = form;
  const cardValues: Record<string, AnswerValue> = { ...form.cardValues };
  for (const [field, value] of Object.entries(filled.cardValues)) {
    if (cardValues[field] !== undefined) continue;
    cardValues[field] = value;
    answers = withAnswer(form.service.form, answers, field, value);
  }
  return { ...form, answers, cardValues };
}

/** Takes the card of the one who acts out again, with all that it filled in and that was said of it. */
export function withoutProxyCard(form: FormState): FormState {
  const schema = form.service.form;
  const gone = Object.keys(form.cardValues).filter((field) =>
    schema.properties[field]?.['x-source'].some((source) => source.startsWith('proxyCard.')),
  );
  return {
    ...form,
    answers: gone.reduce<Answers>(
      (answers, field) => withAnswer(schema, answers, field, undefined),
      form.answers,
    ),
    cardValues: Object.fromEntries(
      Object.entries(form.cardValues).filter(([field]) => !gone.includes(field)),
    ),
    disputed: new Set([...form.disputed].filter((field) => !gone.includes(field))),
  };
}

/** Whether a citizen may type into a field now. */
function isOpen(form: FormState, field: string): boolean {
  if (form.cardValues[field] !== undefined) return form.disputed.has(field);
  return isEditable(form.service.form, field, form.answers);
}

/**
 * Merges what the page sent. What a card filled stays unless it was questioned; what the form computes is
 * computed here. Fields that the form does not know stay in, so that validation names them.
 */
export function withAnswers(form: FormState, given: Answers): FormState {
  let next = form;
  const schema = form.service.form;
  // in the form's order, so that a base is there before what follows from it
  const known = Object.keys(schema.properties).filter((field) => given[field] !== undefined);
  const unknown = Object.keys(given).filter((field) => !Object.hasOwn(schema.properties, field));
  for (const field of [...known, ...unknown]) {
    if (Object.hasOwn(schema.properties, field) && !isOpen(next, field)) continue;
    const value = given[field];
    const answers = withAnswer(
      schema,
      next.answers,
      field,
      isEmptyAnswer(value) ? undefined : value,
    );
    next = { ...next, answers };
  }
  return { ...next, checked: new Set([...form.checked, ...known, ...unknown]) };
}

/** Questions what a card filled in, with the citizen's value instead; without one takes it back. */
export function withDispute(
  form: FormState,
  field: string,
  value: AnswerValue | undefined,
): FormState | undefined {
  const cardValue = form.cardValues[field];
  if (cardValue === undefined) return undefined;
  const disputed = new Set(form.disputed);
  if (value === undefined) disputed.delete(field);
  else disputed.add(field);
  return {
    ...form,
    disputed,
    answers: withAnswer(form.service.form, form.answers, field, value ?? cardValue),
    checked: new Set([...form.checked, field]),
  };
}

/** The fields that the citizen signs in: answered by the ink, not by the form. */
export function signatureFields(form: FormSchema): readonly string[] {
  return Object.entries(form.properties)
    .filter(([, schema]) => schema['x-widget'] === 'signature')
    .map(([field]) => field);
}

/** Least strokes of a signature: what the form asks, else two. */
export function leastStrokes(form: FormSchema): number {
  const asked = signatureFields(form).map((field) => form.properties[field]?.['x-minStrokes'] ?? 2);
  return Math.max(1, ...asked);
}

/** Where each prefilled answer came from, in the page's words. */
export function sourcesOf(form: FormState): Readonly<Record<string, 'card' | 'computed'>> {
  const sources: Record<string, 'card' | 'computed'> = {};
  for (const [field, schema] of Object.entries(form.service.form.properties)) {
    if (form.cardValues[field] !== undefined) {
      sources[field] = 'card';
      continue;
    }
    const computed = computedFrom(schema);
    if (computed === undefined || form.answers[field] === undefined) continue;
    if (derive(computed.derivation, form.answers[computed.base]) === form.answers[field]) {
      sources[field] = 'computed';
    }
  }
  return sources;
}

/**
 * Questions as the sealed body has them: of fields that the form asks for. What was said of a field that is
 * asked no more (of an agent who is not acting after all) goes to nobody.
 */
export function disputedFields(form: FormState): readonly DisputedField[] {
  const visible = visibleFields(form.service.form, form.answers);
  return [...form.disputed].flatMap((field) => {
    if (!visible.has(field)) return [];
    const cardValue = form.cardValues[field];
    const statedValue = form.answers[field];
    return cardValue === undefined || statedValue === undefined
      ? []
      : [{ field, cardValue, statedValue }];
  });
}
