import type { ComponentType } from 'react';
import type { SetupField, SetupValue } from '../../domain/device/setup-field.ts';
import { Button } from '../parts/button.tsx';
import { useWords } from '../use-page.ts';
import { blankOf } from './setup-draft.ts';
import type { SetupFieldProps } from './setup-field-props.ts';

type Several = Extract<SetupField, { kind: 'list' | 'rows' }>;

/** One entry as a field of its own: a text, or settings that stand together. */
function entryField(field: Several, i: number): SetupField {
  const { zh, en } = field.label;
  const common = {
    key: String(i),
    label: { zh: `${zh} ${String(i + 1)}`, en: `${en} ${String(i + 1)}` },
    optional: false,
  };
  return field.kind === 'list'
    ? { ...common, kind: 'text', maxLength: field.maxLength }
    : { ...common, kind: 'group', fields: field.fields, none: false };
}

/** Several entries of one kind, each in a field of its own. */
export function SetupList(
  props: SetupFieldProps<Several> & {
    /** Draws one field, whatever its kind. */
    readonly Entry: ComponentType<SetupFieldProps>;
  },
) {
  const { t } = useWords();
  const { Entry, ...rest } = props;
  const { field, path, value, onChange } = rest;
  const entries = Array.isArray(value) ? (value as readonly SetupValue[]) : [];
  const blank = field.kind === 'list' ? '' : blankOf(field.fields);
  const change = (next: readonly SetupValue[]): void =>
    onChange(next.length === 0 && field.optional ? undefined : next);
  return (
    <>
      {entries.map((entry, i) => (
        <div key={i} className="setup-entry">
          <Entry
            {...rest}
            path={`${path}[${i}]`}
            field={entryField(field, i)}
            value={entry}
            onChange={(changed) => change(entries.with(i, changed ?? blank))}
          />
          <Button onPress={() => change(entries.toSpliced(i, 1))}>
            {t('service.form.removeEntry')}
          </Button>
        </div>
      ))}
      <div className="setup-wanted">
        {entries.length < field.most ? (
          <Button onPress={() => change([...entries, blank])}>{t('service.form.addEntry')}</Button>
        ) : null}
        {field.kind === 'rows' && field.optional && entries.length === 0 ? (
          <Button
            pressed={value !== undefined}
            onPress={() => onChange(value === undefined ? [] : undefined)}
          >
            {t('service.form.none')}
          </Button>
        ) : null}
      </div>
    </>
  );
}
