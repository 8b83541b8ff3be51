import type { AnswerValue, FieldSchema } from '../../domain/catalogue/form.ts';
import type { DemoPersona } from '../../drivers/simulator-host/personas.ts';

/**
 * What a synthetic citizen answers to a question, or undefined to leave it out. Goes by what the
 * question is, not by which service asks it.
 */
export function answerOf(
  persona: DemoPersona,
  field: string,
  schema: FieldSchema,
): AnswerValue | undefined {
  const { answers, card } = persona;
  const first = schema['x-options']?.[0]?.value;
  switch (schema['x-widget']) {
    case 'mobile':
      return answers.mobile;
    case 'bankCard':
      return answers.bankAccount;
    case 'address':
      return { division: answers.residence.divisionCode, detail: answers.residence.detail };
    case 'idNumber':
      return card.idNumber;
    case 'personName':
      return card.name === '' ? (card.latinName ?? '') : card.name;
    case 'text':
      if (field === 'disabilityCertNo') return answers.disabilityCertNo;
      return field === 'hukouAddress' ? (card.address ?? answers.residence.detail) : undefined;
    case 'date':
      return 'yesterday';
    case 'select':
      return first;
    case 'multiselect':
      return schema['x-required'] === true || (schema.minItems ?? 0) > 0
        ? (schema['x-options'] ?? []).map(({ value }) => value)
        : undefined;
    case 'boolean':
      return false;
    case 'commitment':
      return true;
    case 'signature':
      return undefined;
  }
}
