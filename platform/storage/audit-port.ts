import type { AuditBatch, AuditEvent, AuditHeld, AuditPlace } from '../../domain/wire/audit.ts';

/**
 * How a chain of audit events came to be. `first`: at event 1. Anything else is told to people: `anew`, at
 * event 1 beside another one; `fork`, after an event that another chain goes on from; `gap`, after an event
 * that is not held.
 */
export type AuditOrigin = 'first' | 'anew' | 'fork' | 'gap';

/** A chain of a terminal's audit events. What a `fork` has in common lies in the one it comes from. */
export interface AuditChainRow {
  /** Its number among all. */
  readonly chain: number;
  readonly terminalId: string;
  readonly origin: AuditOrigin;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly lastHash: string;
  /** Of its last event, by the terminal's clock. */
  readonly lastTime: string;
  /** The last event in which the terminal signed all before, with a key of its place; 0: none. */
  readonly signedThrough: number;
  /** The first checkpoint that nobody signed who is known here. */
  readonly badCheckpoint: number | null;
  readonly begunAt: string;
  readonly receivedAt: string;
  /** What an auditor found out about what is odd with it; null: nobody has looked into that. */
  readonly lookedInto: ChainFinding | null;
}

/** Why a chain is odd, as an auditor may find: no free text, so nothing of a person. */
export const chainCauses = [
  'diskReplaced',
  'indexLost',
  'diskCopied',
  'tampered',
  'other',
] as const;

/** One of them. */
export type ChainCause = (typeof chainCauses)[number];

/** What somebody found out about a chain. */
export interface ChainFinding {
  readonly cause: ChainCause;
  /** Name of the auditor. */
  readonly by: string;
  readonly at: string;
}

/** An event as it came. */
export type ArrivedEvent = AuditEvent & {
  /** Counts every event of every terminal in the order of their coming. */
  readonly arrival: number;
  readonly chain: number;
};

/** Audit chains of all terminals. Events are only added; they go when they are old. */
export interface AuditStore {
  /**
   * Stores the events of a chain that are not held yet, in one durable transaction. They hold together, and
   * their signatures were looked at. `elsewhere`: what stands before them is not held.
   */
  append(
    terminalId: string,
    batch: AuditBatch & Pick<AuditChainRow, 'signedThrough' | 'badCheckpoint'>,
    at: string,
  ): Promise<AuditHeld | 'elsewhere'>;
  /** The highest of these places that is held. */
  stand(terminalId: string, known: readonly AuditPlace[]): Promise<AuditHeld>;
  /** The end of the chain that was last added to. */
  newest(terminalId: string): Promise<AuditHeld>;
  /** Of every terminal, in the order in which they began. */
  chains(): Promise<readonly AuditChainRow[]>;
  /**
   * Notes what was found out about an odd chain; what is found wrong with it later asks for a new look.
   * @returns false when this terminal has no such chain
   */
  lookInto(terminalId: string, chain: number, finding: ChainFinding): Promise<boolean>;
  /** Events of a terminal, those that came last first. @param before an arrival */
  events(terminalId: string, limit: number, before?: number): Promise<readonly ArrivedEvent[]>;
  /** Counts every event that ever came. */
  lastArrival(): Promise<number>;
  /** All up to that arrival lies in a verified backup. */
  setArchivedThrough(arrival: number): Promise<void>;
  /**
   * Counts on how long the platform has run, and removes events since whose coming it has run for `keepMs`; what
   * chains end with is kept. No clock is asked: one that jumps would take all that is older with it.
   *
   * @param ranMs how long it ran since this was last counted
   * @returns how many
   */
  forgetOld(ranMs: number, keepMs: number): Promise<number>;
}
