import type { DatabaseSync } from 'node:sqlite';
import type { Chance } from './chance.ts';
import { Disk } from './disk.ts';
import type { Owner, Scheduler } from './scheduler.ts';

/** What a run that ended throws when its code asks for a database once more. Nobody is told. */
export class MachineIsDead extends Error {
  override readonly name = 'MachineIsDead';
}

/** One run of a machine, from power on to power off. Its files are named through a folder of its own. */
export class Run implements Owner {
  readonly name: string;
  readonly folder: string;
  readonly machine: Machine;
  alive = true;
  /** Commits so far: something may have changed in a database. */
  commits = 0;

  constructor(machine: Machine, number: number) {
    this.machine = machine;
    this.name = `${machine.name}.${number}`;
    this.folder = `${machine.home}/run-${number}`;
  }

  /** The same file by its real name. */
  real(path: string): string {
    return this.machine.disk + path.slice(this.folder.length);
  }

  /** The database that it has under a name in its folder. */
  database(name: string): DatabaseSync | undefined {
    return this.machine.files.open(`${this.machine.disk}/${name}`);
  }

  /** A moment at which the power may go. @returns false when it went */
  instant(what: string): boolean {
    if (!this.alive) return false;
    const { machine } = this;
    machine.reach(what);
    machine.moment();
    if (machine.run !== this) return false;
    if (machine.crashAfter === undefined) return true;
    if (machine.crashAfter > 0) {
      machine.crashAfter--;
      return true;
    }
    machine.crash(what);
    return false;
  }
}

/** A computer with a disk that is switched on and off, pulled out of the wall, copied. */
export class Machine {
  readonly name: string;
  readonly home: string;
  /** The folder of its files, whatever run it is. */
  readonly disk: string;
  readonly files: Disk;
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly onCrash: (what: string) => void;
  run: Run | undefined;
  /** How many moments from now the power goes. */
  crashAfter: number | undefined;
  /** How often its file operations wait for their turn; less often is faster and mixes less. */
  mixing = 1;
  /** How long such a wait may be, milliseconds: a quarter of them take time, in which others go on. */
  slowMs = 0;
  #runs = 0;
  /** What happens after so many moments more. */
  #coming: { left: number; readonly go: () => void }[] = [];
  /** What waits for the next moment of a name. */
  readonly #awaited = new Map<string, (() => void)[]>();

  constructor(parts: {
    readonly name: string;
    readonly home: string;
    readonly scheduler: Scheduler;
    readonly chance: Chance;
    readonly onCrash: (what: string) => void;
  }) {
    this.name = parts.name;
    this.home = parts.home;
    this.disk = `${parts.home}/disk`;
    this.files = new Disk(this.disk);
    this.scheduler = parts.scheduler;
    this.chance = parts.chance;
    this.onCrash = parts.onCrash;
  }

  /** Waits for the turn of a file operation, as often as it must. */
  async turn(run: Run, what: string): Promise<void> {
    const { mixing, slowMs, chance, scheduler } = this;
    if (mixing < 1 && !chance.often(mixing)) return;
    if (slowMs > 0 && chance.often(0.25)) {
      await scheduler.sleep(run, chance.between(1, slowMs), what);
    } else await scheduler.gate(run, what);
  }

  /**
   * Does something in the middle of what its run does, after so many moments at which the power might go.
   * @returns calls it off
   */
  inMoments(left: number, go: () => void): () => void {
    const one = { left, go };
    this.#coming.push(one);
    return () => (this.#coming = this.#coming.filter((each) => each !== one));
  }

  /** Does something at the next moment of that name. */
  atMoment(what: string, go: () => void): void {
    this.#awaited.set(what, [...(this.#awaited.get(what) ?? []), go]);
  }

  /** A moment that has a name. */
  reach(what: string): void {
    if (this.#awaited.size === 0) return;
    const awaited = this.#awaited.get(what);
    if (!awaited) return;
    this.#awaited.delete(what);
    for (const go of awaited) go();
  }

  /** One of those moments. */
  moment(): void {
    if (this.#coming.length === 0) return;
    const now = this.#coming.filter((each) => each.left-- <= 0);
    this.#coming = this.#coming.filter((each) => !now.includes(each));
    for (const { go } of now) go();
  }

  powerOn(): Run {
    this.run = new Run(this, ++this.#runs);
    return this.run;
  }

  /** The run ends where it stands: nothing of it comes again, and what was not fsynced may be lost. */
  crash(what: string): void {
    const { run } = this;
    this.crashAfter = undefined;
    if (!run) return;
    this.#end(run);
    this.files.crash(this.chance);
    this.onCrash(what);
  }

  /** The run ended in good order: what it wrote stays. */
  powerOff(): void {
    if (this.run) this.#end(this.run);
    this.files.rollBack();
  }

  #end(run: Run): void {
    run.alive = false;
    this.run = undefined;
  }
}

/** Every machine of this simulation, found by the names of its files. */
export class Machines {
  readonly root: string;
  readonly #byName = new Map<string, Machine>();
  readonly #runs = new Map<string, Run>();

  constructor(root: string) {
    this.root = root;
  }

  add(machine: Machine): void {
    this.#byName.set(machine.name, machine);
  }

  /** The story is over. */
  close(): void {
    for (const machine of this.#byName.values()) {
      // what still runs finds itself dead, not a disk that is gone
      machine.powerOff();
      machine.files.close();
    }
  }

  /** The run that calls a file so; `undefined` outside of every machine. */
  runOf(path: string): Run | undefined {
    if (!path.startsWith(this.root)) return undefined;
    // asked of each file: cut once, before what lies in the run's folder
    const from = this.root.length + 1;
    const middle = path.indexOf('/', from);
    const end = middle < 0 ? -1 : path.indexOf('/', middle + 1);
    const key = end < 0 ? path.slice(from) : path.slice(from, end);
    const known = this.#runs.get(key);
    if (known) return known;
    const current = this.#byName.get(middle < 0 ? key : path.slice(from, middle))?.run;
    if (!current || !path.startsWith(current.folder)) {
      throw new Error(`${path} is called by no run of a machine`);
    }
    this.#runs.set(key, current);
    return current;
  }
}

let machines: Machines | undefined;

/** The machines of the simulation that runs in this process; one at a time. */
export function setMachines(next: Machines | undefined): void {
  machines = next;
}

/** @see Machines.runOf */
export function runOf(path: string): Run | undefined {
  return machines?.runOf(path);
}
