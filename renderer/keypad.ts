import type { KeypadKey } from '../main/contract/contract.ts';

const REACHABLE =
  'button, a[href], input, select, textarea, summary, [tabindex]:not([tabindex="-1"])';

/** What can be reached now, in the order of the page: within the topmost window only, if one lies over it. */
function reachable(): readonly HTMLElement[] {
  const windows = [...document.querySelectorAll('dialog[open]')];
  const root = windows.at(-1) ?? document;
  return [...root.querySelectorAll<HTMLElement>(REACHABLE)].filter(
    (element) =>
      !element.matches(':disabled, main') &&
      element.getAttribute('aria-hidden') !== 'true' &&
      element.getClientRects().length > 0,
  );
}

function move(by: 1 | -1): void {
  const all = reachable();
  const active = document.activeElement;
  const at = all.findIndex((element) => element === active);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length;
  const element = all[next];
  element?.focus({ focusVisible: true });
  element?.scrollIntoView({ block: 'center' });
}

function press(selector: string): void {
  const element = reachable().find((one) => one.matches(selector));
  element?.click();
}

/**
 * Does what a key of the tactile keypad says: up, down, left and right move the focus, select presses what has it.
 * Back closes the window that lies over the page, else goes back.
 */
export function pressKey(key: KeypadKey): void {
  switch (key) {
    case 'up':
    case 'left':
      move(-1);
      break;
    case 'down':
    case 'right':
      move(1);
      break;
    case 'select': {
      const active = document.activeElement;
      if (active instanceof HTMLElement && active !== document.body) active.click();
      else move(1);
      break;
    }
    case 'back': {
      const over = [...document.querySelectorAll('dialog[open]')].at(-1);
      if (over === undefined) press('#way-back');
      else over.dispatchEvent(new Event('cancel', { cancelable: true }));
      break;
    }
    case 'help':
      press('#way-help');
      break;
  }
}
