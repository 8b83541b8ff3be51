import { useEffect, useRef, type PointerEvent } from 'react';
import { drawInk, INK_HEIGHT, INK_WIDTH, type Stroke } from './ink.ts';

/** Where one writes with the finger. Strokes live in memory of the screen that shows it, nowhere else. */
export function InkPad(props: {
  readonly label: string;
  readonly strokes: readonly Stroke[];
  readonly onStrokes: (strokes: readonly Stroke[]) => void;
  /** Called with the canvas, for the picture that is handed in. */
  readonly onCanvas: (canvas: HTMLCanvasElement | null) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<{ pointer: number; points: [number, number][] } | null>(null);
  const { strokes, onCanvas } = props;

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context) drawInk(context, strokes);
  }, [strokes]);
  useEffect(() => {
    const at = canvas.current;
    onCanvas(at);
    return () => {
      // ink must not outlive its screen in the memory of a canvas
      at?.getContext('2d')?.reset();
      onCanvas(null);
    };
  }, [onCanvas]);

  const pointOf = (event: PointerEvent<HTMLCanvasElement>): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const redraw = (): void => {
    const context = canvas.current?.getContext('2d');
    if (!context || drawing.current === null) return;
    drawInk(context, [...strokes, drawing.current.points]);
  };
  const finish = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (drawing.current?.pointer !== event.pointerId) return;
    const { points } = drawing.current;
    drawing.current = null;
    props.onStrokes([...strokes, points]);
  };
  return (
    <canvas
      ref={canvas}
      className="ink"
      width={INK_WIDTH}
      height={INK_HEIGHT}
      role="img"
      aria-label={props.label}
      onPointerDown={(event) => {
        if (drawing.current !== null) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        drawing.current = { pointer: event.pointerId, points: [pointOf(event)] };
        redraw();
      }}
      onPointerMove={(event) => {
        if (drawing.current?.pointer !== event.pointerId) return;
        drawing.current.points.push(pointOf(event));
        redraw();
      }}
      onPointerUp={finish}
      onPointerCancel={finish}
    />
  );
}
