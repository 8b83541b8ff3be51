import { useEffect } from 'react';
import { KeyboardWedge, type KeyPress } from '../../domain/codes/keyboard-wedge.ts';
import { PrefixedWedge, type WedgePrefix } from '../../domain/codes/prefixed-wedge.ts';
import { inBackground } from '../in-background.ts';
import { usePage } from '../use-page.ts';

/** Whoever has the focus there gets the keys, whoever struck them. */
const TYPED_INTO = 'input, textarea, [contenteditable]';

/** Tells the keys of a scanner from those of a person; which are kept from the page, and which were a code. */
type Ear = (event: KeyboardEvent) => { readonly mine: boolean; readonly code?: string };

function pressOf({ key, timeStamp, repeat, ctrlKey, altKey, metaKey }: KeyboardEvent): KeyPress {
  return { key, atMs: timeStamp, repeat, modified: ctrlKey || altKey || metaKey };
}

/** Told by its pace alone it cannot be heard where a field has the focus: its characters are there already. */
function byPace(): Ear {
  const wedge = new KeyboardWedge();
  return (event) => {
    if (event.target instanceof Element && event.target.matches(TYPED_INTO)) return { mine: false };
    const { code } = wedge.press(pressOf(event));
    // its Enter must not press the button that has the focus
    return code === undefined ? { mine: false } : { mine: true, code };
  };
}

function byPrefix(prefix: WedgePrefix): Ear {
  const wedge = new PrefixedWedge(prefix);
  return (event) => wedge.press(pressOf(event));
}

/**
 * Listens for a code scanner that pretends to be a keyboard: with a prefix everywhere, without one where no field
 * has the focus. Keys of a person, one at a time, are left alone.
 */
export function useKeyboardScanner(on: boolean, prefix: WedgePrefix | null): void {
  const page = usePage();
  useEffect(() => {
    if (!on) return undefined;
    const ear = prefix === null ? byPace() : byPrefix(prefix);
    const onKey = (event: KeyboardEvent): void => {
      const { mine, code } = ear(event);
      if (!mine) return;
      event.preventDefault();
      event.stopPropagation();
      if (code !== undefined) inBackground(page.act((core) => core.codes.typed({ text: code })));
    };
    window.addEventListener('keydown', onKey, { capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, [on, prefix, page]);
}
