import type { LuminanceImage, Point } from '../../domain/page-image/luminance.ts';
import type { CameraSettings } from '../../main/contract/camera.ts';
import { luminanceOf } from './look.ts';

/** The small frames that papers are looked for in. */
const SMALL_PX = 320;
/** Sharpness is judged in a picture whose longer side would be this long. */
const SHARP_PX = 1200;
const DETAIL_PX = 320;
const QUALITY = 0.92;

/** Degrees, clockwise, by which a camera's picture is turned so that it stands upright. */
export type Turn = CameraSettings['rotate'];

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Pad {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
}

function pad(): Pad {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no canvas to draw on');
  return { canvas, context };
}

/** A picture that can be drawn: upright, from its top left corner on, a point for each of its own. */
interface Source extends Size {
  readonly draw: (context: CanvasRenderingContext2D) => void;
}

/** How large a turned picture is. */
export function turnedSize({ width, height }: Size, turn: Turn): Size {
  return turn % 180 === 0 ? { width, height } : { width: height, height: width };
}

function turned(video: HTMLVideoElement, turn: Turn): Source {
  const own = { width: video.videoWidth, height: video.videoHeight };
  const size = turnedSize(own, turn);
  return {
    ...size,
    draw: (context) => {
      context.translate(size.width / 2, size.height / 2);
      context.rotate((turn * Math.PI) / 180);
      context.drawImage(video, -own.width / 2, -own.height / 2);
    },
  };
}

/** A canvas forgets what was drawn on it. */
function wipe({ canvas }: Pad): void {
  canvas.width = 0;
  canvas.height = 0;
}

/** One whole picture of a video, which stays as it is while it is looked at; wiped by `forget`. */
export interface Still {
  /** The whole picture, small. */
  small(): LuminanceImage;
  /** What lies around a place, in shares of the picture: large enough to see whether letters are sharp. */
  detail(place: Point): LuminanceImage;
  /** As the camera gave it. */
  jpeg(): Promise<Blob | undefined>;
  forget(): void;
}

/** Takes pictures out of a running video; what it drew is wiped by `forget`. */
export class Frames {
  readonly #video: HTMLVideoElement;
  readonly #turn: Turn;
  readonly #small = pad();
  readonly #detail = pad();

  /** @param turn how its pictures are turned; all places are those of the turned picture */
  constructor(video: HTMLVideoElement, turn: Turn) {
    this.#video = video;
    this.#turn = turn;
  }

  /** Whether there is a picture yet. */
  get ready(): boolean {
    const { readyState, videoWidth } = this.#video;
    return readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && videoWidth > 0;
  }

  /** The whole picture, small. */
  small(): LuminanceImage {
    return this.#smallOf(turned(this.#video, this.#turn));
  }

  /** What lies around a place, in shares of the frame: large enough to see whether letters are sharp. */
  detail(place: Point): LuminanceImage {
    return this.#detailOf(turned(this.#video, this.#turn), place);
  }

  /** The whole picture as it is now; undefined when there is none. */
  still(): Still | undefined {
    if (!this.ready) return undefined;
    const large = pad();
    const { canvas, context } = large;
    const { width, height, draw } = turned(this.#video, this.#turn);
    canvas.width = width;
    canvas.height = height;
    draw(context);
    const source: Source = { width, height, draw: (into) => into.drawImage(canvas, 0, 0) };
    return {
      small: () => this.#smallOf(source),
      detail: (place) => this.#detailOf(source, place),
      jpeg: async () => {
        const blob = await new Promise<Blob | null>((resolve) =>
          canvas.toBlob(resolve, 'image/jpeg', QUALITY),
        );
        return blob ?? undefined;
      },
      forget: () => wipe(large),
    };
  }

  forget(): void {
    wipe(this.#small);
    wipe(this.#detail);
  }

  #smallOf(source: Source): LuminanceImage {
    const { width, height } = source;
    const scale = SMALL_PX / Math.max(width, height);
    return read(source, this.#small, [0, 0, width, height], scale);
  }

  #detailOf(source: Source, place: Point): LuminanceImage {
    const { width, height } = source;
    const scale = SHARP_PX / Math.max(width, height);
    const side = Math.min(DETAIL_PX / scale, width, height);
    const within = (at: number, length: number): number =>
      Math.max(0, Math.min(length - side, at * length - side / 2));
    const x = within(place.x, width);
    const y = within(place.y, height);
    return read(source, this.#detail, [x, y, side, side], scale);
  }
}

/** A part of a picture, larger or smaller by `scale`. */
function read(
  source: Source,
  { canvas, context }: Pad,
  [x, y, width, height]: readonly [number, number, number, number],
  scale: number,
): LuminanceImage {
  const w = Math.max(1, Math.round(width * scale));
  const h = Math.max(1, Math.round(height * scale));
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  context.setTransform(w / width, 0, 0, h / height, (-x * w) / width, (-y * h) / height);
  source.draw(context);
  context.resetTransform();
  return luminanceOf(context.getImageData(0, 0, w, h));
}
