import type { Violation } from '../invariants/ground.ts';
import type { Strikes } from './strikes.ts';

/** How a story came out. */
export interface Outcome {
  /** Empty: every promise was kept. */
  readonly violations: readonly (Violation | Unkept)[];
  /** When it went wrong, milliseconds after the beginning. */
  readonly at: number;
  /** SHA-256 over everything that happened, in its order. */
  readonly trace: string;
  /** The last things that happened. */
  readonly tail: readonly string[];
  readonly counts: Counts;
  readonly strikes: Strikes;
}

/** Something that is no invariant of the disks. */
export interface Unkept {
  readonly invariant:
    | 'drained'
    | 'taken'
    | 'started'
    | 'opened'
    | 'stick'
    | 'held'
    | 'refused'
    | 'receipt'
    | 'patience'
    | 'told'
    | 'audit';
  readonly about: string;
  readonly what: string;
}

/** What was done. */
export interface Counts {
  terminalDays: number;
  items: number;
  /** Of those who came when everything was over. */
  lastItems: number;
  requests: number;
  steps: number;
  crashes: number;
  platformCrashes: number;
  restores: number;
  clones: number;
  replaced: number;
  moved: number;
  sticks: number;
  held: number;
  revoked: number;
  opened: number;
  openedWithAge: number;
}

/** Nothing yet. */
export function noCounts(): Counts {
  return {
    terminalDays: 0,
    items: 0,
    lastItems: 0,
    requests: 0,
    steps: 0,
    crashes: 0,
    platformCrashes: 0,
    restores: 0,
    clones: 0,
    replaced: 0,
    moved: 0,
    sticks: 0,
    held: 0,
    revoked: 0,
    opened: 0,
    openedWithAge: 0,
  };
}

/** Ends a story. */
export class Broken extends Error {
  readonly violations: Outcome['violations'];
  constructor(violations: Outcome['violations']) {
    super('a promise was not kept');
    this.violations = violations;
  }
}
