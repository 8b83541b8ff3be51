import type { ReactNode } from 'react';
import { Glyph } from './icons.tsx';

const ICONS = { info: 'info', good: 'check', warn: 'warn', bad: 'warn' } as const;

/** A framed word to the citizen: icon, colour and words say the same. */
export function Notice(props: {
  readonly kind: keyof typeof ICONS;
  readonly title?: string | undefined;
  readonly children?: ReactNode;
  /** Spoken when it comes up. */
  readonly live?: boolean;
}) {
  return (
    <div
      className={`notice notice-${props.kind}`}
      role={props.live === true ? 'status' : undefined}
    >
      <Glyph name={ICONS[props.kind]} />
      <div>
        {props.title === undefined ? null : <p className="notice-title">{props.title}</p>}
        {props.children}
      </div>
    </div>
  );
}
