import sharp from 'sharp';
import type { Quad } from '../../domain/page-image/luminance.ts';
import { homography, mapped } from '../../domain/page-image/perspective.ts';
import { chanceOf } from './chance.ts';
import type { Drawn } from './documents.ts';

/** What the paper lies on. */
export type Ground = 'dark' | 'wood' | 'light' | 'white' | 'checked' | 'striped';

/** How a paper is photographed. Lengths in pixels of the photograph. */
export interface Shot {
  readonly width: number;
  readonly height: number;
  /** Where the paper's corners come to lie. */
  readonly quad: Quad;
  readonly ground: Ground;
  readonly seed: number;
  /** 1 is daylight. */
  readonly light: number;
  /** How far the paper's middle stands up. */
  readonly curl: number;
  /** Softness of the lens: the sigma of its blur. */
  readonly blur: number;
  /** Sigma of the sensor's noise, in levels. */
  readonly noise: number;
  readonly shadow:
    | { readonly angle: number; readonly at: number; readonly depth: number; readonly soft: number }
    | undefined;
  readonly glare: { readonly u: number; readonly v: number; readonly radius: number } | undefined;
  /** Fingers hold the paper at these places of its rim: side 0 to 3, share along it. */
  readonly fingers: readonly { readonly side: number; readonly at: number }[];
}

type Colour = readonly [number, number, number];

const GROUNDS: Readonly<Record<Ground, Colour>> = {
  dark: [52, 48, 46],
  wood: [138, 98, 62],
  light: [186, 180, 170],
  white: [216, 216, 214],
  checked: [190, 60, 58],
  striped: [96, 110, 128],
};

/** Smooth noise: a few waves with chance directions. */
function waves(
  seed: number,
  count: number,
  low: number,
  high: number,
): (x: number, y: number) => number {
  const chance = chanceOf(seed);
  const all = Array.from({ length: count }, () => {
    const turn = chance.between(0, Math.PI);
    const length = chance.between(low, high);
    return {
      x: (Math.cos(turn) * 2 * Math.PI) / length,
      y: (Math.sin(turn) * 2 * Math.PI) / length,
      phase: chance.between(0, 7),
    };
  });
  return (x, y) => {
    let sum = 0;
    for (const wave of all) sum += Math.sin(x * wave.x + y * wave.y + wave.phase);
    return sum / count;
  };
}

/** Brightness of the table's pattern, around 1. */
function patternOf(ground: Ground, seed: number): (x: number, y: number) => number {
  const rough = waves(seed, 6, 30, 220);
  const turn = chanceOf(seed + 5).between(-0.4, 0.4);
  const cos = Math.cos(turn);
  const sin = Math.sin(turn);
  switch (ground) {
    case 'checked':
      return (x, y) => {
        const a = Math.floor((x * cos + y * sin) / 46) % 2 === 0;
        const b = Math.floor((y * cos - x * sin) / 46) % 2 === 0;
        return (a ? 0.72 : 1.1) * (b ? 0.72 : 1.1) + 0.03 * rough(x, y);
      };
    case 'striped':
      return (x, y) =>
        (Math.floor((x * cos + y * sin) / 64) % 3 === 0 ? 0.7 : 1) + 0.03 * rough(x, y);
    case 'wood':
      return (x, y) =>
        1 + 0.16 * Math.sin((y * cos + x * sin) / 5 + 5 * rough(x, y)) + 0.1 * rough(x, y);
    default:
      return (x, y) => 1 + 0.07 * rough(x, y);
  }
}

function lightOf({ shadow, width, height, seed }: Shot): (x: number, y: number) => number {
  const fall = chanceOf(seed + 11);
  const fx = fall.between(-0.12, 0.12);
  const fy = fall.between(-0.12, 0.12);
  return (x, y) => {
    const even = 1 + fx * (x / width - 0.5) * 2 + fy * (y / height - 0.5) * 2;
    if (shadow === undefined) return even;
    const along =
      Math.cos(shadow.angle) * (x / width - 0.5) + Math.sin(shadow.angle) * (y / height - 0.5);
    const lit = 1 / (1 + Math.exp(-(along - shadow.at) / shadow.soft));
    return even * (1 - shadow.depth * (1 - lit));
  };
}

/** Discs and a rounded end: good enough a finger. */
function fingersOf({ fingers, quad, width }: Shot): (x: number, y: number) => number {
  const radius = width * 0.021;
  const cx = (quad[0].x + quad[2].x) / 2;
  const cy = (quad[0].y + quad[2].y) / 2;
  const tips = fingers.map(({ side, at }) => {
    const a = quad[side as 0];
    const b = quad[((side + 1) % 4) as 0];
    const x = a.x + (b.x - a.x) * at;
    const y = a.y + (b.y - a.y) * at;
    const away = Math.hypot(x - cx, y - cy);
    return {
      x: x + ((cx - x) / away) * radius * 1.2,
      y: y + ((cy - y) / away) * radius * 1.2,
      dx: (x - cx) / away,
      dy: (y - cy) / away,
    };
  });
  return (x, y) => {
    let most = 0;
    for (const tip of tips) {
      const along = Math.max(0, (x - tip.x) * tip.dx + (y - tip.y) * tip.dy);
      const off = Math.hypot(x - tip.x - along * tip.dx, y - tip.y - along * tip.dy);
      most = Math.max(
        most,
        Math.min(1, Math.max(0, radius - off)) *
          (0.55 + 0.45 * Math.sqrt(Math.max(0, 1 - (off / radius) ** 2))),
      );
    }
    return most;
  };
}

/** Takes the photograph: RGB before the lens' blur. */
function expose(paper: Drawn, shot: Shot): Uint8Array {
  const { width, height, quad } = shot;
  const sheet: Quad = [
    { x: 0, y: 0 },
    { x: paper.width - 1, y: 0 },
    { x: paper.width - 1, y: paper.height - 1 },
    { x: 0, y: paper.height - 1 },
  ];
  const toPaper = homography(quad, sheet);
  const light = lightOf(shot);
  const pattern = patternOf(shot.ground, shot.seed);
  const finger = fingersOf(shot);
  const ground = GROUNDS[shot.ground];
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const flat = mapped(toPaper, x, y);
      const lift = shot.curl * Math.sin(Math.PI * Math.min(1, Math.max(0, flat.x / paper.width)));
      const at = shot.curl === 0 ? flat : mapped(toPaper, x, y + lift);
      const inside = Math.min(at.x, at.y, paper.width - 1 - at.x, paper.height - 1 - at.y);
      let bright = light(x, y) * shot.light;
      const o = (y * width + x) * 3;
      const skin = shot.fingers.length === 0 ? 0 : finger(x, y);
      let shine = 0;
      if (shot.glare !== undefined && inside > 0) {
        const du = at.x / paper.width - shot.glare.u;
        const dv = (at.y / paper.height - shot.glare.v) * 1.4;
        shine = 520 * Math.exp(-1 * ((du * du + dv * dv) / shot.glare.radius ** 2) ** 2);
      }
      // a sheet throws a thin shadow
      if (inside < 0 && inside > -12) bright *= 0.8 + 0.2 * (-inside / 12);
      const px = Math.min(paper.width - 2, Math.max(0, at.x));
      const py = Math.min(paper.height - 2, Math.max(0, at.y));
      const ix = Math.floor(px);
      const iy = Math.floor(py);
      const ax = px - ix;
      const ay = py - iy;
      const p = (iy * paper.width + ix) * 3;
      const q = p + paper.width * 3;
      const cover = Math.min(1, Math.max(0, inside + 0.5));
      const table = cover < 1 ? pattern(x, y) : 0;
      const bend =
        shot.curl === 0 ? 1 : 1 - 0.004 * shot.curl * Math.cos((Math.PI * at.x) / paper.width);
      for (let c = 0; c < 3; c++) {
        const sheetColour =
          (1 - ay) * ((1 - ax) * (paper.rgb[p + c] ?? 0) + ax * (paper.rgb[p + 3 + c] ?? 0)) +
          ay * ((1 - ax) * (paper.rgb[q + c] ?? 0) + ax * (paper.rgb[q + 3 + c] ?? 0));
        let value = cover * (sheetColour * 0.86 * bend) + (1 - cover) * (ground[c as 0] * table);
        if (skin > 0)
          value =
            (1 - Math.min(1, skin * 4)) * value +
            Math.min(1, skin * 4) * ([222, 172, 146][c] ?? 0) * (0.45 + 0.55 * skin);
        value = value * bright + shine;
        rgb[o + c] = Math.min(255, Math.max(0, value));
      }
    }
  }
  return rgb;
}

/** Grain of a sensor, in place; sigma in levels. */
export function addNoise(rgb: Uint8Array, sigma: number, seed: number): void {
  const chance = chanceOf(seed + 3);
  for (let i = 0; i < rgb.length; i++) {
    // three even numbers make a bell
    const bell = (chance.next() + chance.next() + chance.next() - 1.5) * 2;
    rgb[i] = Math.min(255, Math.max(0, (rgb[i] ?? 0) + bell * sigma));
  }
}

/** The photograph as a camera hands it over: JPEG. */
export async function photograph(paper: Drawn, shot: Shot): Promise<Uint8Array> {
  const { width, height } = shot;
  const raw = { raw: { width, height, channels: 3 as const } };
  let rgb: Uint8Array = expose(paper, shot);
  if (shot.blur >= 0.3)
    rgb = new Uint8Array(await sharp(rgb, raw).blur(shot.blur).raw().toBuffer());
  addNoise(rgb, shot.noise, shot.seed);
  return new Uint8Array(await sharp(rgb, raw).jpeg({ quality: 88 }).toBuffer());
}
