import type { DistrictPlatform } from './district-platform.ts';
import { PEOPLE, type DistrictTerminal } from './district-terminal.ts';
import { befall, isMishap } from './mishaps.ts';
import type { Counts } from './outcome.ts';
import { submissionOf } from './papers.ts';
import type { Scheduler } from './scheduler.ts';
import type { Sticks } from './sticks.ts';
import { HOUR, type StoryEvent } from './story.ts';
import type { FaultName } from './strikes.ts';
import type { People } from './witness.ts';

/** The district, as far as what happens to it needs it. */
export interface Scene {
  readonly seed: string;
  readonly scheduler: Scheduler;
  readonly platform: DistrictPlatform;
  /** By number of the story: the terminal that people come to now. */
  readonly current: DistrictTerminal[];
  readonly people: People;
  readonly sticks: Sticks;
  /** Places where a disk was copied. */
  readonly cloned: Set<string>;
  readonly counts: Counts;
  note(line: string): void;
  /** Counts a fault against what lies on a terminal. */
  strike(fault: FaultName, terminal: DistrictTerminal): void;
  /** Counts a fault against what lies on every terminal. */
  strikeAll(fault: FaultName): void;
  /** A terminal's audit begins anew. */
  indexLost(terminal: DistrictTerminal): void;
  /** A new terminal, which the platform expects, comes to the place of a number and is switched on. */
  newTerminal(n: number, name: string): void;
  /** The operator makes a code of a place. @returns the code */
  newCode(name: string, place: string): string;
  /** A machine is put at the place of a number, and is not switched on yet. */
  newMachine(n: number, name: string, code: string): DistrictTerminal;
}

/** What happens to a district by its story. */
export class Happenings {
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Lets something happen, now. */
  happen(event: StoryEvent): void {
    const { scheduler, counts, platform, people, sticks, cloned } = this.#scene;
    const terminal = 'terminal' in event ? this.#scene.current[event.terminal] : undefined;
    if (isMishap(event)) {
      if (!terminal) return;
      befall(terminal, event, {
        struck: (fault) => this.#scene.strike(fault, terminal),
        indexLost: () => this.#scene.indexLost(terminal),
      });
      return;
    }
    const later = (ms: number, what: string, go: () => void): void =>
      void scheduler.after(PEOPLE, ms, what, go);
    switch (event.type) {
      case 'submit':
        terminal?.handIn({
          submission: submissionOf(this.#scene.seed, event),
          twice: event.twice,
          age: event.age,
        });
        return;
      case 'look':
        terminal?.look(people.receiptsOf(terminal));
        return;
      case 'crash':
        if (!terminal) return;
        terminal.downMs = event.downMs;
        terminal.machine.crashAfter = event.after;
        terminal.crashAgain = event.again;
        return;
      case 'replace': {
        if (!terminal || terminal.stowed) return;
        this.#scene.strike('replaced', terminal);
        terminal.machine.crash('it is replaced');
        terminal.stowed = true;
        counts.replaced++;
        this.#scene.newTerminal(event.terminal, `${terminal.name}r`);
        later(event.drawerMs, 'the old one is emptied', () => {
          terminal.stowed = false;
          terminal.boot();
        });
        return;
      }
      case 'move':
        if (terminal) this.#move(terminal, event.newKey);
        return;
      case 'stick':
        if (!terminal) return;
        this.#scene.strike('stick', terminal);
        sticks.plug(terminal, event.carriedMs);
        return;
      case 'revoke':
        if (terminal) this.#revoke(event.terminal, terminal);
        return;
      case 'clone': {
        if (!terminal || cloned.has(terminal.place)) return;
        // of two that come to one code with keys of their own only one is let in
        const has = ['enrolment.json', 'keys/terminal.ed25519'].every((file) =>
          terminal.machine.files.exists(`${terminal.machine.disk}/${file}`),
        );
        if (!has) return;
        this.#scene.strike('disk copied', terminal);
        terminal.machine.crash('its disk is copied');
        cloned.add(terminal.place);
        counts.clones++;
        const copy = this.#scene.newMachine(event.terminal, `${terminal.name}c`, terminal.code);
        copy.copyDiskOf(terminal);
        copy.boot();
        // people come to the copy for a time, then to the first one again
        later(event.forMs, 'the copy is stowed away', () => {
          this.#scene.current[event.terminal] = terminal;
        });
        return;
      }
      case 'platformCrash':
        platform.downMs = event.downMs;
        platform.machine.crashAfter = event.after;
        return;
      case 'release':
        terminal?.release();
        return;
      case 'limits':
        this.limit(event.limits);
        later(event.forMs, 'the limits are as before', () => this.limit({}));
        return;
      case 'archive':
        platform.archive().catch((error: unknown) => this.#scene.note(`archive ${String(error)}`));
        return;
      case 'rotateKeys':
        this.#scene.strikeAll('keys changed');
        platform.downMs = 60_000;
        platform.machine.crash('keys are changed');
        platform.rotateKeys();
        return;
      case 'newCatalogue':
        this.#scene.strikeAll('catalogue changed');
        platform.downMs = 60_000;
        platform.machine.crash('a new catalogue');
        platform.newCatalogue();
        return;
      case 'restore':
        if (!platform.canRestore()) return;
        this.#scene.strikeAll('platform from backup');
        platform.downMs = HOUR;
        platform.machine.crash('its disks broke');
        platform.restore();
        counts.restores++;
    }
  }

  /** The operator lets the platform take less, or as much as before. */
  limit(limits: DistrictPlatform['strict']): void {
    const { platform } = this.#scene;
    platform.strict = limits;
    if (platform.isStrict) this.#scene.strikeAll('limits lowered');
    platform.downMs = 60_000;
    platform.machine.crash('its limits are set');
  }

  #move(terminal: DistrictTerminal, newKey: boolean): void {
    const { counts, cloned } = this.#scene;
    // with a copy elsewhere one key would be at two places
    if (!terminal.core?.enrolment.current() || terminal.revoked || cloned.has(terminal.place)) {
      return;
    }
    const { machine } = terminal;
    const { run } = machine;
    // the code of a receipt is signed when its envelope is filed: whoever moves a terminal lets it end that
    if (terminal.filing()) {
      machine.inMoments(0, () => {
        if (machine.run === run) this.#move(terminal, newKey);
      });
      return;
    }
    this.#scene.strike('moved', terminal);
    const count = ++counts.moved;
    terminal.downMs = HOUR;
    machine.crash('it is moved');
    const place = newKey ? `500151002${String(count).padStart(3, '0')}` : terminal.place;
    terminal.enrolAnew(place, this.#scene.newCode(`${terminal.name}m${count}`, place), newKey);
  }

  #revoke(n: number, terminal: DistrictTerminal): void {
    const { platform, counts, cloned } = this.#scene;
    const terminalId = terminal.core?.enrolment.current()?.terminalId;
    if (terminalId === undefined || terminal.revoked || cloned.has(terminal.place)) return;
    this.#scene.strike('revoked', terminal);
    // it may be heard of, whatever comes of the asking
    terminal.revoked = true;
    platform.revoke(terminalId).then(
      (done) => (counts.revoked += Number(done)),
      (error: unknown) => this.#scene.note(`revoke ${String(error)}`),
    );
    this.#scene.newTerminal(n, `${terminal.name}v`);
  }
}
