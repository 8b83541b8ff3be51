import { useRef } from 'react';
import { createPortal } from 'react-dom';
import { Keyboard, type KeyboardKind } from '../keyboard/keyboard.tsx';
import { inGroups } from '../text-forms.ts';
import { useWords } from '../use-page.ts';
import type { FieldProps } from './field.tsx';

const KINDS: Readonly<Record<string, KeyboardKind>> = {
  mobile: 'digits',
  bankCard: 'digits',
  idNumber: 'idNumber',
  personName: 'name',
};

/** Where the keyboard of the field in use stands. */
export const KEYBOARD_PLACE = 'keyboard-place';

/** Words that addresses are made of. */
export const ADDRESS_WORDS = ['村', '社区', '组', '路', '街', '号', '栋', '单元', '楼', '室'];

/** A line of text, typed on screen or on a real keyboard. */
export function TextField(props: FieldProps) {
  const { t } = useWords();
  const { id, schema, onChange } = props;
  const value = typeof props.value === 'string' ? props.value : '';
  const field = useRef<HTMLInputElement>(null);
  const widget = schema['x-widget'];
  const kind = KINDS[widget] ?? (isNumeric(schema.pattern) ? 'idNumber' : 'text');
  const change = (typed: string): void => onChange(clean(kind, typed));
  const groups =
    widget === 'mobile'
      ? [3, 4]
      : widget === 'bankCard'
        ? [4]
        : widget === 'idNumber'
          ? [6, 8, 4]
          : null;
  return (
    <>
      <input
        ref={field}
        id={id}
        className="input"
        type="text"
        inputMode="none"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        maxLength={schema.maxLength ?? 100}
        value={value}
        aria-invalid={props.invalid}
        aria-describedby={props.describedBy}
        onFocus={() => props.onTyping(id)}
        onClick={() => props.onTyping(id)}
        onChange={(event) => change(event.target.value)}
      />
      {groups === null || value === '' ? null : (
        <p className="field-echo">{t('form.grouped', { value: inGroups(value, groups) })}</p>
      )}
      {props.typing === id ? (
        <InPlace>
          <Keyboard
            field={field}
            value={value}
            onChange={change}
            kind={kind}
            onDone={() => props.onTyping(null)}
          />
        </InPlace>
      ) : null}
    </>
  );
}

/** A pattern that knows digits and X only needs no letters. */
function isNumeric(pattern: string | undefined): boolean {
  return (
    pattern !== undefined && /^\^\\d[\\dX{}[\]()0-9?|B$]*$/.test(pattern) && !pattern.includes('B')
  );
}

function clean(kind: KeyboardKind, typed: string): string {
  if (kind === 'digits') return typed.replaceAll(/\D/gu, '');
  if (kind === 'idNumber') return typed.toUpperCase().replaceAll(/[^\dA-Z]/gu, '');
  return typed;
}

/** Draws a keyboard at the foot of the screen, where every keyboard stands. */
export function InPlace({ children }: { readonly children: React.ReactNode }) {
  const place = document.getElementById(KEYBOARD_PLACE);
  return place === null ? null : createPortal(children, place);
}
