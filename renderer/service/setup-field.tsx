import { useRef } from 'react';
import type { SetupField, SetupValue } from '../../domain/device/setup-field.ts';
import { InPlace } from '../fields/text-field.tsx';
import { Keyboard } from '../keyboard/keyboard.tsx';
import { Button } from '../parts/button.tsx';
import { Glyph } from '../parts/icons.tsx';
import { useWords } from '../use-page.ts';
import type { SetupFieldProps } from './setup-field-props.ts';
import { SetupList } from './setup-list.tsx';
import { asDraft, blankOf, variantDraft, withSetting } from './setup-draft.ts';

/** What addresses, ports and commands are typed with. */
const ADDRESS_KEYS = ['.', ':', '/', '-', '_', 'http://', '/dev/tty', 'USB0', 'COM', '??'];

type Of<K extends SetupField['kind']> = SetupFieldProps<Extract<SetupField, { kind: K }>>;

/** One setting, drawn by its kind, with what is wrong with it beside it. */
export function SetupFieldPart(props: SetupFieldProps) {
  const { t, text } = useWords();
  const { field, path, problems } = props;
  if (field.kind === 'fixed') return null;
  const wrong = problems.filter((problem) => problem.path === path);
  const wrongId = `${path}-wrong`;
  return (
    <fieldset
      className={wrong.length === 0 ? 'field' : 'field field-bad'}
      data-path={path}
      aria-describedby={wrong.length === 0 ? undefined : wrongId}
    >
      <legend className="field-label">
        {text(field.label)}
        {field.optional ? <span className="tag">{t('service.form.optional')}</span> : null}
      </legend>
      {wrong.length === 0 ? null : (
        <p className="field-wrong" id={wrongId}>
          <Glyph name="warn" />
          <span>
            {wrong.map(({ message, remedy }) => `${text(message)} ${text(remedy)}`).join(' ')}
          </span>
        </p>
      )}
      <Control {...props} />
    </fieldset>
  );
}

function Control(props: SetupFieldProps) {
  const { t } = useWords();
  const { field } = props;
  switch (field.kind) {
    case 'text':
    case 'number':
      return <Typed {...props} field={field} />;
    case 'flag': {
      const now = props.value ?? field.preset;
      return (
        <div className="pair">
          {([true, false] as const).map((on) => (
            <Button key={String(on)} pressed={now === on} onPress={() => props.onChange(on)}>
              {t(on ? 'service.form.on' : 'service.form.off')}
            </Button>
          ))}
        </div>
      );
    }
    case 'list':
    case 'rows':
      return <SetupList {...props} field={field} Entry={SetupFieldPart} />;
    case 'choice':
      return <Choice {...props} field={field} />;
    case 'group':
      return <Group {...props} field={field} />;
    case 'variants':
      return <Variants {...props} field={field} />;
    case 'other':
      return <p className="service-small">{t('service.form.other')}</p>;
    case 'fixed':
      return null;
  }
}

/** What can be typed, as it is typed. */
function typedText(value: SetupValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function Typed(props: SetupFieldProps<Extract<SetupField, { kind: 'text' | 'number' }>>) {
  const { t, text } = useWords();
  const { field, path, value, onChange, typing, onTyping } = props;
  const input = useRef<HTMLInputElement>(null);
  const shown = typedText(value);
  const change = (typed: string): void => {
    if (typed === '') onChange(undefined);
    // a number that is too long to be one is left for the check to speak of
    else if (field.kind === 'number' && /^\d{1,9}$/.test(typed)) onChange(Number(typed));
    else onChange(typed);
  };
  return (
    <>
      {field.kind === 'number' ? (
        <p className="field-help">
          {t('service.form.between', { min: field.min, max: field.max })}
        </p>
      ) : null}
      <input
        ref={input}
        className="input"
        type="text"
        inputMode="none"
        autoComplete="off"
        spellCheck={false}
        maxLength={field.kind === 'text' ? field.maxLength : 9}
        aria-label={text(field.label)}
        placeholder={typedText(field.preset)}
        value={shown}
        onFocus={() => onTyping(path)}
        onClick={() => onTyping(path)}
        onChange={(event) => change(event.target.value)}
      />
      {field.kind === 'number' && field.none ? (
        <Button
          pressed={value === null}
          onPress={() => onChange(value === null ? undefined : null)}
        >
          {t('service.form.none')}
        </Button>
      ) : null}
      {typing === path ? (
        <InPlace>
          <Keyboard
            field={input}
            value={shown}
            onChange={change}
            kind={field.kind === 'number' ? 'digits' : 'search'}
            {...(field.kind === 'number' ? {} : { words: ADDRESS_KEYS })}
            onDone={() => onTyping(null)}
          />
        </InPlace>
      ) : null}
    </>
  );
}

function Choice({ field, value, onChange }: Of<'choice'>) {
  const { text } = useWords();
  const now = value ?? field.preset;
  return (
    <div className="setup-choices">
      {field.options.map((option) => (
        <Button
          key={option.value}
          pressed={now === option.value}
          onPress={() =>
            onChange(field.optional && value === option.value ? undefined : option.value)
          }
        >
          {text(option.label)}
        </Button>
      ))}
    </div>
  );
}

function Group(props: Of<'group'>) {
  const { t } = useWords();
  const { field, value, onChange } = props;
  const draft = asDraft(value);
  const isThere = value !== undefined && value !== null;
  return (
    <>
      {field.optional || field.none ? (
        <div className="setup-wanted">
          {field.optional ? (
            <Button
              pressed={isThere}
              onPress={() => onChange(isThere ? undefined : blankOf(field.fields))}
            >
              {t('service.form.include')}
            </Button>
          ) : null}
          {field.none ? (
            <Button
              pressed={value === null}
              onPress={() => onChange(value === null ? undefined : null)}
            >
              {t('service.form.none')}
            </Button>
          ) : null}
        </div>
      ) : null}
      {value === null || (field.optional && value === undefined) ? null : (
        <SetupFields
          {...props}
          fields={field.fields}
          draft={draft}
          onChange={(next) => onChange(next)}
        />
      )}
    </>
  );
}

function Variants(props: Of<'variants'>) {
  const { text } = useWords();
  const { field, path, value, onChange, problems } = props;
  const draft = asDraft(value);
  const chosen = field.variants.find((one) => one.value === draft[field.tag]);
  const untold = problems.filter((problem) => problem.path === `${path}.${field.tag}`);
  return (
    <>
      {untold.map((problem) => (
        <p key={problem.path} className="field-wrong">
          <Glyph name="warn" />
          <span>{`${text(problem.message)} ${text(problem.remedy)}`}</span>
        </p>
      ))}
      <div className="setup-choices">
        {field.variants.map((one) => (
          <Button
            key={one.value}
            pressed={chosen === one}
            onPress={() => {
              if (chosen !== one) onChange(variantDraft(field, one.value));
            }}
          >
            {text(one.label)}
          </Button>
        ))}
      </div>
      {chosen === undefined ? null : (
        <SetupFields
          {...props}
          fields={chosen.fields}
          draft={draft}
          onChange={(next) => onChange(next)}
        />
      )}
    </>
  );
}

/** Settings that stand together. */
export function SetupFields(
  props: Omit<SetupFieldProps, 'field' | 'value' | 'onChange'> & {
    readonly fields: readonly SetupField[];
    readonly draft: ReturnType<typeof asDraft>;
    readonly onChange: (draft: ReturnType<typeof asDraft>) => void;
  },
) {
  const { fields, draft, path, problems, typing, onTyping } = props;
  return fields.map((field) => (
    <SetupFieldPart
      key={field.key}
      field={field}
      path={`${path}.${field.key}`}
      value={draft[field.key]}
      onChange={(value) => props.onChange(withSetting(draft, field.key, value))}
      problems={problems}
      typing={typing}
      onTyping={onTyping}
    />
  ));
}
