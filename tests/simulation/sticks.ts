import type { HttpRequest } from '../../main/core/ports.ts';
import {
  importFolder,
  NotAnExport,
  type ImportReport,
} from '../../scripts/import/import-folder.ts';
import type { DistrictPlatform } from './district-platform.ts';
import { PEOPLE, type DistrictTerminal } from './district-terminal.ts';
import { MachineIsDead, type Machine } from './machine.ts';
import type { Scheduler } from './scheduler.ts';

const HOUR = 3_600_000;
/** How often somebody comes with one stick while the platform is down. */
const TRIES = 6;
/** What becomes of an item that may rightly be told while the platform goes down, is away or is asked too early. */
const PASSING = /^(5\d\d|internal|revoked|noAnswer|slowDown)$/;

/** What sticks need. */
export interface StickParts {
  readonly scheduler: Scheduler;
  readonly platform: DistrictPlatform;
  readonly newMachine: (name: string) => Machine;
  readonly note: (line: string) => void;
  readonly wrong: (about: string, what: string) => void;
  /** Somebody brought one, and the platform took all that is on it. */
  readonly brought: () => void;
}

/**
 * Sticks: what waits is exported by the real code, carried, and brought to the platform by the real import. A
 * stick is a disk of its own; it loses its power with the terminal that it is plugged into.
 */
export class Sticks {
  readonly #parts: StickParts;
  readonly #plugged = new Map<Machine, Machine>();
  #made = 0;

  constructor(parts: StickParts) {
    this.#parts = parts;
  }

  /** Somebody plugs one in, has what waits written on it, and carries it to the platform. */
  plug(terminal: DistrictTerminal, carriedMs: number): void {
    const { core, machine, name } = terminal;
    const { run } = machine;
    if (!core || !run || this.#plugged.has(machine)) return;
    const stick = this.#parts.newMachine(`stick${++this.#made}`);
    stick.mixing = 0.25;
    this.#plugged.set(machine, stick);
    const pulled = (): void => {
      this.#plugged.delete(machine);
      stick.powerOff();
    };
    core.exportWaiting(stick.powerOn().folder).then(
      (exported) => {
        if (!run.alive) return;
        pulled();
        if (exported.ok) this.#carry(stick, terminal, carriedMs);
        else this.#parts.note(`${name} exports nothing: ${exported.error}`);
        if (!exported.ok && exported.error === 'copyDiffers') {
          this.#parts.wrong(name, 'what it exported reads otherwise');
        }
      },
      (error: unknown) => {
        if (!run.alive || error instanceof MachineIsDead) return;
        pulled();
        this.#parts.wrong(name, `export rejected: ${String(error)}`);
      },
    );
  }

  /** To be called when a terminal went down: what it was writing stays as it is, and is brought all the same. */
  wentDown(terminal: DistrictTerminal): void {
    const stick = this.#plugged.get(terminal.machine);
    if (!stick) return;
    this.#plugged.delete(terminal.machine);
    stick.crash('the terminal it is plugged into');
    this.#carry(stick, terminal, HOUR);
  }

  #carry(stick: Machine, terminal: DistrictTerminal, ms: number, tries = TRIES): void {
    this.#parts.scheduler.after(PEOPLE, ms, `${stick.name} of ${terminal.name} is brought`, () =>
      this.#bring(stick, terminal, tries),
    );
  }

  #bring(stick: Machine, terminal: DistrictTerminal, tries: number): void {
    const { platform, note, wrong } = this.#parts;
    const [folder] = stick.files.names(stick.disk);
    const { adminToken } = platform;
    const again = (): void => {
      if (tries > 1) this.#carry(stick, terminal, 2 * HOUR, tries - 1);
    };
    if (folder === undefined) return;
    if (adminToken === undefined) {
      again();
      return;
    }
    const wasStrict = platform.isStrict;
    importFolder(`${stick.powerOn().folder}/${folder}`, {
      platform: 'https://platform.example',
      token: adminToken,
      alsoRevoked: terminal.revoked,
      fetch: (url, init) => this.#fetch(url, init),
      // nobody waits in the time outside
      pause: () => Promise.resolve(),
    })
      .finally(() => stick.powerOff())
      .then(
        (report) => {
          note(`${stick.name} ${JSON.stringify(report.items.map(({ outcome }) => outcome))}`);
          this.#judge(stick, report, wasStrict || platform.isStrict, wrong);
          if (report.items.every(({ taken }) => taken)) this.#parts.brought();
          else again();
        },
        (error: unknown) => {
          if (error instanceof NotAnExport) again();
          else wrong(stick.name, `import rejected: ${String(error)}`);
        },
      );
  }

  /**
   * A stick with a manifest is whole, whatever happened: what is on it is taken, sooner or later.
   * @param strict whether the platform takes less than usual just then
   */
  #judge(
    stick: Machine,
    { items }: ImportReport,
    strict: boolean,
    wrong: StickParts['wrong'],
  ): void {
    const refused = items.find(
      ({ taken, outcome }) =>
        !taken && !PASSING.test(outcome) && !(strict && outcome === 'tooLarge'),
    );
    if (refused) wrong(stick.name, `${refused.receiptNumber}: ${refused.outcome}`);
  }

  async #fetch(url: URL, init: { readonly [name: string]: unknown }): Promise<Response> {
    const request = {
      ...init,
      path: url.pathname + url.search,
      deadlineMs: 30_000,
    } as unknown as HttpRequest;
    const answer = await this.#parts.scheduler.foreign(this.#parts.platform.deliver(request));
    if (!answer) throw new TypeError('fetch failed');
    const { status, body, headers } = answer;
    const text = (): Promise<string> => Promise.resolve(Buffer.from(body).toString('utf8'));
    return { status, text, headers: new Headers(headers) } as unknown as Response;
  }
}
