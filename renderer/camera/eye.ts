import type { Quad } from '../../domain/page-image/luminance.ts';
import {
  AUTO_SHOT,
  holdAnew,
  isUnmoved,
  see,
  START,
  tookByHand,
  type AutoShotPhase,
  type AutoShotSettings,
  type Sighting,
  type Trouble,
} from './auto-shot.ts';
import { Frames, type Still, type Turn } from './frames.ts';
import { lookAt } from './look.ts';
import { steadyTroubles } from './steady.ts';

/** What the eye sees now, for the screen. */
export interface Sight {
  readonly phase: AutoShotPhase;
  readonly quad: Quad | undefined;
  /** Those that have stayed for a while. */
  readonly troubles: readonly Trouble[];
  /** How many frames were looked at. */
  readonly looked: number;
}

const NOTHING: Sight = { phase: START.phase, quad: undefined, troubles: [], looked: 0 };

/** About eight times a second. */
const EVERY_MS = 120;
/** The page has other things to do: looking takes at most a third of its time. */
const REST = 2;

/** Looks at the running video again and again; says when the paper lies still long enough. */
export class Eye {
  readonly #onShoot: () => void;
  readonly #settings: AutoShotSettings | null;
  readonly #listeners = new Set<() => void>();
  #frames: Frames | undefined;
  /** What is to be taken now. */
  #still: Still | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state = START;
  #recent: readonly (readonly Trouble[])[] = [];
  #last: Sighting | undefined;
  #sight = NOTHING;

  /** @param stillMs so long a paper lies still before it is taken; null: it is never taken by itself */
  constructor(stillMs: number | null, onShoot: () => void) {
    this.#settings = stillMs === null ? null : { ...AUTO_SHOT, stillMs };
    this.#onShoot = onShoot;
  }

  /** Looks at this video from now on, turned so. */
  open(video: HTMLVideoElement, turn: Turn): void {
    this.close();
    this.#frames = new Frames(video, turn);
    this.#timer = setTimeout(this.#look, 0);
  }

  /** Looks no more, and forgets what it saw; what was taken is remembered. */
  close(): void {
    clearTimeout(this.#timer);
    this.#frames?.forget();
    this.#frames = undefined;
    this.#keep(undefined);
    this.#recent = [];
    this.#last = undefined;
    this.#show({ ...NOTHING, phase: { is: 'looking' }, looked: this.#sight.looked });
  }

  /** The picture that lay still just now, otherwise as it is now: as JPEG; undefined when there is none. */
  async picture(): Promise<Blob | undefined> {
    const still = this.#still ?? this.#frames?.still();
    this.#still = undefined;
    const jpeg = await still?.jpeg();
    still?.forget();
    return jpeg;
  }

  /** Somebody pressed the button. */
  tookByHand(): void {
    this.#state = tookByHand(this.#last);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly get = (): Sight => this.#sight;

  readonly #look = (): void => {
    const frames = this.#frames;
    if (frames === undefined) return;
    const before = performance.now();
    if (frames.ready) this.#see(frames, before);
    const took = performance.now() - before;
    this.#timer = setTimeout(this.#look, Math.max(EVERY_MS - took, took * REST));
  };

  #see(frames: Frames, at: number): void {
    const seen = lookAt(frames.small(), at, (place) => frames.detail(place));
    this.#recent = [...this.#recent.slice(-4), seen.troubles];
    const sighting = { ...seen, troubles: steadyTroubles(this.#recent) };
    this.#last = sighting;
    if (this.#settings !== null) {
      const before = this.#state;
      this.#state = see(before, sighting, this.#settings);
      if (this.#state.phase.is === 'shoot' && !this.#takes(frames, sighting)) {
        this.#state = holdAnew(before);
      }
    }
    const { phase } = this.#state;
    this.#show({
      phase,
      quad: sighting.quad,
      troubles: sighting.troubles,
      looked: this.#sight.looked + 1,
    });
    if (phase.is === 'shoot') this.#onShoot();
    // whoever wanted it has it by now
    this.#keep(undefined);
  }

  /** Takes the picture, and whether it shows what lay still: looking took its time. */
  #takes(frames: Frames, seen: Sighting): boolean {
    const still = frames.still();
    const same =
      still !== undefined &&
      isUnmoved(
        seen,
        lookAt(still.small(), seen.at, (place) => still.detail(place)),
      );
    this.#keep(same ? still : undefined);
    if (!same) still?.forget();
    return same;
  }

  #keep(still: Still | undefined): void {
    this.#still?.forget();
    this.#still = still;
  }

  #show(sight: Sight): void {
    this.#sight = sight;
    for (const listener of [...this.#listeners]) listener();
  }
}
