import { holds } from './conditions.ts';
import type { Answers, AnswerValue, Condition, FormSchema, FormSection } from './form.ts';

/** A section as it stands for the answers so far: only visible fields, in their order. */
export interface VisibleSection {
  readonly section: FormSection;
  readonly fields: readonly string[];
}

/** Whether there is nothing in an answer: no text, no choice. A null from outside is not nothing but wrong. */
export function isEmptyAnswer(value: AnswerValue | null | undefined): boolean {
  if (value === undefined || value === '') return true;
  if (value === null) return false;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.values(value).every((part) => part === '');
}

/** Conditions of a field: its own, and that of its section. */
function conditionsOf(form: FormSchema, field: string): readonly Condition[] {
  const own = form.properties[field]?.['x-visibleIf'];
  const section = form['x-sections'].find(({ fields }) => fields.includes(field))?.visibleIf;
  return [own, section].filter((condition) => condition !== undefined);
}

/**
 * The fields to be asked for these answers. A condition over a field that is itself not asked does not
 * hold, so that an old answer behind a closed door opens no other door.
 */
export function visibleFields(form: FormSchema, answers: Answers): ReadonlySet<string> {
  const known = new Map<string, boolean>();
  const isVisible = (field: string): boolean => {
    const before = known.get(field);
    if (before !== undefined) return before;
    // a circle of conditions shows nothing; checkCatalogue refuses it
    known.set(field, false);
    const visible = conditionsOf(form, field).every(
      (condition) => isVisible(condition.field) && holds(condition, answers),
    );
    known.set(field, visible && Object.hasOwn(form.properties, field));
    return known.get(field) === true;
  };
  return new Set(Object.keys(form.properties).filter(isVisible));
}

/** The sections to be shown for these answers; one without a visible field is left out. */
export function visibleSections(form: FormSchema, answers: Answers): readonly VisibleSection[] {
  const visible = visibleFields(form, answers);
  return form['x-sections']
    .map((section) => ({ section, fields: section.fields.filter((field) => visible.has(field)) }))
    .filter(({ fields }) => fields.length > 0);
}

/** The fields that must be answered for these answers. */
export function requiredFields(form: FormSchema, answers: Answers): ReadonlySet<string> {
  const visible = visibleFields(form, answers);
  return new Set(
    Object.entries(form.properties)
      .filter(([field, schema]) => form.required.includes(field) || schema['x-required'] === true)
      .map(([field]) => field)
      .filter((field) => visible.has(field)),
  );
}

/**
 * The answers that count: those of fields not asked are dropped, empty ones too. Answers to fields the
 * form does not know stay, so that validation refuses them.
 */
export function relevantAnswers(form: FormSchema, answers: Answers): Answers {
  const visible = visibleFields(form, answers);
  return Object.fromEntries(
    Object.entries(answers).filter(
      ([field, value]) =>
        !Object.hasOwn(form.properties, field) || (visible.has(field) && !isEmptyAnswer(value)),
    ),
  );
}
