import type { ComponentType } from 'react';
import type { SetupField, SetupValue } from '../../domain/device/setup-field.ts';
import { Button } from '../parts/button.tsx';
import { useWords } from '../use-page.ts';
import type { SetupFieldProps } from './setup-field-props.ts';

/** Several texts, each in a field of its own. */
export function SetupList(
  props: SetupFieldProps<Extract<SetupField, { kind: 'list' }>> & {
    /** Draws one field, whatever its kind. */
    readonly Entry: ComponentType<SetupFieldProps>;
  },
) {
  const { t } = useWords();
  const { Entry, ...rest } = props;
  const { field, path, value, onChange } = rest;
  const entries = Array.isArray(value) ? (value as readonly SetupValue[]) : [];
  const change = (next: readonly SetupValue[]): void =>
    onChange(next.length === 0 && field.optional ? undefined : next);
  return (
    <>
      {entries.map((entry, i) => (
        <div key={i} className="setup-entry">
          <Entry
            {...rest}
            path={`${path}[${i}]`}
            field={{
              kind: 'text',
              key: String(i),
              label: field.label,
              optional: false,
              maxLength: field.maxLength,
            }}
            value={entry}
            onChange={(typed) => change(entries.with(i, typed ?? ''))}
          />
          <Button onPress={() => change(entries.toSpliced(i, 1))}>
            {t('service.form.removeEntry')}
          </Button>
        </div>
      ))}
      {entries.length < field.most ? (
        <Button onPress={() => change([...entries, ''])}>{t('service.form.addEntry')}</Button>
      ) : null}
    </>
  );
}
