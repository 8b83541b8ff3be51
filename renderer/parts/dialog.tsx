import { useEffect, useId, useRef, type ReactNode } from 'react';

/**
 * A window over the page. The browser's own dialog: what lies below cannot be touched or read, the
 * focus stays inside and goes back afterwards.
 */
export function Dialog(props: {
  readonly title: string;
  readonly children: ReactNode;
  /** Escape was pressed. */
  readonly onEscape: () => void;
  readonly urgent?: boolean;
  /** `screen`: over the whole screen. */
  readonly look?: 'window' | 'screen';
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const { onEscape } = props;
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return undefined;
    const before = document.activeElement;
    dialog.showModal();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected)
        before.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={props.look === 'screen' ? 'dialog dialog-screen' : 'dialog'}
      role={props.urgent === true ? 'alertdialog' : 'dialog'}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onEscape();
      }}
    >
      <h2 id={titleId}>{props.title}</h2>
      {props.children}
    </dialog>
  );
}
