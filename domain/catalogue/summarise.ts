import { maskValue } from '../identity/mask.ts';
import type { LocalizedText, Locale } from '../text.ts';
import type { Answers, AnswerValue, FieldSchema, FormSchema } from './form.ts';
import { relevantAnswers, visibleSections } from './visible-fields.ts';

/** One answer, ready to be read by a person. */
export interface SummaryItem {
  readonly field: string;
  readonly label: string;
  /** Text to show; empty when an unforced question was left open. */
  readonly value: string;
}

/** The answers of one section. */
export interface SummarySection {
  readonly section: string;
  readonly sectionTitle: string;
  readonly items: readonly SummaryItem[];
}

const WORDS = {
  yes: { zh: '是', en: 'Yes' },
  no: { zh: '否', en: 'No' },
  agreed: { zh: '已同意', en: 'Agreed' },
  notAgreed: { zh: '未同意', en: 'Not agreed' },
  signed: { zh: '已签名', en: 'Signed' },
  marked: { zh: '已画押（有见证人）', en: 'Mark made before a witness' },
} as const satisfies Record<string, LocalizedText>;

const MONTHS =
  'January February March April May June July August September October November December'.split(
    ' ',
  );

/** A day in words: 1990年1月2日, 2 January 1990. What is no day stays as it is. */
export function dateText(date: string, locale: Locale): string {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  const month = MONTHS[Number(match?.[2]) - 1];
  if (match === null || month === undefined) return date;
  const [year, day] = [match[1] ?? '', Number(match[3])];
  return locale === 'zh' ? `${year}年${Number(match[2])}月${day}日` : `${day} ${month} ${year}`;
}

function optionText(schema: FieldSchema, value: string, locale: Locale): string {
  const option = schema['x-options']?.find((candidate) => candidate.value === value);
  return option?.label[locale] ?? value;
}

function booleanText(schema: FieldSchema, value: boolean, locale: Locale): string {
  if (schema['x-widget'] === 'commitment') return (value ? WORDS.agreed : WORDS.notAgreed)[locale];
  return (value ? WORDS.yes : WORDS.no)[locale];
}

function objectText(
  schema: FieldSchema,
  value: Readonly<Record<string, string>>,
  locale: Locale,
  masked: boolean,
): string {
  if (schema['x-widget'] === 'signature') {
    return (value['mode'] === 'witnessedMark' ? WORDS.marked : WORDS.signed)[locale];
  }
  const parts = Object.entries(value).map(([part, text]) =>
    part === 'division' ? optionText(schema, text, locale) : masked ? '***' : text,
  );
  return parts.join(locale === 'zh' ? '' : ', ');
}

/**
 * One answer as text for a person: options by their labels, days in words, address joined.
 *
 * @param masked - true masks what the field's `x-mask` says
 */
export function answerText(
  schema: FieldSchema,
  value: AnswerValue,
  locale: Locale,
  masked = false,
): string {
  if (typeof value === 'boolean') return booleanText(schema, value, locale);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') {
    if (schema['x-options'] !== undefined) return optionText(schema, value, locale);
    if (schema['x-widget'] === 'date') return dateText(value, locale);
    return masked ? maskValue(schema['x-mask'] ?? 'none', value) : value;
  }
  if (isList(value)) {
    const labels = value.map((entry) => optionText(schema, entry, locale));
    return labels.join(locale === 'zh' ? '、' : ', ');
  }
  const hidden = masked && (schema['x-mask'] ?? 'none') !== 'none';
  return objectText(schema, value, locale, hidden);
}

/** Array.isArray does not narrow a readonly list. */
function isList(
  value: readonly string[] | Readonly<Record<string, string>>,
): value is readonly string[] {
  return Array.isArray(value);
}

/**
 * The answers of an application section by section, for the review page and the PDF: only what was
 * asked; a question that was left open has an empty value.
 *
 * @param options.masked - for paper and screens that others may see
 */
export function summarise(
  form: FormSchema,
  answers: Answers,
  locale: Locale,
  options: { readonly masked?: boolean } = {},
): readonly SummarySection[] {
  const relevant = relevantAnswers(form, answers);
  return visibleSections(form, answers).map(({ section, fields }) => ({
    section: section.id,
    sectionTitle: section.title[locale],
    items: fields.flatMap((field) => {
      const schema = form.properties[field];
      if (schema === undefined) return [];
      const value = relevant[field];
      const text =
        value === undefined ? '' : answerText(schema, value, locale, options.masked === true);
      return [{ field, label: schema.title[locale], value: text }];
    }),
  }));
}
