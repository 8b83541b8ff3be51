import { basename, dirname } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { auditRow } from '../invariants/disks.ts';
import type { Violation } from '../invariants/ground.ts';
import { Ledger, type AuditedItem } from '../invariants/ledger.ts';
import type { DistrictPlatform } from './district-platform.ts';
import type { DistrictTerminal } from './district-terminal.ts';
import type { Run } from './machine.ts';
import type { Unkept } from './outcome.ts';

type Row = Readonly<Record<string, unknown>>;
type Wrong = Violation | Unkept;
const NOTHING: readonly Wrong[] = [];

/** What watching needs to know of the others. */
export interface Around {
  readonly platform: DistrictPlatform;
  /** Receipt number → submission id, of everybody. */
  readonly numbers: Map<string, string>;
  /** Places where a disk was copied. */
  readonly cloned: ReadonlySet<string>;
  /** An item was held for a person. */
  readonly held: () => void;
}

/**
 * The invariants after each step, for one terminal: only what was committed or taken away since the last
 * look is checked.
 */
export class Watch {
  readonly terminal: DistrictTerminal;
  readonly #around: Around;
  #ledger = new Ledger();
  #lastSeq = 0;
  #lastHash = '';
  #run: Run | undefined;
  #commits = 0;
  /** Envelopes in the index at the last look: name → size. */
  #unfiled: ReadonlyMap<string, number> = new Map();
  #found: Wrong[] = [];
  #look: DatabaseSync | undefined;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(terminal: DistrictTerminal, around: Around) {
    this.terminal = terminal;
    this.#around = around;
    terminal.machine.files.onRemoved = (path) => {
      if (this.#follow()) this.#found.push(...this.#removed(path));
    };
  }

  /** What does not hold any more. */
  check(): readonly Wrong[] {
    this.#follow();
    this.#seeCommits();
    if (this.#found.length === 0) return NOTHING;
    const found = this.#found;
    this.#found = [];
    return found;
  }

  /** Its power went: what it committed last is looked at now, before others go on. */
  wentDown(): void {
    this.#follow();
  }

  #seeCommits(): void {
    const run = this.#run;
    if (!run || run.commits === this.#commits) return;
    this.#commits = run.commits;
    this.#found.push(...this.#audited(), ...this.#filed());
  }

  /** The run that is looked at: the machine's, from its beginning to its last commit. */
  #follow(): Run | undefined {
    const { run } = this.terminal.machine;
    if (run !== this.#run) {
      this.#seeCommits();
      this.#close();
      this.#run = run;
      this.#commits = 0;
    }
    return run;
  }

  /** Where each of its items stood at the last look. */
  items(): Iterable<AuditedItem> {
    return this.#ledger.items.values();
  }

  /** Sealed files that lie there though nothing was stored of them; to be asked when nothing is being stored. */
  leftBehind(): readonly Wrong[] {
    if (!this.#follow()) return [];
    const { disk, files } = this.terminal.machine;
    const rows = this.#all(
      'SELECT envelope_sha256 AS name FROM item UNION SELECT sha256 FROM attachment',
    );
    const named = new Set(rows.map(({ name }) => String(name)));
    const left = files.names(`${disk}/outbox/blobs`).filter((name) => !named.has(name));
    const what = 'was refused, and its sealed files lie there';
    return left.map((about) => ({ invariant: 'refused', about, what }));
  }

  /** Its index was lost or is another one: the audit begins anew. */
  beginAnew(): void {
    this.#close();
    this.#ledger = new Ledger();
    this.#lastSeq = 0;
    this.#lastHash = '';
    this.#unfiled = new Map();
  }

  #close(): void {
    this.#look = undefined;
    this.#prepared.clear();
    this.#run = undefined;
  }

  /** Reads through the run's own connection: between two steps no transaction is open there. */
  #all(sql: string, ...values: readonly (string | number)[]): readonly Row[] {
    if (!this.#look) {
      const look = this.#run?.database('outbox/index.db');
      const table = look?.prepare("SELECT 1 FROM sqlite_master WHERE name = 'item'").get();
      if (!table) return [];
      this.#look = look;
    }
    let statement = this.#prepared.get(sql);
    if (!statement) {
      statement = this.#look?.prepare(sql);
      if (!statement) return [];
      this.#prepared.set(sql, statement);
    }
    return statement.all(...values);
  }

  /** A file may go only when no row names it any more: the power may go with the next breath. */
  #removed(path: string): readonly Violation[] {
    if (basename(dirname(path)) !== 'blobs') return [];
    const name = basename(path);
    const needed = this.#all(
      `SELECT submission_id FROM item WHERE ciphertext_deleted = 0 AND (envelope_sha256 = ?
         OR submission_id IN (SELECT submission_id FROM attachment WHERE sha256 = ?))`,
      name,
      name,
    );
    return needed.map((row) => ({
      invariant: 'I2',
      about: String(row['submission_id']),
      what: `${this.terminal.name}: a sealed file that its row names was removed`,
    }));
  }

  #audited(): readonly Wrong[] {
    const rows = this.#all('SELECT * FROM audit_event WHERE seq > ? ORDER BY seq', this.#lastSeq);
    const violations: Wrong[] = [];
    const wrong = (invariant: Wrong['invariant'], about: string, what: string): void =>
      void violations.push({ invariant, about, what: `${this.terminal.name}: ${what}` });
    const touched = new Set<string>();
    // what another one wrote down was true then; the platform may have been restored since
    const inherited = this.terminal.copied && this.#lastSeq === 0;
    for (const row of rows.map(auditRow)) {
      if (this.#lastHash !== '' && row.prevHash !== this.#lastHash) {
        wrong('I6', `event ${row.seq}`, 'the chain breaks');
      }
      this.#lastSeq = row.seq;
      this.#lastHash = row.hash;
      const id = row.submissionId;
      if (id === null) continue;
      touched.add(id);
      const impossible = this.#ledger.take(row);
      if (impossible !== undefined) wrong('I6', id, impossible);
      if (row.event === 'itemStored') this.#stored(id, row.receiptNumber ?? '', wrong);
      if (row.event === 'itemHeld') {
        this.#around.held();
        if (!inherited && !this.#refused(id))
          wrong('held', id, 'held, and the platform refused nothing');
      }
      if (row.event === 'itemArchived' && !inherited && !this.#around.platform.hasArchived(id)) {
        wrong('I7', id, 'called archived, and no backup has it');
      }
      if (
        row.event === 'ciphertextDeleted' &&
        !inherited &&
        !this.#around.platform.hasArchived(id)
      ) {
        wrong('I2', id, 'sealed files given up, and no backup has them');
      }
      // what was held may have come there on a stick
      if (row.event === 'itemReleased' || row.event === 'itemReceived') this.#refusedNoMore(id);
      if (row.event === 'itemReceived' && this.#around.platform.speaks && !inherited) {
        if (this.#around.platform.envelopeOf(id) === undefined) {
          wrong('I7', id, 'called received, and the platform has it not');
        } else if (!this.#around.platform.hasAttachments(id)) {
          // a platform that lacks files asks for them later, so at the end nothing would be left of it
          wrong('I7', id, 'called received, and the platform lacks attachments of it');
        }
      }
    }
    for (const id of touched) {
      const [row] = this.#all('SELECT state FROM item WHERE submission_id = ?', id);
      const told = this.#ledger.items.get(id)?.state;
      if (row?.['state'] !== told) {
        wrong('I6', id, `is ${String(row?.['state'])}, the audit says ${told ?? 'nothing'}`);
      }
    }
    return violations;
  }

  /** The names under which the platform knows an item and its parts. */
  #sent(id: string): readonly string[] {
    const rows = this.#all('SELECT sha256 FROM attachment WHERE submission_id = ?', id);
    return [id, ...rows.map((row) => String(row['sha256']))];
  }

  #refused(id: string): boolean {
    const { refused } = this.#around.platform;
    return this.#sent(id).some((name) => refused.has(name));
  }

  #refusedNoMore(id: string): void {
    const { platform, cloned } = this.#around;
    // two machines may each have heard it
    if (cloned.has(this.terminal.place)) return;
    for (const name of this.#sent(id)) platform.refused.delete(name);
  }

  #stored(
    id: string,
    number: string,
    wrong: (invariant: Wrong['invariant'], about: string, what: string) => void,
  ): void {
    const before = this.#around.numbers.get(number);
    if (before !== undefined && before !== id && !this.#around.cloned.has(this.terminal.place)) {
      wrong('I5', number, 'given twice');
    }
    this.#around.numbers.set(number, id);
    const files = this.#all(
      `SELECT envelope_sha256 AS name, envelope_size AS size FROM item
         WHERE submission_id = ?1 AND ciphertext_deleted = 0
       UNION ALL SELECT sha256, size FROM attachment JOIN item USING (submission_id)
         WHERE submission_id = ?1 AND ciphertext_deleted = 0`,
      id,
    );
    const unfiled = this.#all(
      'SELECT envelope_sha256 AS name, length(bytes) AS size FROM unfiled_envelope JOIN item USING (submission_id) WHERE submission_id = ?',
      id,
    );
    for (const { name, size } of files) {
      const inIndex = unfiled.some((each) => each['name'] === name && each['size'] === size);
      if (!inIndex && !this.#lies(String(name), Number(size))) {
        wrong('I2', id, 'its row stands before its file');
      }
    }
  }

  #lies(name: string, size: number): boolean {
    const { disk, files } = this.terminal.machine;
    const path = `${disk}/outbox/blobs/${name}`;
    return files.exists(path) && files.size(path) === size;
  }

  /** The index may forget an envelope only when its file lies there. */
  #filed(): readonly Violation[] {
    const rows = this.#all(
      'SELECT envelope_sha256 AS name, envelope_size AS size FROM unfiled_envelope JOIN item USING (submission_id)',
    );
    const before = this.#unfiled;
    this.#unfiled = new Map(rows.map(({ name, size }) => [String(name), Number(size)]));
    return [...before]
      .filter(([name, size]) => !this.#unfiled.has(name) && !this.#lies(name, size))
      .map(([name]) => ({
        invariant: 'I2',
        about: name,
        what: `${this.terminal.name}: an envelope left the index before its file was there`,
      }));
  }
}
