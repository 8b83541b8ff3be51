import type { Trouble } from './auto-shot.ts';

/** Seen in so many of the last frames, it is there; a flicker is not. */
const OFTEN = 3;

/** The troubles that stayed over the last frames, worst first. */
export function steadyTroubles(recent: readonly (readonly Trouble[])[]): readonly Trouble[] {
  const order: readonly Trouble[] = ['dark', 'cut', 'glare', 'blur'];
  return order.filter(
    (trouble) => recent.filter((troubles) => troubles.includes(trouble)).length >= OFTEN,
  );
}
