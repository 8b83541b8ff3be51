import type { LuminanceImage, Point } from '../../domain/page-image/luminance.ts';
import { luminanceOf } from './look.ts';

/** The small frames that papers are looked for in. */
const SMALL_PX = 320;
/** Sharpness is judged in a picture whose longer side would be this long. */
const SHARP_PX = 1200;
const DETAIL_PX = 320;
const QUALITY = 0.92;

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
    return this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA && this.#longest > 0;
  }

  /** The whole picture, small. */
  small(): LuminanceImage {
    const { videoWidth, videoHeight } = this.#video;
    const scale = SMALL_PX / this.#longest;
    return this.#read(this.#small, [0, 0, videoWidth, videoHeight], scale);
  }

  /** What lies around a place, in shares of the frame: large enough to see whether letters are sharp. */
  detail(place: Point): LuminanceImage {
    const { videoWidth, videoHeight } = this.#video;
    const scale = SHARP_PX / this.#longest;
    const side = Math.min(DETAIL_PX / scale, videoWidth, videoHeight);
    const within = (at: number, length: number): number =>
      Math.max(0, Math.min(length - side, at * length - side / 2));
    const x = within(place.x, videoWidth);
    const y = within(place.y, videoHeight);
    return this.#read(this.#detail, [x, y, side, side], scale);
  }

  /** The whole picture as the camera gave it, as JPEG; undefined when there is none. */
  async picture(): Promise<Blob | undefined> {
    if (!this.ready) return undefined;
    const large = pad();
    const { videoWidth, videoHeight } = this.#video;
    large.canvas.width = videoWidth;
    large.canvas.height = videoHeight;
    large.context.drawImage(this.#video, 0, 0);
    const blob = await new Promise<Blob | null>((resolve) =>
      large.canvas.toBlob(resolve, 'image/jpeg', QUALITY),
    );
    wipe(large);
    return blob ?? undefined;
  }

  forget(): void {
    wipe(this.#small);
    wipe(this.#detail);
  }

  get #longest(): number {
    return Math.max(this.#video.videoWidth, this.#video.videoHeight);
  }

  #read(
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
    context.drawImage(this.#video, x, y, width, height, 0, 0, w, h);
    return luminanceOf(context.getImageData(0, 0, w, h));
  }
}
