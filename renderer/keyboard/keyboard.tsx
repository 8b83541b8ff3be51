import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import { Glyph } from '../parts/icons.tsx';
import { useWords } from '../use-page.ts';
import { candidates } from './ime.ts';
import { pinyinTable } from 'virtual:pinyin-table';

/** Which keys: `search` letters (pinyin is searched as it is), `text` Chinese first, `name` the same with surnames first, `digits` numbers, `idNumber` with X. */
export type KeyboardKind = 'search' | 'text' | 'name' | 'digits' | 'idNumber';

type Mode = 'pinyin' | 'letters' | 'digits';

const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'] as const;
const DIGITS = ['123', '456', '789'] as const;
const SHOWN_CANDIDATES = 8;

interface KeyboardProps {
  readonly field: RefObject<HTMLInputElement | HTMLTextAreaElement | null>;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly kind: KeyboardKind;
  readonly onDone: () => void;
  /** Whole words to touch, as for addresses. */
  readonly words?: readonly string[];
}

/** Types at the caret of a field; the field keeps the focus, so that a real keyboard works as well. */
function useTyping({ field, value, onChange }: KeyboardProps) {
  const caret = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (caret.current === null) return;
    field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  }, [value, field]);
  const replace = (text: string, back: number): void => {
    const at = field.current;
    const start = at?.selectionStart ?? value.length;
    const end = at?.selectionEnd ?? value.length;
    const head = value.slice(0, start === end ? dropLast(value.slice(0, start), back) : start);
    caret.current = head.length + text.length;
    onChange(head + text + value.slice(end));
    at?.focus({ preventScroll: true });
  };
  return {
    insert: (text: string) => replace(text, 0),
    deleteOne: () => replace('', 1),
  };
}

/** Length of a text without its last so many characters; a character may be two units long. */
function dropLast(text: string, count: number): number {
  const characters = Array.from(text);
  return characters.slice(0, Math.max(0, characters.length - count)).join('').length;
}

/** The keyboard on screen. */
export function Keyboard(props: KeyboardProps) {
  const { t, locale } = useWords();
  const { insert, deleteOne } = useTyping(props);
  const [mode, setMode] = useState<Mode>(
    props.kind === 'digits' || props.kind === 'idNumber'
      ? 'digits'
      : (props.kind === 'text' || props.kind === 'name') && locale === 'zh'
        ? 'pinyin'
        : 'letters',
  );
  const [typed, setTyped] = useState('');
  const { field } = props;
  useEffect(() => {
    // the keyboard takes room away: what is typed into must stay in sight
    field.current?.scrollIntoView({ block: 'center' });
  }, [field]);
  const only = props.kind === 'digits' || props.kind === 'idNumber';
  const letter = (key: string): void => {
    if (mode === 'pinyin') setTyped((before) => (before + key).slice(0, 24));
    else insert(props.kind === 'search' ? key : key.toUpperCase());
  };
  const erase = (): void => {
    if (typed !== '') setTyped(typed.slice(0, -1));
    else deleteOne();
  };
  return (
    <section
      className={`keyboard keyboard-${mode}`}
      aria-label={t('keyboard.label')}
      // a touch on a key must not take the focus from the field
      onPointerDown={(event) => event.preventDefault()}
      onMouseDown={(event) => event.preventDefault()}
    >
      {props.words === undefined || typed !== '' ? null : (
        <div className="chips" role="group" aria-label={t('keyboard.words')}>
          {props.words.map((word) => (
            <Key key={word} label={word} onPress={() => insert(word)} />
          ))}
        </div>
      )}
      {mode === 'pinyin' && typed !== '' ? (
        <Candidates
          key={typed}
          typed={typed}
          name={props.kind === 'name' && props.value === ''}
          onPick={(text, letters) => {
            insert(text);
            setTyped(typed.slice(letters));
          }}
        />
      ) : null}
      {mode === 'digits' ? (
        <div className="digit-keys">
          {DIGITS.map((row) => (
            <div className="key-row" key={row}>
              {Array.from(row, (key) => (
                <Key key={key} label={key} onPress={() => insert(key)} />
              ))}
            </div>
          ))}
          <div className="key-row">
            {props.kind === 'idNumber' ? (
              <Key label="X" onPress={() => insert('X')} />
            ) : (
              <Key label={t('keyboard.clear')} quiet onPress={() => props.onChange('')} />
            )}
            <Key label="0" onPress={() => insert('0')} />
            <Key label={t('keyboard.delete')} quiet glyph="erase" onPress={deleteOne} />
          </div>
        </div>
      ) : (
        <div className="letter-keys">
          {ROWS.map((row) => (
            <div className="key-row" key={row}>
              {Array.from(row, (key) => (
                <Key
                  key={key}
                  label={mode === 'pinyin' ? key : key.toUpperCase()}
                  onPress={() => letter(key)}
                />
              ))}
              {row === ROWS[2] ? (
                <Key label={t('keyboard.delete')} quiet wide glyph="erase" onPress={erase} />
              ) : null}
            </div>
          ))}
        </div>
      )}
      <div className="key-row key-modes">
        {only
          ? null
          : (['pinyin', 'letters', 'digits'] as const)
              .filter((name) => props.kind !== 'search' || name !== 'pinyin')
              .map((name) => (
                <Key
                  key={name}
                  label={t(`keyboard.${name}`)}
                  quiet
                  pressed={mode === name}
                  onPress={() => {
                    setTyped('');
                    setMode(name);
                  }}
                />
              ))}
        {only || mode === 'digits' ? null : (
          <Key label={t('keyboard.space')} quiet onPress={() => insert(' ')} />
        )}
        <Key label={t('keyboard.done')} done onPress={props.onDone} />
      </div>
    </section>
  );
}

function Candidates(props: {
  readonly typed: string;
  readonly name: boolean;
  readonly onPick: (text: string, letters: number) => void;
}) {
  const { t } = useWords();
  const [from, setFrom] = useState(0);
  const all = candidates(pinyinTable, props.typed, { name: props.name });
  const shown = all.slice(from, from + SHOWN_CANDIDATES);
  return (
    <div className="candidates">
      <p className="candidates-typed" role="status">
        {t('keyboard.typed', { letters: props.typed })}
        {all.length === 0 ? ` ${t('keyboard.noCandidates')}` : null}
      </p>
      <div className="chips" role="group" aria-label={t('keyboard.candidates')}>
        {shown.map(({ text, letters }) => (
          <Key key={text} label={text} onPress={() => props.onPick(text, letters)} />
        ))}
        {all.length > SHOWN_CANDIDATES ? (
          <Key
            label={t('keyboard.more')}
            quiet
            onPress={() =>
              setFrom(from + SHOWN_CANDIDATES < all.length ? from + SHOWN_CANDIDATES : 0)
            }
          />
        ) : null}
      </div>
    </div>
  );
}

function Key(props: {
  readonly label: string;
  readonly onPress: () => void;
  readonly quiet?: boolean;
  readonly wide?: boolean;
  readonly done?: boolean;
  readonly pressed?: boolean;
  readonly glyph?: 'erase';
}) {
  const looks = [
    'key',
    props.quiet === true ? 'key-quiet' : '',
    props.wide === true ? 'key-wide' : '',
    props.done === true ? 'key-done' : '',
  ];
  return (
    <button
      type="button"
      className={looks.filter((look) => look !== '').join(' ')}
      aria-pressed={props.pressed}
      aria-label={props.glyph === undefined ? undefined : props.label}
      onClick={props.onPress}
    >
      {props.glyph === undefined ? props.label : <Glyph name={props.glyph} />}
    </button>
  );
}
