import type { Chance } from './chance.ts';

/** Whose turn something is; what belongs to a run that ended never comes. */
export interface Owner {
  readonly name: string;
  readonly alive: boolean;
}

interface Ready {
  readonly owner: Owner;
  readonly what: string;
  readonly go: () => void;
}

interface Timer extends Ready {
  readonly at: number;
  readonly order: number;
  cancelled: boolean;
}

/** How often the queues of the runtime are looked through before nothing is taken to be under way. */
const QUIET_TICKS = 3;
const QUIET_TURNS = 3;

const tick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Simulated time and who is next. Everything that would wait for a disk, a line or a clock waits here; one
 * thing goes on at a time, chosen by the seed, and when nothing can go on time jumps to the next timer.
 */
export class Scheduler {
  /** Milliseconds since the beginning of the story; never goes back. */
  now = 0;
  steps = 0;
  readonly #chance: Chance;
  readonly #note: (line: string) => void;
  #ready: Ready[] = [];
  /** A binary heap, the earliest in front. */
  readonly #timers: Timer[] = [];
  #order = 0;
  #activity = 0;
  #foreign = 0;

  constructor(chance: Chance, note: (line: string) => void) {
    this.#chance = chance;
    this.#note = note;
  }

  /** Waits for one's turn. Never comes when the owner's run ends before. */
  gate(owner: Owner, what: string): Promise<void> {
    this.#activity++;
    return new Promise((resolve) => this.#ready.push({ owner, what, go: resolve }));
  }

  after(owner: Owner, ms: number, what: string, go: () => void): () => void {
    this.#activity++;
    const at = this.now + Math.max(0, Number.isFinite(ms) ? ms : 1e12);
    const timer: Timer = { owner, what, go, at, order: this.#order++, cancelled: false };
    this.#push(timer);
    return () => {
      timer.cancelled = true;
    };
  }

  sleep(owner: Owner, ms: number, what: string): Promise<void> {
    return new Promise((resolve) => {
      this.after(owner, ms, what, resolve);
    });
  }

  /** While such work runs, the queues of the runtime's event loop are given time, not only its promises. */
  foreign<T>(work: Promise<T>): Promise<T> {
    this.#foreign++;
    return work.finally(() => {
      this.#foreign--;
      this.#activity++;
    });
  }

  /** Something went on that waits for nothing of ours. */
  stir(): void {
    this.#activity++;
  }

  /** Lets everything run that waits for nothing of ours. */
  async settle(): Promise<void> {
    let seen = -1;
    let quiet = 0;
    while (quiet < (this.#foreign > 0 ? QUIET_TURNS : QUIET_TICKS)) {
      quiet = this.#activity === seen ? quiet + 1 : 0;
      seen = this.#activity;
      await (this.#foreign > 0 ? turn() : tick());
    }
  }

  /**
   * One thing goes on.
   * @param until time does not go further than this
   * @returns false when nothing more happens until then
   */
  async step(until: number): Promise<boolean> {
    await this.settle();
    this.#ready = this.#ready.filter(({ owner }) => owner.alive);
    this.steps++;
    if (this.#ready.length > 0) {
      const index = this.#chance.between(0, this.#ready.length - 1);
      const [next] = this.#ready.splice(index, 1);
      if (next) this.#run(next);
      return true;
    }
    for (;;) {
      const timer = this.#timers[0];
      if (!timer || timer.at > until) {
        this.now = Math.max(this.now, until);
        return false;
      }
      this.#pop();
      if (timer.cancelled || !timer.owner.alive) continue;
      this.now = Math.max(this.now, timer.at);
      this.#run(timer);
      return true;
    }
  }

  #run({ owner, what, go }: Ready): void {
    this.#note(`${this.now} ${owner.name} ${what}`);
    go();
  }

  #before(a: Timer, b: Timer): boolean {
    return a.at === b.at ? a.order < b.order : a.at < b.at;
  }

  #push(timer: Timer): void {
    const heap = this.#timers;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (!above || this.#before(above, timer)) break;
      heap[at] = above;
      heap[parent] = timer;
      at = parent;
    }
  }

  #pop(): void {
    const heap = this.#timers;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (!left) return;
      const goRight = right !== undefined && this.#before(right, left);
      const child = goRight ? right : left;
      if (this.#before(last, child)) return;
      const index = 2 * at + (goRight ? 2 : 1);
      heap[at] = child;
      heap[index] = last;
      at = index;
    }
  }
}
