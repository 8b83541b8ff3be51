/**
 * What a public screen must not do by touch: zoom, menu, drag. And it tells that somebody is there.
 *
 * @param onPresence - called at every touch and key
 */
export function guardTouch(onPresence: () => void): void {
  const stop = (event: Event): void => event.preventDefault();
  document.addEventListener('contextmenu', stop);
  document.addEventListener('dragstart', stop);
  document.addEventListener('gesturestart', stop);
  document.addEventListener(
    'wheel',
    (event) => {
      if (event.ctrlKey) event.preventDefault();
    },
    { passive: false },
  );
  document.addEventListener(
    'touchmove',
    (event) => {
      if (event.touches.length > 1) event.preventDefault();
    },
    { passive: false },
  );
  for (const kind of ['pointerdown', 'keydown'] as const) {
    document.addEventListener(kind, onPresence, { capture: true, passive: true });
  }
}
