import type { StoredItem, Submission } from '../../main/core/outbox/contract.ts';
import {
  createDurableCore,
  type DurableConfig,
  type DurableCore,
} from '../../main/core/durable.ts';
import { signerFromSeed } from '../../main/core/keys/ed25519.ts';
import { rootOnlyFileKeyStore } from '../../main/core/keys/key-store.ts';
import type { Clock, Ports } from '../../main/core/ports.ts';
import { AdminRefusal } from '../../main/core/server/admin-socket-answers.ts';
import { outboxCommands } from '../../main/core/server/admin-socket-outbox.ts';
import { isDiskFull } from '../../main/core/storage/storage-error.ts';
import type { Chance } from './chance.ts';
import type { Link } from './link.ts';
import { MachineIsDead, type Machine, type Run } from './machine.ts';
import { simulatedSeal } from './simulated-seal.ts';

const MINUTE = 60_000;
/** A clock that shows an earlier time is wrong. */
export const BUILD_DATE = '2026-06-01T00:00:00Z';

/** Seldom polls and small pieces: a day shall not cost the simulation more than it must. */
const CONFIG: DurableConfig = {
  environment: 'demo',
  softwareVersion: '0.0.0-simulated',
  enrolmentCode: undefined,
  buildDate: BUILD_DATE,
  minFreeBytes: 1024 * 1024,
  // what one of its people hands in, and more
  sessionBytes: 0,
  backoffCeilingMs: 40 * MINUTE,
  pollEveryMs: 8 * 60 * MINUTE,
  requestDeadlineMs: 30_000,
  chunkBytes: 20_000,
};

/** What a terminal tells the one who plays the people. */
export interface TerminalEvents {
  printed(item: StoredItem, handed: Handed): void;
  /** Somebody was told that it could not be stored. */
  refused(): void;
  shown(submissionId: string, said: 'waiting' | 'received' | 'archived'): void;
  /** A receipt that was given here is told to be of another item. */
  differs(receipt: StoredItem): void;
  /** Something that must not be: it does not start, it throws. */
  wrong(what: string): void;
  /** Its index is another one than before: its audit begins anew. */
  note(line: string): void;
}

/** What somebody hands in. */
export interface Handed {
  readonly submission: (submissionId: string) => Submission;
  readonly twice: boolean;
  readonly age: boolean;
}

/** One terminal on a simulated machine: the real durable core, and the person before it. */
export class DistrictTerminal {
  readonly machine: Machine;
  readonly link: Link;
  code: string;
  /** Where it stands now, and before that, 12 digits each; the newest last. */
  readonly places: string[];
  /** Its keys of before, as they were moved away: by id. */
  readonly earlierKeys = new Map<string, Uint8Array>();
  core: DurableCore | undefined;
  /** In a drawer: nobody switches it on. */
  stowed = false;
  /** Its disk is a copy of another one's. */
  copied = false;
  /** The platform may take nothing of it any more but on a stick. */
  revoked = false;
  /** How far its clock is off. */
  clockOffset = 0;
  /** Its clock begins at 1970 with each start. */
  batteryEmpty = false;
  /** How often its index was lost. */
  lostIndexes = 0;
  /** How long it is off when its power went. */
  downMs = 10 * MINUTE;
  /** A second crash, so many moments after the next start. */
  crashAgain: number | null = null;
  readonly #base: number;
  readonly #chance: Chance;
  readonly #events: TerminalEvents;
  #age = false;
  /** How many applications are being stored. */
  storing = 0;

  constructor(parts: {
    readonly machine: Machine;
    readonly link: Link;
    readonly code: string;
    readonly place: string;
    /** Wall time of the beginning. */
    readonly base: number;
    readonly chance: Chance;
    readonly events: TerminalEvents;
  }) {
    this.machine = parts.machine;
    this.machine.slowMs = 60;
    this.link = parts.link;
    this.code = parts.code;
    this.places = [parts.place];
    this.#base = parts.base;
    this.#chance = parts.chance;
    this.#events = parts.events;
  }

  get name(): string {
    return this.machine.name;
  }

  /** 12 digits */
  get place(): string {
    return this.places.at(-1) ?? '';
  }

  /** Switches it on; the core opens its folder in its own time. */
  boot(): void {
    if (this.machine.run || this.stowed) return;
    const run = this.machine.powerOn();
    if (this.batteryEmpty) this.clockOffset = -this.#base - this.machine.scheduler.now;
    if (this.crashAgain !== null) {
      this.machine.crashAfter = this.crashAgain;
      this.crashAgain = null;
    }
    createDurableCore(this.#portsOf(run), { ...CONFIG, enrolmentCode: this.code }).then(
      (core) => {
        if (!run.alive) return;
        this.core = core;
        core.start();
      },
      (error: unknown) => {
        if (!run.alive || error instanceof MachineIsDead) return;
        this.machine.powerOff();
        const full = this.machine.files.full || isDiskFull(error);
        if (!full) {
          const { cause } = error as { readonly cause?: unknown };
          this.#events.wrong(`${this.name} does not start: ${String(error)} ${String(cause)}`);
        }
        // its shell starts it again
        this.#later(5 * MINUTE, 'is started again', () => this.boot());
      },
    );
  }

  /** To be called when its machine went down. */
  wentDown(): void {
    this.core = undefined;
    // nobody hears how it came out
    this.storing = 0;
    this.#later(this.downMs, 'is switched on', () => this.boot());
  }

  /** Somebody fills in a form; goes away after some refusals, for then nothing was promised. */
  handIn(handed: Handed, tries = 4, submissionId?: string): void {
    const again = (id?: string): void => {
      if (tries > 1) {
        this.#later(this.#chance.between(5, 90) * MINUTE, 'somebody comes again', () =>
          this.handIn(handed, tries - 1, id),
        );
      }
    };
    const { core } = this;
    const { run } = this.machine;
    if (!core || !run || core.outbox.taking() !== 'yes') {
      // nothing was begun: whoever comes again has a new application, unless the page kept its copy
      again(submissionId);
      return;
    }
    const id = submissionId ?? core.outbox.newSubmissionId();
    const submission = handed.submission(id);
    this.#age = handed.age;
    let printed = false;
    const touch = (): Promise<void> => {
      this.storing++;
      return core.outbox.submit(submission).then((stored) => {
        if (!run.alive) return;
        this.storing--;
        printed ||= stored.ok;
        if (stored.ok) this.#events.printed(stored.value, handed);
        else {
          this.#events.refused();
          again(id);
        }
      });
    };
    const touches = handed.twice ? [touch(), touch()] : [touch()];
    Promise.all(touches).catch((error: unknown) => {
      if (run.alive) this.#events.wrong(`submit rejected: ${String(error)}`);
    });
    // the power went while it was stored: the page may offer its copy again, but no page lives so long that
    // what it shows the receipt of was given up and forgotten with the index
    const { lostIndexes } = this;
    this.machine.scheduler.after(PEOPLE, 3 * 60 * MINUTE, `${this.name} is it done`, () => {
      const offered = !run.alive && this.#chance.often(0.5);
      if (offered && (!printed || this.lostIndexes === lostIndexes)) this.handIn(handed, 1, id);
    });
  }

  /** Somebody asks where an application stands, on the screen or with the code of a receipt. */
  look(receipts: readonly StoredItem[]): void {
    const { core } = this;
    const { run } = this.machine;
    if (!core || !run || receipts.length === 0) return;
    for (const { receiptNumber } of receipts.slice(-8)) {
      const found = core.outbox.find(receiptNumber);
      if (!found) continue;
      // where a disk was copied, another one's may have the same number
      const { submissionId, state } = found;
      this.#events.shown(
        submissionId,
        state === 'received' || state === 'archived' ? state : 'waiting',
      );
    }
    const one = this.#chance.pick(receipts);
    core.verifyReceipt(one.qr).then(
      ({ item, signature }) => {
        if (!run.alive) return;
        // of before a move the code is made anew with a lost index, by another key (docs/STATE.md)
        const byLaterKey = this.lostIndexes > 0 && !one.receiptNumber.startsWith(this.place);
        if (signature === 'invalid' && !byLaterKey) {
          this.#events.wrong('a receipt of its own is called forged');
        }
        if (item === 'differs') this.#events.differs(one);
        this.#events.shown(one.submissionId, item === 'arrived' ? 'received' : 'waiting');
      },
      () => undefined,
    );
  }

  /** A technician sends on its way again what was held, by its number. */
  release(): void {
    const { core } = this;
    if (!core) return;
    const release = outboxCommands(core)['outbox.release'];
    const { signal } = new AbortController();
    try {
      for (const { state, submissionId, receiptNumber } of core.outbox.list()) {
        if (state !== 'held') continue;
        const said = release?.({ receiptNumber }, signal);
        if (said instanceof AdminRefusal && !core.outbox.release(submissionId)) {
          this.#events.wrong(`${receiptNumber} is held and cannot be released: ${said.error}`);
        }
      }
    } catch (error) {
      if (!(error instanceof MachineIsDead) && !isDiskFull(error)) throw error;
    }
  }

  /** A machine with the same disk, byte by byte. */
  copyDiskOf(other: DistrictTerminal): void {
    this.copied = true;
    this.places.splice(0, Infinity, ...other.places);
    for (const [id, key] of other.earlierKeys) this.earlierKeys.set(id, key);
    this.machine.files.copyOf(other.machine.files, other.machine.disk, this.machine.disk);
  }

  /**
   * It gets the code of a place; the machine must be off.
   * @param newKey its key is moved away, and it makes another; else its record goes, and it is enrolled with the same
   */
  enrolAnew(place: string, code: string, newKey: boolean): void {
    const { disk, files } = this.machine;
    this.code = code;
    if (place !== this.place) this.places.push(place);
    if (newKey) {
      const file = `${disk}/keys/terminal.ed25519`;
      const { keyId, publicKey } = signerFromSeed(files.read(file));
      this.earlierKeys.set(keyId, publicKey);
      files.remove(file);
    } else files.remove(`${disk}/enrolment.json`);
    files.forget();
  }

  /** The index is gone; the machine must be off. */
  loseIndex(): void {
    this.lostIndexes++;
    this.machine.files.removeDatabase(`${this.machine.disk}/outbox/index.db`);
  }

  /** Whether an envelope lies in the index and may have no file yet. */
  filing(): boolean {
    const index = this.machine.run?.database('outbox/index.db');
    const table = "SELECT 1 FROM sqlite_master WHERE name = 'unfiled_envelope'";
    return (
      index?.prepare(table).get() !== undefined &&
      index.prepare('SELECT 1 FROM unfiled_envelope').get() !== undefined
    );
  }

  #later(ms: number, what: string, go: () => void): void {
    this.machine.scheduler.after(PEOPLE, ms, `${this.name} ${what}`, go);
  }

  #portsOf(run: Run): Ports {
    const { machine } = this;
    const { scheduler } = machine;
    const chance = this.#chance.fork(run.name);
    const started = scheduler.now;
    const clock: Clock = {
      // as a real one: whole milliseconds
      wall: () => Math.floor(this.#base + scheduler.now + this.clockOffset),
      now: () => scheduler.now - started,
      after: (ms, callback) => scheduler.after(run, ms, 'wakes', callback),
    };
    const randomness = { bytes: (length: number) => chance.bytes(length) };
    return {
      clock,
      randomness,
      network: this.link.networkOf(run),
      processes: {
        start: () => {
          throw new Error('no processes in a simulation');
        },
      },
      seal: simulatedSeal(run, chance, () => this.#age),
      keyStore: rootOnlyFileKeyStore(run.folder, randomness),
      roots: { data: run.folder, work: undefined },
      crashPoint: (moment) => {
        if (!run.instant(moment)) throw new MachineIsDead();
      },
    };
  }
}

/** People and their hands; they live longer than any machine's run. */
export const PEOPLE = { name: 'people', alive: true } as const;
