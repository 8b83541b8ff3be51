import { useEffect, useRef, useState } from 'react';
import { useWords } from '../use-page.ts';

/** After a short touch or a key the value stays open so long; nobody must be able to hold. */
const OPEN_MS = 5_000;

/** A value that eyes behind the citizen need not see: hidden until held, or touched. */
export function Masked(props: {
  readonly value: string;
  readonly hidden: string;
  /** Of the field, for the button's name. */
  readonly name: string;
}) {
  const { value, hidden, name } = props;
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  if (hidden === value) return <span className="value">{value}</span>;
  const show = (): void => {
    clearTimeout(timer.current);
    setOpen(true);
  };
  const hideSoon = (): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(false), OPEN_MS);
  };
  return (
    <span className="masked">
      <span className="value">{open ? value : hidden}</span>
      <button
        type="button"
        className="button button-quiet"
        aria-label={`${t('common.show')}${t('common.colon')}${name}`}
        aria-pressed={open}
        onPointerDown={show}
        onPointerUp={hideSoon}
        onPointerCancel={hideSoon}
        onPointerLeave={() => (open ? hideSoon() : undefined)}
        onClick={() => {
          show();
          hideSoon();
        }}
      >
        {t('common.show')}
      </button>
    </span>
  );
}
