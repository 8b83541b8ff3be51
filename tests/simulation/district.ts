import { createHash } from 'node:crypto';
import type { StoredItem } from '../../main/core/outbox/contract.ts';
import { checkInvariants, readPlatform, readTerminal } from '../invariants/index.ts';
import type { Shown } from '../invariants/ground.ts';
import { auditArrives } from './audit-arrived.ts';
import { chanceOf, type Chance } from './chance.ts';
import { CATALOGUE } from './district-catalogue.ts';
import { DistrictPlatform } from './district-platform.ts';
import { DistrictTerminal, PEOPLE } from './district-terminal.ts';
import { Link } from './link.ts';
import { Machine, Machines, setMachines } from './machine.ts';
import { setRandomness } from './runtime/randomness.ts';
import { Broken, noCounts, type Outcome, type Unkept } from './outcome.ts';
import { PEOPLE_MARKS, submissionOf, openSamples } from './papers.ts';
import { Scheduler } from './scheduler.ts';
import { DAY, type Story, type StoryEvent } from './story.ts';
import { Sticks } from './sticks.ts';
import { strike, type FaultName, type Strikes } from './strikes.ts';
import { Watch } from './watch.ts';

/** 1 November 2026, midnight at the hall. */
const BASE = Date.parse('2026-11-01T00:00:00+08:00');
const HOUR = 3_600_000;
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
  readonly #downMs = new Map<string, number>();
  readonly #printed = new Map<string, StoredItem>();
  readonly #atPlace = new Map<string, StoredItem[]>();
  #shown: Shown[] = [];
  readonly #wrong: Unkept[] = [];
  readonly #sticks: Sticks;
  #platformDownMs = HOUR;

  constructor(story: Story) {
    this.#story = story;
    this.#machines = new Machines(ROOT);
    this.#chance = chanceOf(story.seed);
    this.scheduler = new Scheduler(this.#chance.fork('turns'), (line) => this.note(line));
    setMachines(this.#machines);
    setRandomness(this.#chance.fork('runtime'));
    const machine = this.#machine('platform', () => {
      this.counts.platformCrashes++;
      this.#strikeAll('platform power cut');
      this.#platform.wentDown();
      this.scheduler.after(PEOPLE, this.#platformDownMs, 'platform is started', () =>
        this.#bootPlatform(),
      );
    });
    this.#platform = new DistrictPlatform({
      machine,
      catalogue: CATALOGUE,
      now: () => BASE + this.scheduler.now,
      scheduler: this.scheduler,
    });
    this.#sticks = new Sticks({
      scheduler: this.scheduler,
      platform: this.#platform,
      newMachine: (name) => this.#machine(name, () => undefined),
      note: (line) => this.note(line),
      wrong: (about, what) => this.#wrong.push({ invariant: 'stick', about, what }),
      brought: () => this.counts.sticks++,
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
    this.#fail(await auditArrives(this.#platform, this.#watches, this.#cloned, wait));
    const { machine } = this.#platform;
    const { count, wrong } = await openSamples(machine.disk, machine.files);
    this.counts.opened = count;
    this.#fail(wrong);
  }

  async #until(time: number): Promise<void> {
    while (await this.scheduler.step(time)) {
      this.counts.steps++;
      for (const watch of this.#watches) this.#fail(watch.check());
      this.#fail(this.#wrong);
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
      terminal.wentDown(this.#downMs.get(name) ?? 10 * 60_000);
      const watch = this.#watches.find((each) => each.terminal === terminal);
      watch?.check();
    });
    const link = new Link(
      this.scheduler,
      chance.fork('line'),
      (request) => this.#platform.deliver(request),
      (fault) => this.#strike(fault, terminal),
    );
    const terminal = new DistrictTerminal({
      machine,
      link,
      code,
      place: `500151001${String(n + 1).padStart(3, '0')}`,
      base: BASE,
      chance,
      events: {
        printed: (item) => this.#hearPrinted(terminal, item),
        shown: (submissionId, said) => this.#shown.push({ submissionId, said }),
        wrong: (what) => this.#wrong.push({ invariant: 'started', about: name, what }),
        note: (line) => this.note(line),
      },
    });
    this.#current[n] = terminal;
    this.#watches.push(new Watch(terminal, this.#platform, this.#numbers, this.#cloned));
    return terminal;
  }

  #newTerminal(n: number, name = `t${n}`): DistrictTerminal {
    const code = `CODE-${name}`;
    const terminal = this.#terminal(n, name, code);
    const { place } = terminal;
    const row = { code, region: place.slice(0, 9), terminal: place.slice(9) };
    this.scheduler
      .foreign(this.#platform.addCode(row, createHash('sha256').update(code).digest('hex')))
      .catch((error: unknown) => this.note(`code ${String(error)}`));
    terminal.boot();
    return terminal;
  }

  #hearPrinted(terminal: DistrictTerminal, item: StoredItem): void {
    this.note(`${this.scheduler.now} ${terminal.name} prints ${item.receiptNumber}`);
    const before = this.#printed.get(item.submissionId);
    if (!before) this.counts.items++;
    else if (before.receiptNumber !== item.receiptNumber) {
      this.#fail([{ invariant: 'I3', about: item.submissionId, what: 'printed with two numbers' }]);
    }
    this.#printed.set(item.submissionId, item);
    this.#atPlace.set(terminal.place, [...(this.#atPlace.get(terminal.place) ?? []), item]);
  }

  /** Counts a fault against what lies on a terminal. */
  #strike(fault: FaultName, terminal: DistrictTerminal): void {
    const watch = this.#watches.find((each) => each.terminal === terminal);
    strike(this.strikes, fault, terminal.storing, watch?.items() ?? []);
  }

  #strikeAll(fault: FaultName): void {
    for (const { terminal } of this.#watches) this.#strike(fault, terminal);
  }

  #happen(event: StoryEvent): void {
    const terminal = 'terminal' in event ? this.#current[event.terminal] : undefined;
    const later = (ms: number, what: string, go: () => void): void =>
      void this.scheduler.after(PEOPLE, ms, what, go);
    switch (event.type) {
      case 'submit':
        terminal?.handIn({
          submission: submissionOf(this.#story.seed, event),
          twice: event.twice,
          age: event.age,
        });
        return;
      case 'look':
        terminal?.look(this.#atPlace.get(terminal.place) ?? []);
        return;
      case 'crash':
        if (!terminal) return;
        this.#downMs.set(terminal.name, event.downMs);
        terminal.machine.crashAfter = event.after;
        terminal.crashAgain = event.again;
        return;
      case 'weather': {
        if (!terminal) return;
        const { link } = terminal;
        link.weather = event.weather;
        later(event.forMs, 'the line is well again', () => (link.weather = 'calm'));
        return;
      }
      case 'clock':
        if (!terminal) return;
        this.#strike('clock jumps', terminal);
        if (event.byMs === null) terminal.batteryEmpty = true;
        else terminal.clockOffset += event.byMs;
        later(event.forMs, 'the clock is set', () => {
          terminal.batteryEmpty = false;
          terminal.clockOffset = 0;
        });
        return;
      case 'diskFull': {
        if (!terminal) return;
        const { files } = terminal.machine;
        this.#strike('disk full', terminal);
        files.full = true;
        later(event.forMs, 'the disk is tidied', () => (files.full = false));
        return;
      }
      case 'indexLost': {
        if (!terminal?.machine.run) return;
        this.#strike('index lost', terminal);
        terminal.machine.crash('its index is lost');
        terminal.loseIndex();
        this.#watches.find((each) => each.terminal === terminal)?.beginAnew();
        return;
      }
      case 'replace': {
        if (!terminal || terminal.stowed) return;
        this.#strike('replaced', terminal);
        terminal.machine.crash('it is replaced');
        terminal.stowed = true;
        this.counts.replaced++;
        this.#newTerminal(event.terminal, `${terminal.name}r`);
        later(event.drawerMs, 'the old one is emptied', () => {
          terminal.stowed = false;
          terminal.boot();
        });
        return;
      }
      case 'stick':
        if (!terminal) return;
        this.#strike('stick', terminal);
        this.#sticks.plug(terminal, event.carriedMs);
        return;
      case 'revoke':
        if (terminal) this.#revoke(event.terminal, terminal);
        return;
      case 'clone': {
        if (!terminal || this.#cloned.has(terminal.place)) return;
        this.#strike('disk copied', terminal);
        terminal.machine.crash('its disk is copied');
        this.#cloned.add(terminal.place);
        this.counts.clones++;
        const copy = this.#terminal(event.terminal, `${terminal.name}c`, terminal.code);
        copy.copyDiskOf(terminal);
        copy.boot();
        // people come to the copy for a time, then to the first one again
        later(event.forMs, 'the copy is stowed away', () => {
          this.#current[event.terminal] = terminal;
        });
        return;
      }
      case 'platformCrash':
        this.#platformDownMs = event.downMs;
        this.#platform.machine.crashAfter = event.after;
        return;
      case 'archive':
        this.#platform.archive().catch((error: unknown) => this.note(`archive ${String(error)}`));
        return;
      case 'rotateKeys':
        this.#strikeAll('keys changed');
        this.#platformDownMs = 60_000;
        this.#platform.machine.crash('keys are changed');
        this.#platform.rotateKeys();
        return;
      case 'newCatalogue':
        this.#strikeAll('catalogue changed');
        this.#platformDownMs = 60_000;
        this.#platform.machine.crash('a new catalogue');
        this.#platform.newCatalogue();
        return;
      case 'restore':
        if (!this.#platform.canRestore()) return;
        this.#strikeAll('platform from backup');
        this.#platformDownMs = HOUR;
        this.#platform.machine.crash('its disks broke');
        this.#platform.restore();
        this.counts.restores++;
    }
  }

  #revoke(n: number, terminal: DistrictTerminal): void {
    const terminalId = terminal.core?.enrolment.current()?.terminalId;
    if (terminalId === undefined || terminal.revoked || this.#cloned.has(terminal.place)) return;
    this.#strike('revoked', terminal);
    // it may be heard of, whatever comes of the asking
    terminal.revoked = true;
    this.#platform.revoke(terminalId).then(
      (done) => (this.counts.revoked += Number(done)),
      (error: unknown) => this.note(`revoke ${String(error)}`),
    );
    this.#newTerminal(n, `${terminal.name}v`);
  }

  /** How many of its items are not where they must be in the end; `undefined`: it is off. */
  #leftOver(terminal: DistrictTerminal): number | undefined {
    if (!terminal.revoked) return terminal.leftOver();
    return terminal.core?.outbox
      .list()
      .filter(({ submissionId }) => this.#platform.envelopeOf(submissionId) === undefined).length;
  }

  /** Faults end; everything must get through. */
  async #drain(): Promise<void> {
    const terminals = this.#watches.map(({ terminal }) => terminal);
    this.#platform.machine.crashAfter = undefined;
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
    for (let round = 0; round < 16; round++) {
      await this.#until(this.scheduler.now + 9 * HOUR);
      const left = terminals.filter((terminal) => this.#leftOver(terminal) !== 0);
      if (left.length === 0) break;
      for (const terminal of left) if (terminal.revoked) this.#sticks.plug(terminal, HOUR);
      for (const { core } of terminals) {
        for (const item of core?.outbox.list() ?? []) {
          if (item.state === 'held') core?.outbox.release(item.submissionId);
        }
      }
      this.#platform.archive().catch((error: unknown) => this.note(`archive ${String(error)}`));
    }
    // and once more: what was archived is given up at the next look round
    await this.#until(this.scheduler.now + 9 * HOUR);
    const left = terminals.filter((terminal) => this.#leftOver(terminal) !== 0);
    this.#fail(
      left.map((terminal) => ({
        invariant: 'drained' as const,
        about: terminal.name,
        what: JSON.stringify(
          terminal.core?.outbox.list().filter(({ state }) => state !== 'archived') ?? 'is off',
        ),
      })),
    );
  }

  /** The whole check; readable traces are looked for once, while sealed files lie there. */
  #checkAll(settled: boolean, readable = false): void {
    const all = this.#watches.map(({ terminal }) => terminal);
    const platform = this.#platform.machine;
    this.#fail(
      checkInvariants({
        terminals: all.map(({ machine, name }) => readTerminal(machine.disk, name, machine.files)),
        platform: readPlatform(platform.disk, platform.files),
        witness: {
          printed: [...this.#printed.values()],
          shown: this.#shown,
          people: readable ? PEOPLE_MARKS : [],
        },
        clonedPlaces: this.#cloned,
        revoked: new Set(all.flatMap(({ revoked, name }) => (revoked ? [name] : []))),
        restored: this.counts.restores > 0 && !settled,
        settled,
      }),
    );
    this.#shown = [];
    this.counts.requests = all.reduce((sum, { link }) => sum + link.requests, 0);
  }
}
