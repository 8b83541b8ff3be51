import type { ReactNode } from 'react';
import type { AnswerValue, FieldSchema } from '../../domain/catalogue/form.ts';
import type { FieldErrorCode } from '../../domain/catalogue/form.ts';
import { dateText } from '../../domain/catalogue/summarise.ts';
import type { Locale } from '../../domain/text.ts';
import { Glyph } from '../parts/icons.tsx';
import { useWords } from '../use-page.ts';
import { AddressField } from './address-field.tsx';
import { CommitmentField, ChoiceField, ManyField, YesNoField } from './choice-fields.tsx';
import { DateField } from './date-field.tsx';
import { TextField } from './text-field.tsx';

/** What is wrong at a field, as the page has it. */
export interface Wrong {
  readonly code: FieldErrorCode;
  readonly limit?: string | number | undefined;
}

/** What every field gets. */
export interface FieldProps {
  readonly id: string;
  readonly schema: FieldSchema;
  readonly value: AnswerValue | undefined;
  readonly onChange: (value: AnswerValue) => void;
  readonly invalid: boolean;
  /** Ids of the words that describe it. */
  readonly describedBy: string | undefined;
  /** The field whose keyboard is open. */
  readonly typing: string | null;
  readonly onTyping: (id: string | null) => void;
}

/** One question: label, help, the control that fits, and what is wrong in plain words. */
export function Field(
  props: Omit<FieldProps, 'invalid' | 'describedBy'> & {
    readonly required: boolean;
    readonly wrong: Wrong | undefined;
    readonly children?: ReactNode;
  },
) {
  const { t, text, locale } = useWords();
  const { id, schema, wrong } = props;
  const helpId = schema.description === undefined ? undefined : `${id}-help`;
  const wrongId = wrong === undefined ? undefined : `${id}-wrong`;
  const describedBy = [helpId, wrongId].filter((part) => part !== undefined).join(' ');
  const inner: FieldProps = {
    ...props,
    invalid: wrong !== undefined,
    describedBy: describedBy === '' ? undefined : describedBy,
  };
  const grouped = !TEXT_WIDGETS.has(schema['x-widget']);
  const label = (
    <>
      {text(schema.title)}
      {props.required ? null : <span className="tag">{t('common.optional')}</span>}
    </>
  );
  const body = (
    <>
      {schema.description === undefined ? null : (
        <p className="field-help" id={helpId}>
          {text(schema.description)}
        </p>
      )}
      {wrong === undefined ? null : (
        <p className="field-wrong" id={wrongId}>
          <Glyph name="warn" />
          <span>{wrongWords(t, locale, schema, wrong)}</span>
        </p>
      )}
      <Control {...inner} />
      {props.children}
    </>
  );
  const look = wrong === undefined ? 'field' : 'field field-bad';
  return grouped ? (
    <fieldset className={look} id={`${id}-field`} tabIndex={-1}>
      <legend className="field-label">{label}</legend>
      {body}
    </fieldset>
  ) : (
    <div className={look} id={`${id}-field`}>
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {body}
    </div>
  );
}

const TEXT_WIDGETS: ReadonlySet<string> = new Set([
  'text',
  'personName',
  'idNumber',
  'mobile',
  'bankCard',
]);

function wrongWords(
  t: ReturnType<typeof useWords>['t'],
  locale: Locale,
  schema: FieldSchema,
  { code, limit }: Wrong,
): string {
  const widget = schema['x-widget'];
  if (code === 'pattern' && widget === 'mobile') return t('fieldError.mobile');
  if ((code === 'pattern' || code === 'checksum') && widget === 'bankCard') {
    return t('fieldError.bankCard');
  }
  const shown = typeof limit === 'string' ? dateText(limit, locale) : (limit ?? '');
  return t(`fieldError.${code}`, { limit: shown });
}

function Control(props: FieldProps) {
  switch (props.schema['x-widget']) {
    case 'text':
    case 'personName':
    case 'idNumber':
    case 'mobile':
    case 'bankCard':
      return <TextField {...props} />;
    case 'date':
      return <DateField {...props} />;
    case 'select':
      return <ChoiceField {...props} />;
    case 'multiselect':
      return <ManyField {...props} />;
    case 'boolean':
      return <YesNoField {...props} />;
    case 'address':
      return <AddressField {...props} />;
    case 'commitment':
      return <CommitmentField {...props} />;
    case 'signature':
      return null;
  }
}
