import { useEffect, useState } from 'react';

/** Two touches of a slow hand lie less than this apart. */
export const SECOND_TOUCH_MS = 400;

/**
 * False for a moment after a screen came up. Who touches everything twice would otherwise touch, with
 * the second one, a button of a screen that nobody has seen yet.
 */
export function useSettled(screen: string): boolean {
  const [settledFor, setSettledFor] = useState<string | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setSettledFor(screen), SECOND_TOUCH_MS);
    return () => clearTimeout(timer);
  }, [screen]);
  return settledFor === screen;
}
