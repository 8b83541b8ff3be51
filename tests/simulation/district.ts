import { createHash } from 'node:crypto';
import type { StoredItem } from '../../main/core/outbox/contract.ts';
import { checkInvariants, readPlatform, readTerminal } from '../invariants/index.ts';
import type { Shown } from '../invariants/ground.ts';
import { Aims } from './aims.ts';
import { auditArrives } from './audit-arrived.ts';
import { chanceOf, type Chance } from './chance.ts';
import { CATALOGUE } from './district-catalogue.ts';
import { DistrictPlatform } from './district-platform.ts';
import { DistrictTerminal, PEOPLE, type Handed } from './district-terminal.ts';
import { Happenings } from './happenings.ts';
import { LastPeople } from './last-people.ts';
import { leftOver, untold, waitingIn, whatIsLeft } from './left-over.ts';
import { Link } from './link.ts';
import { Machine, Machines, setMachines } from './machine.ts';
import { setRandomness } from './runtime/randomness.ts';
import { Broken, noCounts, type Outcome } from './outcome.ts';
import { openAll } from './opened.ts';
import { PEOPLE_MARKS } from './papers.ts';
import { Scheduler } from './scheduler.ts';
import { DAY, HOUR, type Story, type StoryEvent } from './story.ts';
import { Sticks } from './sticks.ts';
import { strike, type FaultName, type Strikes } from './strikes.ts';
import { Watch } from './watch.ts';
import { People } from './witness.ts';

/** 1 November 2026, midnight at the hall. */
const BASE = Date.parse('2026-11-01T00:00:00+08:00');
/** So many of the last lines are kept. */
export const TAIL = 400;
/** Where the machines lie that no disk of this one holds. */
const ROOT = '/simulation';

/** A district: one platform, some terminals, their people, and one story. */
export class District {
  readonly counts = noCounts();
  readonly strikes: Strikes = {};
  readonly scheduler: Scheduler;
  readonly tail: string[] = [];
  readonly #trace = createHash('sha256');
  #lines: string[] = [];
  readonly #story: Story;
  readonly #machines: Machines;
  readonly #chance: Chance;
  readonly #platform: DistrictPlatform;
  /** By number of the story; each may be replaced. */
  readonly #current: DistrictTerminal[] = [];
  readonly #watches: Watch[] = [];
  readonly #numbers = new Map<string, string>();
  readonly #cloned = new Set<string>();
  readonly #people = new People((wrong) => this.#wrong.push(wrong));
  readonly #wrong: Outcome['violations'][number][] = [];
  readonly #sticks: Sticks;
  readonly #aims: Aims;
  readonly #happenings: Happenings;
  readonly #lastPeople: LastPeople;

  constructor(story: Story) {
    this.#story = story;
    this.#lastPeople = new LastPeople(story.seed);
    this.#machines = new Machines(ROOT);
    this.#chance = chanceOf(story.seed);
    this.scheduler = new Scheduler(this.#chance.fork('turns'), (line) => this.note(line));
    setMachines(this.#machines);
    setRandomness(this.#chance.fork('runtime'));
    const machine = this.#machine('platform', () => {
      this.counts.platformCrashes++;
      this.#strikeAll('platform power cut');
      this.#platform.wentDown();
      this.scheduler.after(PEOPLE, this.#platform.downMs, 'platform is started', () =>
        this.#bootPlatform(),
      );
    });
    this.#platform = new DistrictPlatform({
      machine,
      catalogue: CATALOGUE,
      now: () => BASE + this.scheduler.now,
      scheduler: this.scheduler,
    });
    this.#aims = new Aims({
      platform: machine,
      terminal: (n) => this.#current[n],
      itemsOf: (terminal) => this.#watchOf(terminal)?.items() ?? [],
    });
    this.#sticks = new Sticks({
      scheduler: this.scheduler,
      platform: this.#platform,
      newMachine: (name) => this.#machine(name, () => undefined),
      note: (line) => this.note(line),
      wrong: (about, what) => this.#wrong.push({ invariant: 'stick', about, what }),
      brought: () => this.counts.sticks++,
    });
    this.#happenings = new Happenings({
      seed: story.seed,
      scheduler: this.scheduler,
      platform: this.#platform,
      current: this.#current,
      people: this.#people,
      sticks: this.#sticks,
      cloned: this.#cloned,
      counts: this.counts,
      note: (line) => this.note(line),
      strike: (fault, terminal) => this.#strike(fault, terminal),
      strikeAll: (fault) => this.#strikeAll(fault),
      indexLost: (terminal) => this.#watchOf(terminal)?.beginAnew(),
      newTerminal: (n, name) => this.#newTerminal(n, name),
      newCode: (name, place) => this.#newCode(name, place),
      newMachine: (n, name, code) => this.#terminal(n, name, code),
    });
  }

  note(line: string): void {
    if (this.#lines.push(line) >= 512) this.#hashLines();
    if (this.tail.push(line) > 2 * TAIL) this.tail.splice(0, TAIL);
  }

  /** Gives back what its machines hold. */
  close(): void {
    this.#machines.close();
  }

  trace(): string {
    this.#hashLines();
    return this.#trace.copy().digest('hex');
  }

  async play(): Promise<void> {
    await this.#platform.boot();
    for (let n = 0; n < this.#story.terminals; n++) this.#newTerminal(n);
    for (const event of this.#story.events) {
      this.scheduler.after(PEOPLE, event.at, `story ${event.type}`, () => this.#happen(event));
    }
    for (let day = 1; day <= this.#story.days; day++) {
      await this.#until(day * DAY);
      this.#checkAll(false, day === this.#story.days);
      this.counts.terminalDays += this.#story.terminals;
    }
    await this.#drain();
    this.#checkAll(true);
    const wait = (): Promise<void> => this.#until(this.scheduler.now + 9 * HOUR);
    this.#lastPeople.come(this.#watches.map(({ terminal }) => terminal));
    await wait();
    this.#fail(this.#lastPeople.unkept(this.#platform));
    this.counts.lastItems = this.#lastPeople.count;
    this.#fail(await auditArrives(this.#platform, this.#watches, this.#cloned, wait));
    const { machine } = this.#platform;
    const { all, age, wrong } = await openAll(
      machine.disk,
      machine.files,
      this.#platform.ageIdentities,
    );
    this.counts.opened = all;
    this.counts.openedWithAge = age;
    this.#fail(wrong);
  }

  async #until(time: number): Promise<void> {
    while (await this.scheduler.step(time)) {
      this.counts.steps++;
      for (const watch of this.#watches) this.#fail(watch.check());
      this.#fail(this.#wrong);
      this.#aims.look();
    }
  }

  #fail(violations: Outcome['violations']): void {
    if (violations.length > 0) throw new Broken([...violations]);
  }

  #hashLines(): void {
    if (this.#lines.length > 0) this.#trace.update(`${this.#lines.join('\n')}\n`);
    this.#lines = [];
  }

  #machine(name: string, onCrash: (what: string) => void): Machine {
    const machine = new Machine({
      name,
      home: `${ROOT}/${name}`,
      scheduler: this.scheduler,
      chance: this.#chance.fork(`machine ${name}`),
      onCrash: (what) => {
        this.note(`${this.scheduler.now} ${name} loses its power at: ${what}`);
        onCrash(what);
      },
    });
    this.#machines.add(machine);
    return machine;
  }

  #bootPlatform(): void {
    if (this.#platform.machine.run) return;
    this.#platform.boot().catch((error: unknown) => {
      this.#wrong.push({ invariant: 'started', about: 'platform', what: String(error) });
    });
  }

  #terminal(n: number, name: string, code: string): DistrictTerminal {
    const chance = this.#chance.fork(`terminal ${name}`);
    const machine = this.#machine(name, () => {
      this.counts.crashes++;
      this.#strike('power cut', terminal);
      this.#sticks.wentDown(terminal);
      terminal.wentDown();
      this.#watchOf(terminal)?.wentDown();
    });
    const link = new Link(
      this.scheduler,
      chance.fork('line'),
      (request) => this.#platform.deliver(request),
      (fault) => this.#strike(fault, terminal),
      () => this.#wrong.push({ invariant: 'patience', about: name, what: 'asks without pause' }),
    );
    const terminal = new DistrictTerminal({
      machine,
      link,
      code,
      place: `500151001${String(n + 1).padStart(3, '0')}`,
      base: BASE,
      chance,
      events: {
        printed: (item, handed) => this.#hearPrinted(terminal, item, handed),
        shown: (submissionId, said) => this.#hearShown(terminal, submissionId, said),
        refused: () => void this.#wrong.push(...(this.#watchOf(terminal)?.leftBehind() ?? [])),
        differs: ({ submissionId }) => this.#hearDiffers(terminal, submissionId),
        wrong: (what) => this.#wrong.push({ invariant: 'started', about: name, what }),
        note: (line) => this.note(line),
      },
    });
    this.#current[n] = terminal;
    this.#watches.push(
      new Watch(terminal, {
        platform: this.#platform,
        numbers: this.#numbers,
        cloned: this.#cloned,
        held: () => this.counts.held++,
      }),
    );
    return terminal;
  }

  #newTerminal(n: number, name = `t${n}`): void {
    const terminal = this.#terminal(n, name, `CODE-${name}`);
    this.#newCode(name, terminal.place);
    terminal.boot();
  }

  #newCode(name: string, place: string): string {
    const code = `CODE-${name}`;
    const row = { code, region: place.slice(0, 9), terminal: place.slice(9) };
    this.scheduler
      .foreign(this.#platform.addCode(row, createHash('sha256').update(code).digest('hex')))
      .catch((error: unknown) => this.note(`code ${String(error)}`));
    return code;
  }

  #hearPrinted(terminal: DistrictTerminal, item: StoredItem, handed: Handed): void {
    this.note(`${this.scheduler.now} ${terminal.name} prints ${item.receiptNumber}`);
    const first = Number(this.#people.gets(terminal, item, handed));
    if (!this.#lastPeople.gets(handed, item)) this.counts.items += first;
  }

  /** Judged now: at the day's end it may have become true. */
  #hearShown({ name }: DistrictTerminal, about: string, said: Shown['said']): void {
    this.#people.isShown(about, said);
    const has =
      said === 'archived' ? this.#platform.hasArchived(about) : this.#platform.hadOnce(about);
    if (said === 'waiting' || has) return;
    const what = `${name}: somebody is shown ${said}, and the platform does not have it so`;
    this.#wrong.push({ invariant: 'I7', about, what });
  }

  #hearDiffers({ place }: DistrictTerminal, about: string): void {
    // two machines gave one number
    if (this.#cloned.has(place)) return;
    this.#wrong.push({ invariant: 'receipt', about, what: 'is told to be of another item' });
  }

  /** Counts a fault against what lies on a terminal. */
  #strike(fault: FaultName, terminal: DistrictTerminal): void {
    strike(this.strikes, fault, terminal.storing, this.#watchOf(terminal)?.items() ?? []);
  }

  #watchOf(terminal: DistrictTerminal): Watch | undefined {
    return this.#watches.find((each) => each.terminal === terminal);
  }

  #strikeAll(fault: FaultName): void {
    for (const { terminal } of this.#watches) this.#strike(fault, terminal);
  }

  #happen({ aim, ...event }: StoryEvent): void {
    if (aim) this.#aims.wait(aim, () => this.#happenings.happen(event));
    else this.#happenings.happen(event);
  }

  /** Faults end; everything must get through. */
  async #drain(): Promise<void> {
    const terminals = this.#watches.map(({ terminal }) => terminal);
    this.#aims.end();
    this.#platform.machine.crashAfter = undefined;
    if (this.#platform.isStrict) this.#happenings.limit({});
    this.#bootPlatform();
    for (const terminal of terminals) {
      terminal.machine.crashAfter = undefined;
      terminal.crashAgain = null;
      terminal.link.weather = 'calm';
      terminal.clockOffset = 0;
      terminal.batteryEmpty = false;
      terminal.machine.files.full = false;
      terminal.stowed = false;
      terminal.boot();
    }
    let waited = new Set<string>();
    for (let round = 0; round < 16; round++) {
      await this.#until(this.scheduler.now + 9 * HOUR);
      const waiting = new Set(terminals.flatMap((terminal) => waitingIn(terminal)));
      const what = 'waits, though nothing is wrong';
      const still = [...waiting].filter((id) => waited.has(id));
      this.#fail(still.map((about) => ({ invariant: 'drained', about, what })));
      waited = waiting;
      const left = terminals.filter((terminal) => leftOver(terminal, this.#platform) !== 0);
      if (left.length === 0) break;
      for (const terminal of left) if (terminal.revoked) this.#sticks.plug(terminal, HOUR);
      // nobody is in the way of the others while they wait for a person
      if (round > 1) for (const terminal of terminals) terminal.release();
      this.#platform.archive().catch((error: unknown) => this.note(`archive ${String(error)}`));
    }
    // and once more: what was archived is given up at the next look round
    await this.#until(this.scheduler.now + 9 * HOUR);
    const left = terminals.filter((terminal) => leftOver(terminal, this.#platform) !== 0);
    this.#fail(
      left.map((terminal) => ({
        invariant: 'drained' as const,
        about: terminal.name,
        what: whatIsLeft(terminal),
      })),
    );
    this.#fail(terminals.flatMap((terminal) => untold(terminal, this.#platform)));
  }

  /** The whole check; readable traces are looked for once, while sealed files lie there. */
  #checkAll(settled: boolean, readable = false): void {
    const all = this.#watches.map(({ terminal }) => terminal);
    const platform = this.#platform.machine;
    this.#fail(
      checkInvariants({
        terminals: all.map(({ machine, name, earlierKeys }) => {
          const disk = readTerminal(machine.disk, name, machine.files);
          // who signed the beginning of a chain whose terminal moved
          return { ...disk, keys: new Map([...earlierKeys, ...disk.keys]) };
        }),
        platform: readPlatform(platform.disk, platform.files),
        witness: this.#people.testify(readable ? PEOPLE_MARKS : []),
        clonedPlaces: this.#cloned,
        revoked: new Set(all.flatMap(({ revoked, name }) => (revoked ? [name] : []))),
        restored: this.counts.restores > 0 && !settled,
        settled,
      }),
    );
    this.counts.requests = all.reduce((sum, { link }) => sum + link.requests, 0);
  }
}
