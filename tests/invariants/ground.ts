import type { PlatformDisk, TerminalDisk } from './disks.ts';

/** A receipt that came into somebody's hand: what `Outbox.submit` resolved with. */
export interface Printed {
  readonly submissionId: string;
  readonly receiptNumber: string;
  readonly envelopeSha256: string;
}

/** What somebody read on a screen, on paper or on a verification page about an item. */
export interface Shown {
  readonly submissionId: string;
  /** `waiting`: 已提交、待上传. Anything else claims to know that the platform has it. */
  readonly said: 'waiting' | 'received' | 'archived';
}

/**
 * What people saw, written down by whoever plays them, outside of what may crash. Write `printed` only
 * when the receipt was really given: after `submit` resolved.
 */
export interface Witness {
  readonly printed: readonly Printed[];
  readonly shown: readonly Shown[];
  /** Texts of people that were handed in (names, ID numbers, addresses): none may stand on any disk. */
  readonly people: readonly string[];
}

/** Everything there is to look at, at one moment. */
export interface Ground {
  /** Also those whose machine is out of use: what lies in their outbox still lies there. */
  readonly terminals: readonly TerminalDisk[];
  /** `undefined`: not looked at; then only what the terminals show is checked. */
  readonly platform: PlatformDisk | undefined;
  readonly witness: Witness;
  /**
   * Places (region + terminal, 12 digits) where a terminal's disk was copied: two machines with one key
   * mint the same numbers. There a number may repeat if the platform noticed.
   */
  readonly clonedPlaces?: ReadonlySet<string>;
  /**
   * The platform came back from a backup and not every terminal has asked it since: what a terminal
   * knows may be more than the platform has now. What is archived must be there all the same.
   */
  readonly restored?: boolean;
  /** Names of terminals that the platform revoked: nothing of them gets further but on a stick. */
  readonly revoked?: ReadonlySet<string>;
  /** Every core was started after its last crash and all is sent: nothing may be left over any more. */
  readonly settled?: boolean;
  /** Nothing ever happened to the disks but kills of processes: no index is broken, at no moment. */
  readonly onlyKilled?: boolean;
}

/** One promise that does not hold. */
export interface Violation {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7';
  /** Submission id, receipt number or file; nothing of a person. */
  readonly about: string;
  readonly what: string;
}
