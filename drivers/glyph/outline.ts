import type { Bitmap } from './bitmap.ts';
import { blacken } from './bitmap.ts';

/** One step of a glyph's outline, as fontkit gives it. Units of the font, y upwards. */
export interface OutlineCommand {
  readonly command: string;
  readonly args: readonly number[];
}

/** From font units to dots: `x * scaleX + shiftX`, `shiftY - y * scaleY`. */
export interface Placement {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly shiftX: number;
  readonly shiftY: number;
}

interface Edge {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Scan lines and steps within a dot that decide how much of it is covered. */
const SAMPLES = 4;
const CURVE_STEPS = 6;

/**
 * Fills an outline (non-zero winding) and blackens each dot of which at least `threshold` (0 to 1) is
 * covered. Thin strokes of 24-dot characters need a threshold under one half, or they break up.
 */
export function fillOutline(
  target: Bitmap,
  commands: readonly OutlineCommand[],
  placement: Placement,
  threshold: number,
): void {
  const edges = flatten(commands, placement);
  if (edges.length === 0) return;
  const needed = threshold * SAMPLES * SAMPLES;
  const top = Math.max(0, Math.floor(Math.min(...edges.map((e) => Math.min(e.y0, e.y1)))));
  const bottom = Math.min(
    target.height,
    Math.ceil(Math.max(...edges.map((e) => Math.max(e.y0, e.y1)))),
  );
  for (let row = top; row < bottom; row++) {
    const hits = new Uint8Array(target.width);
    for (let i = 0; i < SAMPLES; i++) countHits(edges, row + (i + 0.5) / SAMPLES, hits);
    hits.forEach((count, x) => {
      if (count > 0 && count >= needed) blacken(target, x, row);
    });
  }
}

/** Adds for each dot of one scan line how many of its sample points lie within the outline. */
function countHits(edges: readonly Edge[], y: number, hits: Uint8Array): void {
  const crossings: { readonly x: number; readonly turn: number }[] = [];
  for (const { x0, y0, x1, y1 } of edges) {
    if (y0 <= y === y1 <= y) continue;
    crossings.push({ x: x0 + ((y - y0) / (y1 - y0)) * (x1 - x0), turn: y1 > y0 ? 1 : -1 });
  }
  crossings.sort((a, b) => a.x - b.x);
  let winding = 0;
  let from = 0;
  for (const { x, turn } of crossings) {
    if (winding === 0) from = x;
    winding += turn;
    if (winding === 0) countSpan(from, x, hits);
  }
}

function countSpan(from: number, to: number, hits: Uint8Array): void {
  const first = Math.max(0, Math.ceil(from * SAMPLES - 0.5));
  const last = Math.min(hits.length * SAMPLES - 1, Math.ceil(to * SAMPLES - 0.5) - 1);
  for (let i = first; i <= last; i++) {
    const dot = Math.floor(i / SAMPLES);
    hits[dot] = (hits[dot] ?? 0) + 1;
  }
}

function flatten(commands: readonly OutlineCommand[], placement: Placement): Edge[] {
  const edges: Edge[] = [];
  let startX = 0;
  let startY = 0;
  let x = 0;
  let y = 0;
  const lineTo = (toX: number, toY: number): void => {
    edges.push({ x0: x, y0: y, x1: toX, y1: toY });
    x = toX;
    y = toY;
  };
  for (const { command, args } of commands) {
    const points = Array.from({ length: args.length >> 1 }, (_, i) => ({
      x: (args[2 * i] ?? 0) * placement.scaleX + placement.shiftX,
      y: placement.shiftY - (args[2 * i + 1] ?? 0) * placement.scaleY,
    }));
    const end = points.at(-1);
    if (command === 'closePath' || end === undefined) {
      lineTo(startX, startY);
    } else if (command === 'moveTo') {
      lineTo(startX, startY);
      ({ x, y } = end);
      startX = x;
      startY = y;
    } else {
      curveTo([{ x, y }, ...points], lineTo);
    }
  }
  lineTo(startX, startY);
  return edges;
}

/** Straight pieces for a line or Bézier curve of any degree (de Casteljau). */
function curveTo(
  control: readonly { readonly x: number; readonly y: number }[],
  lineTo: (x: number, y: number) => void,
): void {
  const steps = control.length === 2 ? 1 : CURVE_STEPS;
  for (let step = 1; step <= steps; step++) {
    const t = step / steps;
    let points = control;
    while (points.length > 1) {
      points = points.slice(1).map((to, i) => {
        const from = points[i] ?? to;
        return { x: from.x + (to.x - from.x) * t, y: from.y + (to.y - from.y) * t };
      });
    }
    const at = points[0];
    if (at !== undefined) lineTo(at.x, at.y);
  }
}
