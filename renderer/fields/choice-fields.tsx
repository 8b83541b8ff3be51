import type { FieldSchema } from '../../domain/catalogue/form.ts';
import { en } from '../messages/en.ts';
import { zh } from '../messages/zh.ts';
import { Glyph } from '../parts/icons.tsx';
import { useWords } from '../use-page.ts';
import type { FieldProps } from './field.tsx';
import { optionColumns } from './option-columns.ts';

type OptionList = NonNullable<FieldSchema['x-options']>;

/** Big buttons of which one is chosen; real radio buttons below, for keys and voices. */
export function Options(props: {
  readonly name: string;
  readonly options: OptionList;
  readonly value: string;
  readonly onChoose: (value: string) => void;
  /** Chosen by touch: with arrow keys one goes through the choices before one has chosen. */
  readonly onPicked?: () => void;
  readonly labelledBy?: string;
  readonly describedBy?: string | undefined;
}) {
  const { text, locale } = useWords();
  const shape = optionColumns(props.options, locale);
  return (
    <div
      className={`options options-${shape}`}
      role="radiogroup"
      aria-labelledby={props.labelledBy}
      aria-describedby={props.describedBy}
    >
      {props.options.map(({ value, label }) => (
        <label key={value} className={value === props.value ? 'option option-on' : 'option'}>
          <input
            type="radio"
            name={props.name}
            value={value}
            checked={value === props.value}
            onChange={() => props.onChoose(value)}
            onClick={(event) => {
              if (event.detail > 0) props.onPicked?.();
            }}
          />
          <span className="option-mark">
            {value === props.value ? <Glyph name="check" /> : null}
          </span>
          <span>{text(label)}</span>
        </label>
      ))}
    </div>
  );
}

/** One of several. */
export function ChoiceField(props: FieldProps) {
  return (
    <Options
      name={props.id}
      labelledBy={`${props.id}-field`}
      describedBy={props.describedBy}
      options={props.schema['x-options'] ?? []}
      value={typeof props.value === 'string' ? props.value : ''}
      onChoose={props.onChange}
    />
  );
}

/** Yes or no; nothing is chosen before somebody chooses. */
export function YesNoField(props: FieldProps) {
  const options: OptionList = [
    { value: 'yes', label: { zh: zh.common.yes, en: en.common.yes } },
    { value: 'no', label: { zh: zh.common.no, en: en.common.no } },
  ];
  const value = props.value === undefined ? '' : props.value === true ? 'yes' : 'no';
  return (
    <Options
      name={props.id}
      labelledBy={`${props.id}-field`}
      describedBy={props.describedBy}
      options={options}
      value={value}
      onChoose={(chosen) => props.onChange(chosen === 'yes')}
    />
  );
}

/** Any number of several. */
export function ManyField(props: FieldProps) {
  const { t, text } = useWords();
  const chosen = Array.isArray(props.value) ? (props.value as readonly string[]) : [];
  return (
    <>
      <p className="field-help">{t('form.chooseMany')}</p>
      <div className="options">
        {(props.schema['x-options'] ?? []).map(({ value, label }) => {
          const on = chosen.includes(value);
          return (
            <label key={value} className={on ? 'option option-on' : 'option'}>
              <input
                type="checkbox"
                checked={on}
                aria-describedby={props.describedBy}
                onChange={() =>
                  props.onChange(
                    on ? chosen.filter((other) => other !== value) : [...chosen, value],
                  )
                }
              />
              <span className="option-mark option-box">{on ? <Glyph name="check" /> : null}</span>
              <span>{text(label)}</span>
            </label>
          );
        })}
      </div>
    </>
  );
}

/** A text to agree to. */
export function CommitmentField(props: FieldProps) {
  const { t, text } = useWords();
  const { schema } = props;
  const on = props.value === true;
  return (
    <>
      {schema['x-text'] === undefined ? null : (
        <p className="statement">{text(schema['x-text'])}</p>
      )}
      <label className={on ? 'option option-on' : 'option'}>
        <input
          type="checkbox"
          id={props.id}
          checked={on}
          aria-describedby={props.describedBy}
          onChange={() => props.onChange(!on)}
        />
        <span className="option-mark option-box">{on ? <Glyph name="check" /> : null}</span>
        <span>{t('form.agree')}</span>
      </label>
    </>
  );
}
