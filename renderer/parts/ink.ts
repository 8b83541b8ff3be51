/** One stroke: points in the pad's own measure, 0 to 1 in both directions. */
export type Stroke = readonly (readonly [x: number, y: number])[];

/** Size of the picture that is handed in. */
export const INK_WIDTH = 1200;
/** Size of the picture that is handed in. */
export const INK_HEIGHT = 500;

const LINE = 11;

/** Draws strokes anew: dark ink on white. */
export function drawInk(context: CanvasRenderingContext2D, strokes: readonly Stroke[]): void {
  context.fillStyle = '#fff';
  context.fillRect(0, 0, INK_WIDTH, INK_HEIGHT);
  context.strokeStyle = '#101820';
  context.fillStyle = '#101820';
  context.lineWidth = LINE;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  for (const stroke of strokes) {
    const [first, ...rest] = stroke.map(([x, y]): [number, number] => [
      x * INK_WIDTH,
      y * INK_HEIGHT,
    ]);
    if (first === undefined) continue;
    context.beginPath();
    if (rest.length === 0) {
      context.arc(first[0], first[1], LINE / 2, 0, 2 * Math.PI);
      context.fill();
      continue;
    }
    context.moveTo(...first);
    for (const point of rest) context.lineTo(...point);
    context.stroke();
  }
}
