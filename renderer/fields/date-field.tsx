import { useEffect, useRef, useState } from 'react';
import { dateText } from '../../domain/catalogue/summarise.ts';
import { resolveDate } from '../../domain/catalogue/relative-date.ts';
import { Button } from '../parts/button.tsx';
import { Glyph } from '../parts/icons.tsx';
import { dayAtHall } from '../text-forms.ts';
import { useWords } from '../use-page.ts';
import type { FieldProps } from './field.tsx';

const DAY_MS = 86_400_000;
const PARTS = ['year', 'month', 'day'] as const;
type Part = (typeof PARTS)[number];
type Parts = Readonly<Record<Part, number>>;

const daysIn = (year: number, month: number): number =>
  new Date(Date.UTC(year, month, 0)).getUTCDate();

function toParts(date: string): Parts | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (match === null) return undefined;
  return { year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) };
}

function toDate({ year, month, day }: Parts): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(Math.min(day, daysIn(year, month)))}`;
}

/** One step; month and day go round, the year does not. */
function stepped(parts: Parts, part: Part, by: number): Parts {
  if (part === 'year') return { ...parts, year: Math.min(2100, Math.max(1900, parts.year + by)) };
  const last = part === 'month' ? 12 : daysIn(parts.year, parts.month);
  return { ...parts, [part]: ((parts[part] - 1 + by + last) % last) + 1 };
}

/** A day by three columns with large keys, or typed into them; nothing is answered before the first touch. */
export function DateField(props: FieldProps) {
  const { t, locale } = useWords();
  const today = dayAtHall(new Date());
  const value = typeof props.value === 'string' ? props.value : '';
  const max = props.schema['x-dateMax'];
  const start = max === undefined ? today : resolveDate(max, today);
  const parts = toParts(value);
  const yesterday = new Date(Date.parse(today) - DAY_MS).toISOString().slice(0, 10);
  const move = (part: Part, by: number): void =>
    props.onChange(
      toDate(parts === undefined ? (toParts(start) ?? FIRST) : stepped(parts, part, by)),
    );
  return (
    <div className="date" role="group" aria-describedby={props.describedBy}>
      <p className="date-words" role="status">
        {parts === undefined ? t('date.empty') : dateText(value, locale)}
      </p>
      <div className="date-columns">
        {PARTS.map((part) => (
          <Column
            key={part}
            id={part === 'year' ? props.id : undefined}
            name={t(`date.${part}`)}
            value={parts?.[part]}
            range={RANGES[part]}
            onStep={(by) => move(part, by)}
            onType={(typed) =>
              props.onChange(toDate({ ...(parts ?? toParts(start) ?? FIRST), [part]: typed }))
            }
          />
        ))}
      </div>
      {start === today ? (
        <div className="pair">
          <Button onPress={() => props.onChange(today)}>{t('date.today')}</Button>
          <Button onPress={() => props.onChange(yesterday)}>{t('date.yesterday')}</Button>
        </div>
      ) : null}
    </div>
  );
}

const RANGES = { year: [1900, 2100], month: [1, 12], day: [1, 31] } as const;
const FIRST: Parts = { year: 2000, month: 1, day: 1 };
const HOLD_FIRST_MS = 450;
const HOLD_NEXT_MS = 110;

function Column(props: {
  readonly id: string | undefined;
  readonly name: string;
  readonly value: number | undefined;
  readonly range: readonly [from: number, to: number];
  readonly onStep: (by: number) => void;
  readonly onType: (value: number) => void;
}) {
  const { t } = useWords();
  const [typed, setTyped] = useState<string | null>(null);
  const shown = props.value === undefined ? '' : String(props.value);
  return (
    <div className="date-column">
      <Stepper
        label={`${props.name}${t('date.more')}`}
        glyph="plus"
        onStep={() => props.onStep(1)}
      />
      <label>
        <input
          id={props.id}
          type="text"
          inputMode="none"
          autoComplete="off"
          maxLength={String(props.range[1]).length}
          value={typed ?? shown}
          onChange={(event) => {
            const text = event.target.value.replaceAll(/\D/gu, '');
            setTyped(text);
            const [from, to] = props.range;
            if (Number(text) >= from && Number(text) <= to) props.onType(Number(text));
          }}
          onBlur={() => setTyped(null)}
        />
        <span>{props.name}</span>
      </label>
      <Stepper
        label={`${props.name}${t('date.less')}`}
        glyph="minus"
        onStep={() => props.onStep(-1)}
      />
    </div>
  );
}

/** A key that goes on stepping while it is held. */
function Stepper(props: {
  readonly label: string;
  readonly glyph: 'plus' | 'minus';
  readonly onStep: () => void;
}) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const held = useRef(false);
  const step = useRef(props.onStep);
  useEffect(() => {
    step.current = props.onStep;
  });
  const again = (wait: number): void => {
    timer.current = setTimeout(() => {
      held.current = true;
      step.current();
      again(HOLD_NEXT_MS);
    }, wait);
  };
  const release = (): void => clearTimeout(timer.current);
  return (
    <button
      type="button"
      className="button button-plain date-step"
      aria-label={props.label}
      onPointerDown={() => {
        held.current = false;
        again(HOLD_FIRST_MS);
      }}
      onPointerUp={release}
      onPointerLeave={release}
      onPointerCancel={release}
      onClick={() => {
        if (!held.current) props.onStep();
        held.current = false;
      }}
    >
      <Glyph name={props.glyph} />
    </button>
  );
}
