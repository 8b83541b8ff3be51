import type { ReactNode } from 'react';

/** A big button. `look`: primary once a screen, at most. */
export function Button(props: {
  readonly children: ReactNode;
  readonly onPress: () => void;
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger' | undefined;
  readonly label?: string | undefined;
  readonly busy?: boolean | undefined;
  readonly pressed?: boolean | undefined;
  readonly id?: string | undefined;
}) {
  return (
    <button
      type="button"
      id={props.id}
      className={`button button-${props.look ?? 'plain'}`}
      aria-label={props.label}
      aria-disabled={props.busy === true ? true : undefined}
      aria-pressed={props.pressed}
      onClick={() => {
        if (props.busy !== true) props.onPress();
      }}
    >
      {props.children}
    </button>
  );
}
