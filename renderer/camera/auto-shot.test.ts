import { describe, expect, it } from 'vitest';
import type { Quad } from '../../domain/page-image/luminance.ts';
import {
  AUTO_SHOT,
  holdAnew,
  isUnmoved,
  see,
  START,
  tookByHand,
  type AutoShot,
  type Sighting,
  type Trouble,
} from './auto-shot.ts';

const lying = (x = 0.2, y = 0.1): Quad => [
  { x, y },
  { x: x + 0.5, y },
  { x: x + 0.5, y: y + 0.8 },
  { x, y: y + 0.8 },
];
/** Two papers with different words on them. */
const LETTER: readonly number[] = Array.from({ length: 192 }, (_, i) => (i % 5 === 0 ? 90 : 230));
const FORM: readonly number[] = Array.from({ length: 192 }, (_, i) => (i % 3 === 0 ? 110 : 235));

/** Frames eight times a second, as the screen looks at them. */
class Bench {
  state: AutoShot = START;
  shots = 0;
  last: Sighting | undefined;
  #at = 0;

  see(part: Partial<Sighting>): void {
    this.last = { troubles: [], shades: [], at: this.#at, ...part };
    this.state = see(this.state, this.last);
    if (this.state.phase.is === 'shoot') this.shots += 1;
    this.#at += 125;
  }

  for(ms: number, part: Partial<Sighting>): void {
    for (let t = 0; t < ms; t += 125) this.see(part);
  }

  paper(ms: number, shades = LETTER, quad = lying(), troubles: readonly Trouble[] = []): void {
    this.for(ms, { quad, shades, troubles });
  }
}

describe('the automatic shot', () => {
  it('takes a paper that lies still for a second, and shows how long it still takes', () => {
    const bench = new Bench();
    bench.for(1_000, {});
    expect(bench.state.phase).toEqual({ is: 'looking' });
    const seen: number[] = [];
    for (let frame = 0; frame < 8; frame += 1) {
      bench.paper(125);
      const { phase } = bench.state;
      seen.push(phase.is === 'holding' ? phase.progress : -1);
    }
    expect(seen).toEqual([0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875]);
    expect(bench.shots).toBe(0);
    bench.paper(125);
    expect(bench.shots).toBe(1);
  });

  it('looks often enough before it takes one, also where a second is two looks', () => {
    let state = START;
    const phases: string[] = [];
    for (const at of [0, 700, 1_400, 2_100]) {
      state = see(state, { at, quad: lying(), troubles: [], shades: LETTER });
      phases.push(state.phase.is);
    }
    expect(phases).toEqual(['holding', 'holding', 'holding', 'shoot']);
  });

  it('waits anew when the paper is pushed, and bears the trembling of a camera', () => {
    const bench = new Bench();
    bench.paper(900);
    bench.paper(500, LETTER, lying(0.25));
    expect(bench.shots).toBe(0);
    for (let frame = 0; frame < 8; frame += 1) {
      bench.paper(125, LETTER, lying(0.25 + (frame % 2) * 0.004));
    }
    expect(bench.shots).toBe(1);
  });

  it('does not creep along with a paper that is drawn slowly', () => {
    const bench = new Bench();
    for (let frame = 0; frame < 40; frame += 1)
      bench.paper(125, LETTER, lying(0.1 + frame * 0.006));
    expect(bench.shots).toBe(0);
  });

  it('never takes the same paper twice by itself, however long it lies and wherever it is pushed', () => {
    const bench = new Bench();
    bench.paper(30_000);
    bench.paper(3_000, LETTER, lying(0.3));
    bench.paper(
      3_000,
      LETTER.map((shade) => shade - 25),
    );
    expect(bench.shots).toBe(1);
    expect(bench.state.phase).toEqual({ is: 'taken' });
  });

  it('takes the next paper when the first was lifted, or another lies on it', () => {
    const bench = new Bench();
    bench.paper(2_000);
    bench.for(600, {});
    bench.paper(2_000, FORM);
    expect(bench.shots).toBe(2);
    bench.paper(2_500);
    expect(bench.shots).toBe(3);
  });

  it('takes a paper again that was lifted and laid down anew, but not one that was only lost from sight', () => {
    const bench = new Bench();
    bench.paper(2_000);
    // a hand passed over it, or the light went: it lies exactly where it lay
    bench.for(3_000, {});
    bench.paper(3_000);
    expect(bench.shots).toBe(1);
    bench.for(250, {});
    bench.paper(3_000, LETTER, lying(0.24));
    expect(bench.shots).toBe(2);
  });

  it('is not misled by a moment without sight of the paper', () => {
    const bench = new Bench();
    bench.paper(2_000);
    bench.for(375, {});
    bench.paper(3_000, LETTER, lying(0.24));
    expect(bench.shots).toBe(1);
  });

  it('takes nothing that came under the camera while it looked: the paper must lie still anew', () => {
    const seen: Sighting = { at: 0, quad: lying(), troubles: [], shades: LETTER };
    expect(isUnmoved(seen, { ...seen, quad: lying(0.205) })).toBe(true);
    for (const now of [
      { at: 0, troubles: [], shades: [] },
      { ...seen, quad: lying(0.25) },
      { ...seen, shades: FORM },
    ]) {
      expect(isUnmoved(seen, now)).toBe(false);
    }
    const bench = new Bench();
    bench.paper(900);
    bench.state = holdAnew(bench.state);
    expect(bench.state.phase).toEqual({ is: 'holding', progress: 0 });
    bench.paper(900);
    expect(bench.shots).toBe(0);
    bench.paper(300);
    expect(bench.shots).toBe(1);
  });

  it('never shoots by itself what cannot be read, and goes on when it can', () => {
    const bench = new Bench();
    for (const trouble of ['dark', 'glare', 'blur', 'cut'] as const) {
      bench.paper(3_000, LETTER, lying(), [trouble]);
      expect(bench.state.phase).toEqual({ is: 'troubled' });
    }
    expect(bench.shots).toBe(0);
    bench.paper(1_200);
    expect(bench.shots).toBe(1);
  });

  it('does not take by itself what the citizen took by hand, found or not', () => {
    const bench = new Bench();
    bench.paper(250);
    bench.state = tookByHand(bench.last);
    bench.paper(5_000);
    expect(bench.shots).toBe(0);
    const blind = new Bench();
    blind.for(500, {});
    blind.state = tookByHand(blind.last);
    expect(blind.state.phase).toEqual({ is: 'taken' });
    // nothing was found then: what is found later is something else
    blind.paper(AUTO_SHOT.liftedMs + 2_000, FORM);
    expect(blind.shots).toBe(1);
  });
});
