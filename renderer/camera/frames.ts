import type { LuminanceImage, Point } from '../../domain/page-image/luminance.ts';
import { luminanceOf } from './look.ts';

/** The small frames that papers are looked for in. */
const SMALL_PX = 320;
/** Sharpness is judged in a picture whose longer side would be this long. */
const SHARP_PX = 1200;
const DETAIL_PX = 320;
const QUALITY = 0.92;

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
  readonly #small = pad();
  readonly #detail = pad();

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /** Whether there is a picture yet. */
  get ready(): boolean {
    return this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && this.#size.width > 0;
  }

  /** The whole picture, small. */
  small(): LuminanceImage {
    return this.#smallOf(this.#video, this.#size);
  }

  /** What lies around a place, in shares of the frame: large enough to see whether letters are sharp. */
  detail(place: Point): LuminanceImage {
    return this.#detailOf(this.#video, this.#size, place);
  }

  /** The whole picture as it is now; undefined when there is none. */
  still(): Still | undefined {
    if (!this.ready) return undefined;
    const large = pad();
    const { canvas } = large;
    const size = this.#size;
    canvas.width = size.width;
    canvas.height = size.height;
    large.context.drawImage(this.#video, 0, 0);
    return {
      small: () => this.#smallOf(canvas, size),
      detail: (place) => this.#detailOf(canvas, size, place),
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

  get #size(): Size {
    const { videoWidth, videoHeight } = this.#video;
    return { width: videoWidth, height: videoHeight };
  }

  #smallOf(from: CanvasImageSource, { width, height }: Size): LuminanceImage {
    const scale = SMALL_PX / Math.max(width, height);
    return this.#read(from, this.#small, [0, 0, width, height], scale);
  }

  #detailOf(from: CanvasImageSource, { width, height }: Size, place: Point): LuminanceImage {
    const scale = SHARP_PX / Math.max(width, height);
    const side = Math.min(DETAIL_PX / scale, width, height);
    const within = (at: number, length: number): number =>
      Math.max(0, Math.min(length - side, at * length - side / 2));
    const x = within(place.x, width);
    const y = within(place.y, height);
    return this.#read(from, this.#detail, [x, y, side, side], scale);
  }

  #read(
    from: CanvasImageSource,
    { canvas, context }: Pad,
    [x, y, width, height]: readonly [number, number, number, number],
    scale: number,
  ): LuminanceImage {
    const to = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    const [w = 1, h = 1] = to;
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
    }
    context.drawImage(from, x, y, width, height, 0, 0, w, h);
    return luminanceOf(context.getImageData(0, 0, w, h));
  }
}
