import type { ReactNode } from 'react';

/** A big button. `look`: primary once a screen, at most. */
export function Button(props: {
  readonly children: ReactNode;
  readonly onPress: () => void;
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger' | undefined;
  readonly label?: string | undefined;
  readonly busy?: boolean | undefined;
  /** Just came up: not to be pressed yet, but it looks as it always does. */
  readonly settling?: boolean | undefined;
  readonly pressed?: boolean | undefined;
  readonly id?: string | undefined;
}) {
  const locked = props.busy === true || props.settling === true;
  const look = `button button-${props.look ?? 'plain'}`;
  return (
    <button
      type="button"
      id={props.id}
      className={props.busy !== true && locked ? `${look} button-settling` : look}
      aria-label={props.label}
      aria-disabled={locked ? true : undefined}
      aria-pressed={props.pressed}
      onClick={() => {
        if (!locked) props.onPress();
      }}
    >
      {props.children}
    </button>
  );
}
