import { answerText } from '../../domain/catalogue/summarise.ts';
import type { AnswerValue, FieldSchema } from '../../domain/catalogue/form.ts';
import { displayForm } from '../../domain/identity/private-use.ts';
import { Masked } from '../parts/masked.tsx';
import { useWords } from '../use-page.ts';

/**
 * An answer to read. A name stands open, for only its bearer can say whether its characters are right;
 * what else has a mask is opened by a touch.
 */
export function AnswerShown({
  schema,
  value,
}: {
  readonly schema: FieldSchema;
  readonly value: AnswerValue;
}) {
  const { locale, text } = useWords();
  const shown = displayForm(answerText(schema, value, locale));
  const mask = schema['x-mask'] ?? 'none';
  if (mask === 'none' || mask === 'name') return <span className="value">{shown}</span>;
  return (
    <Masked
      value={shown}
      hidden={answerText(schema, value, locale, true)}
      name={text(schema.title)}
    />
  );
}
