import type { CaseAction, CaseState } from '../../domain/application-state.ts';
import type { AttachmentRef, ItemKind } from '../../domain/envelope/header.ts';
import type { BundleKind, FeedEvent, ItemReceived } from '../../domain/wire/platform.ts';
import type { AuditStore } from './audit-port.ts';

/**
 * A database that is to be copied cannot be opened or read. Of the error alone nobody could tell: SQLite says of a
 * database that is gone what it says of a new file that it cannot make.
 */
export class SourceUnreadable extends Error {
  override readonly name = 'SourceUnreadable';
  /** SQLite's own number for it. */
  readonly errcode: unknown;

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.errcode = (cause as { readonly errcode?: unknown } | null)?.errcode;
  }
}

/** A terminal that was enrolled. Public keys are raw 32 bytes as base64url. Times are ISO 8601. */
export interface TerminalRow {
  readonly terminalId: string;
  readonly region: string;
  readonly terminal: string;
  readonly generation: number;
  readonly publicKey: string;
  readonly keyId: string;
  readonly enrolledAt: string;
  readonly revokedAt: string | null;
}

/** A terminal's last heartbeat, as it came. */
export interface HeartbeatRow {
  readonly terminalId: string;
  readonly at: string;
  readonly bodyJson: string;
}

/** What an enrolment code is worth. `spent`: another key has used it; `keyElsewhere`: the key stands at another place. */
export type Enrolled =
  | { readonly kind: 'enrolled'; readonly terminal: TerminalRow }
  | { readonly kind: 'unknownCode' | 'spent' | 'revokedKey' | 'keyElsewhere' };

/** Codes, terminals and what proves them. */
export interface TerminalStore {
  /** Adds a code, or leaves the one that is there. Only its hash is kept. */
  addCode(code: {
    readonly sha256: string;
    readonly region: string;
    readonly terminal: string;
    readonly reusable: boolean;
  }): Promise<void>;
  /** Spends a code. The same key asking again gets the same terminal: an answer may have been lost. */
  enrol(request: {
    readonly codeSha256: string;
    readonly publicKey: string;
    readonly keyId: string;
    readonly softwareVersion: string;
    readonly at: string;
  }): Promise<Enrolled>;
  find(terminalId: string): Promise<TerminalRow | undefined>;
  findByKey(keyId: string): Promise<readonly TerminalRow[]>;
  all(): Promise<readonly TerminalRow[]>;
  /** Changes whenever a terminal is enrolled or revoked. */
  mark(): Promise<string>;
  /** Changes with each terminal, revocation, code and code that is spent; `''`: there is none of them. */
  registry(): Promise<string>;
  /**
   * Revokes the key of a terminal: every enrolment of it, for who has the key can sign as each of them.
   * @returns ids of all that were revoked now; none when there is no such terminal or its key was revoked before
   */
  revoke(terminalId: string, at: string): Promise<readonly string[]>;
  /** Remembers the id of an assertion; false when it was used before. Expired ones are forgotten. */
  useAssertion(terminalId: string, jti: string, expiresAt: number, now: number): Promise<boolean>;
  noteHeartbeat(terminalId: string, at: string, bodyJson: string): Promise<void>;
  /** The last heartbeat of every terminal that ever sent one. */
  heartbeats(): Promise<readonly HeartbeatRow[]>;
}

/** A signed bundle as it was given out. */
export interface BundleRow {
  readonly kind: BundleKind;
  readonly version: number;
  readonly issuedAt: string;
  readonly contentSha256: string;
  readonly contentJson: string;
  readonly jws: string;
}

/** Every version of the catalogue; of keys and policy the newest, for nobody reads an older one. */
export interface BundleStore {
  latest(kind: BundleKind): Promise<BundleRow | undefined>;
  /** Adds a version above all before; older ones that nobody reads go with the same commit. */
  add(row: BundleRow): Promise<void>;
  /** All versions that are kept of the content, newest first: a form is checked against the version it was filled in. */
  contents(kind: BundleKind): Promise<readonly string[]>;
}

/** An item and its case. Nothing here is of a person. */
export interface ItemRow {
  readonly submissionId: string;
  readonly kind: ItemKind;
  readonly receiptNumber: string;
  readonly serviceId: string;
  readonly terminalId: string;
  /** region + terminal */
  readonly place: string;
  readonly envelopeSha256: string;
  readonly attachments: readonly AttachmentRef[];
  /** By the terminal's clock. */
  readonly createdAt: string;
  readonly receivedAt: string;
  readonly caseNumber: string;
  readonly cursor: number;
  readonly state: CaseState;
  readonly reviewedAt: string | null;
  /** What the review found, as codes. */
  readonly problems: readonly string[];
  /** Envelopes with the same id and other content that are kept. */
  readonly conflicts: readonly string[];
  /** Its files that were lost here and that people have given up. None: it is whole, as far as is known. */
  readonly givenUp: readonly GivenUpFile[];
}

/** Why nobody brings a lost file again, as a person may state: no free text, so nothing of a person. */
export const lossCauses = [
  'terminalDestroyed',
  'terminalDiskFailed',
  'terminalStolen',
  'archiveLost',
  'other',
] as const;

/** One of them. */
export type LossCause = (typeof lossCauses)[number];

/** That a lost file is given up, and who stated it. */
export interface GivenUpFile {
  readonly sha256: string;
  readonly cause: LossCause;
  /** Name of the operator. */
  readonly by: string;
  readonly at: string;
}

/** Whether an item lies in a verified backup, with all its files. */
export function isArchived(
  { cursor, givenUp }: Pick<ItemRow, 'cursor' | 'givenUp'>,
  archivedThrough: number,
): boolean {
  return cursor <= archivedThrough && givenUp.length === 0;
}

/** What is stored of a new item. */
export type NewItem = Omit<
  ItemRow,
  'caseNumber' | 'cursor' | 'state' | 'reviewedAt' | 'problems' | 'conflicts' | 'givenUp'
> & { readonly handleItemCode: string };

/** One thing that happened to a case. */
export interface CaseEvent extends FeedEvent {
  /** `null`: the reception. */
  readonly action: CaseAction | 'review' | null;
  /** Name of a console user, `platform`, or null for the terminal. */
  readonly actor: string | null;
  /** Materials and fields that a supplement asks for: `material:<id>`, `field:<id>`. */
  readonly reasons: readonly string[];
}

/** Items, their cases and the feed. */
export interface ItemStore {
  /**
   * Stores an item and its reception in one durable transaction, with a case number of its own and the
   * next cursor. `alreadyThere` with the first answer when the id is known.
   */
  receive(
    item: NewItem,
    caseDay: string,
  ): Promise<{ readonly kind: 'stored' | 'alreadyThere'; readonly answer: ItemReceived }>;
  answer(submissionId: string): Promise<ItemReceived | undefined>;
  /** Notes that a terminal of another place than the item's has it: the feed of that place tells of it from now on. */
  noteBroughtBy(submissionId: string, place: string): Promise<void>;
  /** Ids of the items that are noted so. */
  broughtBy(place: string): Promise<readonly string[]>;
  keepConflict(submissionId: string, sha256: string, terminalId: string, at: string): Promise<void>;
  /** Notes that lost files of an item are given up; what was given up before stays as it was stated. */
  giveUp(
    submissionId: string,
    files: readonly string[],
    statement: Omit<GivenUpFile, 'sha256'>,
  ): Promise<void>;
  /** Items of which files are given up, of a place or brought by it (default: of all), newest first. */
  givenUp(place?: string): Promise<readonly ItemRow[]>;
  isGivenUp(submissionId: string): Promise<boolean>;
  /**
   * Nothing of an item is given up any more, for it is whole again. It counts as received now, with a cursor of its
   * own: below the one that it had, a watermark may stand which says nothing of its files.
   * @returns the answer of its reception from now on
   */
  comeBack(submissionId: string, at: string): Promise<ItemReceived>;
  find(submissionId: string): Promise<ItemRow | undefined>;
  findByReceipt(receiptNumber: string): Promise<readonly ItemRow[]>;
  findByCase(caseNumber: string): Promise<ItemRow | undefined>;
  /** Newest first, without what came at or after cursor `before`. */
  list(limit: number, before?: number): Promise<readonly ItemRow[]>;
  /** Items that a terminal sealed at or after `since` (ISO 8601, by its clock), oldest first. */
  ofTerminal(
    terminalId: string,
    since: string,
  ): Promise<readonly Pick<ItemRow, 'submissionId' | 'receiptNumber'>[]>;
  /** Items above a cursor (default: all) that no one has opened and checked yet, oldest first. */
  unreviewed(limit: number, after?: number): Promise<readonly ItemRow[]>;
  /** The highest number of a place on a day (`YYYY-MM-DD`); when there is none, of any day. */
  lastReceiptNumber(place: string, day: string): Promise<string | null>;
  /** Ends the review: `invalid` when problems were found, else the state stays. */
  reviewed(submissionId: string, problems: readonly string[], at: string): Promise<void>;
  /** Moves a case; false when it is no longer in `from`. */
  move(move: {
    readonly submissionId: string;
    readonly from: CaseState;
    readonly to: CaseState;
    readonly action: CaseAction;
    readonly actor: string;
    readonly reasons: readonly string[];
    readonly at: string;
  }): Promise<boolean>;
  history(submissionId: string): Promise<readonly CaseEvent[]>;
  /** The event that has a cursor. */
  eventAt(cursor: number): Promise<Pick<CaseEvent, 'submissionId' | 'at'> | undefined>;
  feed(place: string, after: number, limit: number): Promise<readonly FeedEvent[]>;
  /**
   * Where the feed is to begin of a terminal that asks what comes after a cursor. It has heard everything up to there
   * if that is an event of its place. A higher one than it asked with before that is none was given by a platform that
   * was lost since, of which this is a backup: then what it asked with before, for what this one gave below it since,
   * nobody has told it.
   */
  feedFrom(terminalId: string, place: string, after: number): Promise<number>;
  /** Highest cursor given out so far. */
  lastCursor(): Promise<number>;
  /**
   * Cursors given from now on are above this one; where one as high was given already, they are above that one by
   * `leap`.
   */
  beginAfter(cursor: number, leap: number): Promise<void>;
  /** Number of items with a cursor up to `through`. */
  count(through: number): Promise<number>;
  /** Files of items with `after < cursor <= through`, kept conflicts included, page by page. */
  filesBetween(after: number, through: number): AsyncIterable<SealedNames>;
}

/** An item by its sealed files. */
export type SealedItem = Pick<ItemRow, 'submissionId' | 'place' | 'envelopeSha256' | 'attachments'>;

/** Names of sealed files: each the SHA-256 of its bytes. */
export interface SealedNames {
  /** Whose they are. */
  readonly items: readonly SealedItem[];
  readonly envelopes: readonly string[];
  readonly attachments: readonly string[];
}

/** Who may do what in the console. */
export const consoleRoles = ['clerk', 'auditor', 'operator'] as const;

/** A role of the console. */
export type ConsoleRole = (typeof consoleRoles)[number];

/** A user of the console; the password only as a salted scrypt hash. */
export interface UserRow {
  readonly name: string;
  readonly role: ConsoleRole;
  readonly passwordHash: string;
  readonly failures: number;
  /** Milliseconds since 1970. */
  readonly lockedUntil: number;
}

/** Users of the console. */
export interface UserStore {
  put(user: Pick<UserRow, 'name' | 'role' | 'passwordHash'>): Promise<void>;
  find(name: string): Promise<UserRow | undefined>;
  setFailures(name: string, failures: number, lockedUntil: number): Promise<void>;
}

/** One line of the access log. No personal data: cases by their number. */
export interface AccessEntry {
  readonly at: string;
  readonly actor: string;
  readonly role: string;
  readonly action: string;
  readonly subject: string;
}

/** A line as it is kept, chained to the one before it. */
export interface ChainedEntry extends AccessEntry {
  readonly sequence: number;
  readonly previous: string;
  readonly hash: string;
}

/** Append-only. */
export interface AccessLogStore {
  append(entry: AccessEntry): Promise<void>;
  /** Oldest first. */
  all(): Promise<readonly ChainedEntry[]>;
}

/** What a backup holds: up to which cursor, its last event, and how many items; and the hash of its file. */
export interface BackupContents {
  readonly through: number;
  readonly newest: Pick<CaseEvent, 'submissionId' | 'at'> | undefined;
  readonly items: number;
  readonly sha256: string;
}

/** A copy of the database in the archive, as it was when it was read back. */
export interface VerifiedCopy {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/**
 * All that the platform keeps but the files (see files.ts). SQLite embedded here; a district puts
 * PostgreSQL behind it. Whatever resolved is durable.
 */
export interface PlatformStorage {
  readonly terminals: TerminalStore;
  readonly bundles: BundleStore;
  readonly items: ItemStore;
  readonly users: UserStore;
  readonly accessLog: AccessLogStore;
  readonly audit: AuditStore;
  archivedThrough(): Promise<number>;
  /** Only grows; a lower value is left out of account. */
  setArchivedThrough(cursor: number): Promise<void>;
  /** The newest copy that was verified; `undefined`: of none yet, or by an earlier program. */
  archivedCopy(): Promise<VerifiedCopy | undefined>;
  setArchivedCopy(copy: VerifiedCopy): Promise<void>;
  /** SHA-256 (hex) of the secret of unlock codes that was last there at a start; `undefined`: none was noted yet. */
  unlockSecretHash(): Promise<string | undefined>;
  setUnlockSecretHash(sha256: string): Promise<void>;
  /** Which archive was written last, as its marker says; `undefined`: none that had a marker. */
  archiveId(): Promise<string | undefined>;
  /** The `registry()` of the newest verified copy; `''`: of none yet. */
  archivedRegistry(): Promise<string>;
  setArchivedRegistry(registry: string): Promise<void>;
  setArchiveId(id: string): Promise<void>;
  /** Bytes of the whole database: about what a backup takes. */
  size(): Promise<number>;
  /**
   * Writes a consistent copy of the whole database into a new file.
   *
   * @throws SourceUnreadable where this database is at fault, not the file
   */
  backupTo(file: string): Promise<void>;
  /**
   * Reads a whole backup and says what it holds.
   * @throws Error when it is damaged, with an `errcode` of SQLite, which also comes from another thread
   */
  checkBackup(file: string): Promise<BackupContents>;
  close(): Promise<void>;
}
