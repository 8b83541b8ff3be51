import type { PageAdvice } from '../../domain/page-image/advice.ts';
import type { Quad } from '../../domain/page-image/luminance.ts';
import { chanceOf, type Chance } from './chance.ts';
import { drawDocument, type DocumentKind, type Drawn } from './documents.ts';
import { photograph, type Ground, type Shot } from './photograph.ts';

/** What is wrong with a photographed page, on purpose. */
export type Flaw = 'none' | 'shadow' | 'fingers' | 'curl' | 'glare' | 'blur' | 'dark' | 'cut';

/** One page to photograph, with the truth about it. */
export interface Scene {
  readonly name: string;
  readonly document: DocumentKind;
  readonly flaw: Flaw;
  readonly shot: Shot;
  /** Advice that must be given, and none besides but what `may` allows. */
  readonly truth: readonly PageAdvice[];
}

/** The pages that thresholds were found on; other seeds give pages that nothing was fitted to. */
export const SCENE_SEED = 1;
/** How many of them. */
export const SCENE_COUNT = 30;

const WIDTH = 1280;
const HEIGHT = 960;
const FLAWS: readonly Flaw[] = [
  ...([
    'none',
    'none',
    'shadow',
    'fingers',
    'curl',
    'glare',
    'blur',
    'dark',
    'cut',
    'none',
  ] as const),
];
const GROUNDS: readonly Ground[] = ['dark', 'wood', 'light', 'checked', 'striped', 'white'];
const DOCUMENTS: readonly DocumentKind[] = ['text', 'table', 'certificate'];

/** A sheet of A4 before a pinhole camera: turned, tilted and moved, then seen. */
function seen(chance: Chance, cut: boolean): Quad {
  const focal = 1.15 * WIDTH;
  const spin = chance.between(-0.3, 0.3);
  const tiltX = chance.between(-0.42, 0.42);
  const tiltY = chance.between(-0.32, 0.32);
  const size = chance.between(0.62, 0.8);
  const far = (focal * 1.414) / (size * HEIGHT * 1.15);
  const half = [
    [-0.5, -0.707],
    [0.5, -0.707],
    [0.5, 0.707],
    [-0.5, 0.707],
  ] as const;
  const rotated = half.map(([x, y]) => {
    const x1 = x * Math.cos(spin) - y * Math.sin(spin);
    const y1 = x * Math.sin(spin) + y * Math.cos(spin);
    const y2 = y1 * Math.cos(tiltX);
    const z2 = y1 * Math.sin(tiltX);
    const x3 = x1 * Math.cos(tiltY) + z2 * Math.sin(tiltY);
    const z3 = -x1 * Math.sin(tiltY) + z2 * Math.cos(tiltY);
    return { x: (focal * x3) / (far + z3), y: (focal * y2) / (far + z3) };
  });
  const lowX = Math.min(...rotated.map(({ x }) => x));
  const highX = Math.max(...rotated.map(({ x }) => x));
  const lowY = Math.min(...rotated.map(({ y }) => y));
  const highY = Math.max(...rotated.map(({ y }) => y));
  const margin = 26;
  // the middle of the lens is the middle of the picture: the sheet is moved by little only
  const cx = WIDTH / 2 + chance.between(-60, 60);
  const cy = HEIGHT / 2 + chance.between(-20, 20);
  let dx = Math.min(WIDTH - margin - highX, Math.max(margin - lowX, cx));
  let dy = Math.min(HEIGHT - margin - highY, Math.max(margin - lowY, cy));
  if (cut) {
    if (chance.next() < 0.5) dy = -lowY - chance.between(18, 60);
    else
      dx =
        chance.next() < 0.5
          ? -lowX - chance.between(20, 60)
          : WIDTH - highX + chance.between(20, 60);
  }
  const [a, b, c, d] = rotated.map(({ x, y }) => ({ x: x + dx, y: y + dy }));
  if (!a || !b || !c || !d) throw new Error('a sheet has four corners');
  return [a, b, c, d];
}

function shotOf(flaw: Flaw, ground: Ground, chance: Chance, seed: number): Shot {
  return {
    width: WIDTH,
    height: HEIGHT,
    quad: seen(chance, flaw === 'cut'),
    ground,
    seed,
    light: flaw === 'dark' ? chance.between(0.2, 0.28) : chance.between(0.82, 1.05),
    curl: flaw === 'curl' ? chance.between(5, 9) : 0,
    blur: flaw === 'blur' ? chance.between(2.6, 4) : chance.between(0, 0.8),
    noise: flaw === 'dark' ? 5 : chance.between(1, 4),
    shadow:
      flaw === 'shadow'
        ? {
            angle: chance.between(0, 6.28),
            at: chance.between(-0.12, 0.12),
            depth: chance.between(0.35, 0.55),
            soft: chance.between(0.006, 0.03),
          }
        : undefined,
    glare:
      flaw === 'glare'
        ? {
            u: chance.between(0.3, 0.7),
            v: chance.between(0.3, 0.7),
            radius: chance.between(0.13, 0.2),
          }
        : undefined,
    fingers:
      flaw === 'fingers'
        ? [
            { side: 3, at: chance.between(0.25, 0.75) },
            { side: 1, at: chance.between(0.25, 0.75) },
          ]
        : [],
  };
}

const ADVICE: Readonly<Partial<Record<Flaw, readonly PageAdvice[]>>> = {
  glare: ['glare'],
  blur: ['blurred'],
  dark: ['tooDark'],
  fingers: ['finger'],
};

function isCut({ quad, width, height }: Shot): boolean {
  return quad.some(({ x, y }) => x < 0 || y < 0 || x > width - 1 || y > height - 1);
}

/** So many scenes from a seed, with every flaw, table and kind of paper among them. */
export function scenesOf(seed: number, count: number): readonly Scene[] {
  return Array.from({ length: count }, (_, i) => {
    const own = seed * 1000 + i;
    const chance = chanceOf(own);
    const flaw = FLAWS[i % FLAWS.length] ?? 'none';
    // 7 and 3 have no common step with the flaws, so that they mix
    const ground = GROUNDS[(i * 7 + Math.floor(i / 6)) % GROUNDS.length] ?? 'dark';
    const document = DOCUMENTS[(i + Math.floor(i / 3)) % DOCUMENTS.length] ?? 'text';
    const shot = shotOf(flaw, ground, chance, own);
    return {
      name: `${String(i + 1)} ${document} on ${ground}, ${flaw}`,
      document,
      flaw,
      shot,
      truth: [...(ADVICE[flaw] ?? []), ...(isCut(shot) ? (['cutCorner'] as const) : [])],
    };
  });
}

/** Draws and photographs scenes; papers are drawn once a kind and taken again. */
export class PhotoStudio {
  readonly #papers = new Map<string, Promise<Drawn>>();

  /** The paper of a scene, flat. */
  paper({ document, shot }: Scene): Promise<Drawn> {
    const variant = shot.seed % 3;
    const key = `${document} ${String(variant)}`;
    const known = this.#papers.get(key);
    if (known !== undefined) return known;
    const drawing = drawDocument(document, chanceOf(variant + 17), 1000);
    this.#papers.set(key, drawing);
    return drawing;
  }

  /** The photograph: JPEG. */
  async take(scene: Scene): Promise<Uint8Array> {
    return photograph(await this.paper(scene), scene.shot);
  }
}
