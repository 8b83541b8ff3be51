import { useRef, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { Glyph } from '../parts/icons.tsx';
import { Keyboard } from '../keyboard/keyboard.tsx';
import { useWords } from '../use-page.ts';
import { Options } from './choice-fields.tsx';
import type { FieldProps } from './field.tsx';
import { ADDRESS_WORDS, InPlace } from './text-field.tsx';

function partsOf(value: FieldProps['value']): {
  readonly division: string;
  readonly detail: string;
} {
  if (typeof value !== 'object' || Array.isArray(value)) return { division: '', detail: '' };
  const parts = value as Readonly<Record<string, string>>;
  return { division: parts['division'] ?? '', detail: parts['detail'] ?? '' };
}

/** An address: the town from a list, the rest in words, with the words addresses are made of. */
export function AddressField(props: FieldProps) {
  const { t, text } = useWords();
  const { id, schema, onChange } = props;
  const { division, detail } = partsOf(props.value);
  const field = useRef<HTMLInputElement>(null);
  const [choosing, setChoosing] = useState(division === '');
  const options = schema['x-options'] ?? [];
  const chosenOption = options.find(({ value }) => value === division);
  const change = (typed: string): void => onChange({ division, detail: typed });
  return (
    <div className="stack">
      <p className="part-label" id={`${id}-division`}>
        {t('address.division')}
      </p>
      {choosing || chosenOption === undefined ? (
        <Options
          name={`${id}-division`}
          labelledBy={`${id}-division`}
          describedBy={props.describedBy}
          options={options}
          value={division}
          onChoose={(chosen) => onChange({ division: chosen, detail })}
          onPicked={() => setChoosing(false)}
        />
      ) : (
        <div className="chosen">
          <p>
            <Glyph name="check" />
            {text(chosenOption.label)}
          </p>
          <Button onPress={() => setChoosing(true)}>{t('address.other')}</Button>
        </div>
      )}
      <label className="part-label" htmlFor={id}>
        {t('address.detail')}
      </label>
      <input
        ref={field}
        id={id}
        className="input"
        type="text"
        inputMode="none"
        autoComplete="off"
        spellCheck={false}
        maxLength={schema.properties?.['detail']?.maxLength ?? 100}
        value={detail}
        placeholder={t('address.example')}
        aria-invalid={props.invalid}
        aria-describedby={props.describedBy}
        onFocus={() => props.onTyping(id)}
        onClick={() => props.onTyping(id)}
        onChange={(event) => change(event.target.value)}
      />
      {props.typing === id ? (
        <InPlace>
          <Keyboard
            field={field}
            value={detail}
            onChange={change}
            kind="text"
            words={ADDRESS_WORDS}
            onDone={() => props.onTyping(null)}
          />
        </InPlace>
      ) : null}
    </div>
  );
}
