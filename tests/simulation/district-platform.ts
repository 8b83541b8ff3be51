import type { DatabaseSync } from 'node:sqlite';
import type { Catalogue } from '../../domain/catalogue/catalogue.ts';
import type { HttpAnswer, HttpRequest } from '../../main/core/ports.ts';
import { OLD_IDENTITIES, PLATFORM_IDENTITY } from '../../platform/keys.ts';
import { assemblePlatform, type AssembledPlatform } from '../../platform/main.ts';
import type { Limits } from '../../platform/server/context.ts';
import { checkerAtOnce } from '../../platform/storage/sqlite/check-backup.ts';
import { verifyAtOnce } from '../../platform/verify.ts';
import type { PlatformMoment } from './aims.ts';
import { newestBackup } from '../invariants/disks.ts';
import { handOver } from './hand-over.ts';
import { MachineIsDead, type Machine } from './machine.ts';
import type { Scheduler } from './scheduler.ts';
import { HOUR } from './story.ts';

/** How often a file operation of the platform waits for its turn. */
const MIXING = 0.1;
/** Some envelopes lie together with others, those with more attachments are files, bytes. */
const TOGETHER = 5100;

/** How long ago the clock stopped of a machine that gets a backup, milliseconds. */
const BEHIND = 300 * 24 * HOUR;

/** With seldom polls nearly every one would need a token of its own: one ends twice a day here. */
const TOKEN_SECONDS = 12 * 60 * 60;

/** An enrolment code that the operator made. */
export interface Code {
  readonly code: string;
  readonly region: string;
  readonly terminal: string;
}

/** Answers to a terminal that asking again does not change, as long as the platform is as it is. */
const REFUSALS: ReadonlySet<number> = new Set([400, 409, 413]);

/** The id of an item, or the hash of an attachment, that a terminal sends something of. */
function sentOf({ method, path }: HttpRequest): string | undefined {
  return /^(PUT|PATCH) \/v1\/(?:items|attachments)\/([0-9a-f]+)$/.exec(`${method} ${path}`)?.[2];
}

/** Sealed files of each item in a database, as they are called below its folder. */
function filesByItem(database: DatabaseSync): ReadonlyMap<string, readonly string[]> {
  const rows = database
    .prepare(
      `SELECT submissionId, 'envelopes' AS room, envelopeSha256 AS sha256 FROM items
         UNION ALL SELECT submissionId, 'attachments', sha256 FROM itemAttachments`,
    )
    .all()
    .map(({ submissionId, room, sha256 }) => ({
      id: String(submissionId),
      name: `${String(room)}/${String(sha256).slice(0, 2)}/${String(sha256)}`,
    }));
  const items = Map.groupBy(rows, ({ id }) => id);
  return new Map([...items].map(([id, its]) => [id, its.map(({ name }) => name)]));
}

/** What of an item a request brings. */
function takesOf({ method, path }: HttpRequest): PlatformMoment | undefined {
  if (method === 'PUT' && path.startsWith('/v1/items/')) return 'takes an envelope';
  return method === 'PATCH' && path.startsWith('/v1/attachments/')
    ? 'takes an attachment'
    : undefined;
}

/** The real platform on a simulated machine. */
export class DistrictPlatform {
  readonly machine: Machine;
  readonly codes: Code[] = [];
  restores = 0;
  /** How long it is off when its power went, milliseconds. */
  downMs = HOUR;
  /** What its operator takes less of than usual; counts from the next start on. */
  strict: Partial<Limits> = {};
  /** Ids of items and hashes of attachments that it itself refused, and nobody sent on their way again since. */
  readonly refused = new Set<string>();
  /** Ids of items that it had when it came back from a backup, some of them not any more. */
  readonly #lost = new Set<string>();
  #assembled: AssembledPlatform | undefined;
  #catalogue: Catalogue;
  #edition = 1;
  /** It came back from a backup and did not start since. */
  #replaced = true;
  /** Sealed files of each item in the newest backup, when that was last looked at. */
  #backup:
    { readonly path: string; readonly items: ReadonlyMap<string, readonly string[]> } | undefined;
  readonly #now: () => number;
  readonly #scheduler: Scheduler;
  readonly #gone = new Set<() => void>();

  constructor(parts: {
    readonly machine: Machine;
    readonly catalogue: Catalogue;
    readonly now: () => number;
    readonly scheduler: Scheduler;
  }) {
    this.machine = parts.machine;
    this.machine.slowMs = 400;
    this.#catalogue = parts.catalogue;
    this.#now = parts.now;
    this.#scheduler = parts.scheduler;
  }

  /** Whether it takes less than usual. */
  get isStrict(): boolean {
    return Object.keys(this.strict).length > 0;
  }

  get up(): boolean {
    return this.#assembled !== undefined;
  }

  /** What its administrator shows; `undefined` while it is down. */
  get adminToken(): string | undefined {
    return this.#assembled?.context.adminToken;
  }

  /** What it opens with; none while it is down. */
  get ageIdentities(): readonly string[] {
    return this.#assembled?.context.keys.ageIdentities ?? [];
  }

  /** The operator revokes a terminal. False when it was not to be reached. */
  async revoke(terminalId: string): Promise<boolean> {
    if (this.adminToken === undefined) return false;
    const answer = await this.#scheduler.foreign(
      this.deliver({
        method: 'POST',
        path: `/v1/admin/terminals/${terminalId}/revoke`,
        headers: { authorization: `Bearer ${this.adminToken}` },
        deadlineMs: 30_000,
      }),
    );
    return answer?.status === 200;
  }

  /** Switches it on; it serves when this resolves. */
  async boot(): Promise<void> {
    const { machine } = this;
    const run = machine.powerOn();
    machine.mixing = 0;
    // some new hardware learns the time only once it is up
    let behind = this.#replaced && this.restores % 2 === 1 ? BEHIND : 0;
    const starting = assemblePlatform(
      {
        dataDir: run.folder,
        catalogue: this.#catalogue,
        policy: {},
        enrolmentCodes: this.codes,
        archiveEveryMs: 0,
        reviewLullMs: 0,
        tokenSeconds: TOKEN_SECONDS,
        togetherBytes: TOGETHER,
        limits: { requestsPerMinute: 1_000_000_000, ...this.strict },
        now: () => this.#now() - behind,
        uptime: this.#now,
        verify: verifyAtOnce,
        backups: checkerAtOnce,
      },
      () => 'https://platform.example',
    ).catch((error: unknown) => {
      // the power went while it started
      if (!run.alive) return undefined;
      throw error;
    });
    const assembled = await this.#scheduler.foreign(this.#orGone(starting));
    behind = 0;
    if (!assembled || !run.alive) return;
    machine.mixing = MIXING;
    this.#assembled = assembled;
    this.#replaced = false;
    assembled.context.review.poke();
  }

  /** To be called when its machine went down. */
  wentDown(): void {
    this.#assembled = undefined;
    for (const tell of this.#gone) tell();
    this.#gone.clear();
  }

  /** The operator makes a code; it is there at once when the platform runs. */
  async addCode(code: Code, sha256: string): Promise<void> {
    this.codes.push(code);
    const { region, terminal } = code;
    await this.#assembled?.context.storage.terminals.addCode({
      ...{ sha256, region, terminal },
      reusable: false,
    });
  }

  deliver(request: HttpRequest): Promise<HttpAnswer | undefined> {
    const { app } = this.#assembled ?? {};
    if (!app) return Promise.resolve(undefined);
    const takes = takesOf(request);
    if (takes) this.machine.reach(takes);
    if (!this.#assembled) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const gone = (): void => resolve(undefined);
      this.#gone.add(gone);
      handOver(app, request)
        .then((answer) => {
          const sent = REFUSALS.has(answer.status) ? sentOf(request) : undefined;
          if (sent !== undefined) this.refused.add(sent);
          return answer;
        })
        .then(resolve, gone)
        .finally(() => this.#gone.delete(gone));
    });
  }

  /** A pass of the archive. */
  async archive(): Promise<void> {
    const { archive } = this.#assembled?.context ?? {};
    if (!archive) return;
    const passed = archive.run().catch((error: unknown) => {
      if (!(error instanceof MachineIsDead)) throw error;
    });
    await this.#scheduler.foreign(this.#orGone(passed));
  }

  /** A new key is made at the next start; what was sealed to the old one is opened with it, as before. */
  rotateKeys(): void {
    const { disk, files } = this.machine;
    const old = `${disk}/keys/${OLD_IDENTITIES}`;
    const file = `${disk}/keys/${PLATFORM_IDENTITY}`;
    if (!files.exists(file)) return;
    files.makeFolder(old, true);
    files.rename(file, `${old}/${this.#edition++}.age.txt`);
    files.forget();
  }

  newCatalogue(): void {
    this.#edition++;
    this.#catalogue = {
      ...this.#catalogue,
      catalogueVersion: `${this.#catalogue.catalogueVersion.split('+')[0] ?? ''}+${this.#edition}`,
    };
  }

  /**
   * Whether what is committed can be looked at and is what terminals were told of: also after a power cut, but
   * not between a restore and the next start.
   */
  get speaks(): boolean {
    return this.up || !this.#replaced;
  }

  /** Envelope by submission id of what is committed; `undefined` when it is not there. */
  envelopeOf(submissionId: string): string | undefined {
    const row = this.machine.files
      .open(`${this.machine.disk}/platform.sqlite`)
      ?.prepare('SELECT envelopeSha256 FROM items WHERE submissionId = ?')
      .get(submissionId);
    return row && String(row['envelopeSha256']);
  }

  /** Whether every attachment of a committed item lies there, byte by byte. */
  hasAttachments(submissionId: string): boolean {
    const { disk, files } = this.machine;
    const rows = files
      .open(`${disk}/platform.sqlite`)
      ?.prepare('SELECT sha256 FROM itemAttachments WHERE submissionId = ?')
      .all(submissionId);
    return (rows ?? []).every(({ sha256 }) => {
      const name = String(sha256);
      return files.sound(`${disk}/attachments/${name.slice(0, 2)}/${name}`, name);
    });
  }

  /** Whether it has an item, or had it before it came back from a backup. */
  hadOnce(submissionId: string): boolean {
    return this.#lost.has(submissionId) || this.envelopeOf(submissionId) !== undefined;
  }

  /** Whether an item lies in the newest backup with all its sealed files. */
  hasArchived(submissionId: string): boolean {
    const { disk, files } = this.machine;
    const path = newestBackup(disk, files);
    if (path === undefined) return false;
    if (this.#backup?.path !== path) this.#backup = { path, items: files.look(path, filesByItem) };
    const names = this.#backup.items.get(submissionId);
    return (
      names?.every((name) => {
        const sha256 = name.slice(name.lastIndexOf('/') + 1);
        return files.sound(`${disk}/archive/${name}`, sha256);
      }) ?? false
    );
  }

  /** Whether the newest backup knows every terminal that the platform knows: else it is no help. */
  canRestore(): boolean {
    const { disk, files, run } = this.machine;
    const backup = newestBackup(disk, files);
    const live = run?.database('platform.sqlite');
    if (backup === undefined || !live) return false;
    const terminals = (database: DatabaseSync): unknown =>
      database.prepare('SELECT count(*) AS n FROM terminals').get()?.['n'];
    return files.look(backup, terminals) === terminals(live);
  }

  /** Disks broke; new ones get what the newest backup holds. The machine must be off. */
  restore(): void {
    this.restores++;
    this.#replaced = true;
    const { disk, files } = this.machine;
    files.forget();
    const before = files.open(`${disk}/platform.sqlite`)?.prepare('SELECT submissionId FROM items');
    for (const row of before?.all() ?? []) this.#lost.add(String(row['submissionId']));
    const backup = newestBackup(disk, files);
    files.removeDatabase(`${disk}/platform.sqlite`);
    files.removeDatabase(`${disk}/envelopes.sqlite`);
    if (backup !== undefined) files.put(`${disk}/platform.sqlite`, files.read(backup));
    files.removeAll(`${disk}/uploads`);
    for (const room of ['envelopes', 'attachments']) {
      files.removeAll(`${disk}/${room}`);
      files.makeFolder(`${disk}/${room}`, true);
      const kept = `${disk}/archive/${room}`;
      for (const sub of files.exists(kept) ? files.names(kept) : []) {
        files.makeFolder(`${disk}/${room}/${sub}`, true);
        for (const name of files.names(`${kept}/${sub}`)) {
          if (!/^[0-9a-f]{64}$/.test(name)) continue;
          files.put(`${disk}/${room}/${sub}/${name}`, files.read(`${kept}/${sub}/${name}`));
        }
      }
    }
  }

  #orGone<T>(work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const gone = (): void => resolve(undefined);
      this.#gone.add(gone);
      work.then(resolve, reject).finally(() => this.#gone.delete(gone));
    });
  }
}
