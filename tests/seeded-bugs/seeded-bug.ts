/** Played, not run as a suite: how many districts it takes is counted. */
export const SIMULATION = 'scripts/simulate.ts';

/** A bug planted on purpose: one place of one file, changed. The suites must notice. */
export interface SeededBug {
  /** Short and unique. */
  readonly id: string;
  /** What goes wrong, in a line. */
  readonly what: string;
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Test files, or folders of them, that must notice; relative to the project. */
  readonly tests: readonly string[];
}

/** Why a bug cannot be planted; undefined when it can. */
export function misfit(bug: SeededBug, source: string): string | undefined {
  const places = source.split(bug.find).length - 1;
  if (places === 0) return `${bug.id}: the place is not in ${bug.file} any more`;
  if (places > 1) return `${bug.id}: the place stands ${String(places)} times in ${bug.file}`;
  return bug.find === bug.replace ? `${bug.id}: changes nothing` : undefined;
}

/** The source with the bug in it. */
export function plant(bug: SeededBug, source: string): string {
  return source.replace(bug.find, () => bug.replace);
}
