import { useEffect } from 'react';
import { KeyboardWedge } from '../../domain/codes/keyboard-wedge.ts';
import { inBackground } from '../in-background.ts';
import { usePage } from '../use-page.ts';

/** Whoever has the focus there gets the keys, whoever struck them. */
const TYPED_INTO = 'input, textarea, [contenteditable]';

/**
 * Listens for a code scanner that pretends to be a keyboard, where no field has the focus. Keys of a person, one at
 * a time, are left alone.
 */
export function useKeyboardScanner(on: boolean): void {
  const page = usePage();
  useEffect(() => {
    if (!on) return undefined;
    const wedge = new KeyboardWedge();
    const onKey = (event: KeyboardEvent): void => {
      if (event.target instanceof Element && event.target.matches(TYPED_INTO)) return;
      const { key, timeStamp, repeat, ctrlKey, altKey, metaKey } = event;
      const modified = ctrlKey || altKey || metaKey;
      const { code } = wedge.press({ key, atMs: timeStamp, repeat, modified });
      if (code === undefined) return;
      // its Enter must not press the button that has the focus
      event.preventDefault();
      event.stopPropagation();
      inBackground(page.act((core) => core.codes.typed({ text: code })));
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [on, page]);
}
