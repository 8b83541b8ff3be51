import type { CameraSettings } from '../../main/contract/camera.ts';
import { inBackground } from '../in-background.ts';
import { CameraAway, openCamera, type CameraTrouble, type OpenCamera } from './open-camera.ts';

/** How the camera stands towards the screen that shows it. */
export type CameraView =
  | { readonly is: 'opening' }
  | { readonly is: 'running'; readonly stream: MediaStream }
  /** `unplugged`: it was there, and has not been since. */
  | { readonly is: 'away'; readonly why: CameraTrouble; readonly unplugged: boolean };

/** A camera that is away is looked for so often, besides when the system says that something was plugged in. */
const AGAIN_MS = 2_000;

/**
 * The camera while a screen shows it: switched on by `start`, off by `stop`, off while the page is hidden. One
 * that is pulled out is told, and comes back by itself when it is there again.
 */
export class LiveCamera {
  readonly #settings: CameraSettings;
  readonly #tell: (view: CameraView) => void;
  readonly #media: MediaDevices | undefined;
  #open: OpenCamera | undefined;
  #opening = false;
  #stopped = false;
  #unplugged = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    settings: CameraSettings,
    tell: (view: CameraView) => void,
    media: MediaDevices | undefined = navigator.mediaDevices,
  ) {
    this.#settings = settings;
    this.#tell = tell;
    this.#media = media;
  }

  start(): void {
    this.#media?.addEventListener('devicechange', this.#again);
    document.addEventListener('visibilitychange', this.#seen);
    window.addEventListener('pagehide', this.#letGo);
    this.#tell({ is: 'opening' });
    this.#again();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#media?.removeEventListener('devicechange', this.#again);
    document.removeEventListener('visibilitychange', this.#seen);
    window.removeEventListener('pagehide', this.#letGo);
    this.#letGo();
  }

  readonly #seen = (): void => {
    if (document.hidden) this.#letGo();
    else this.#again();
  };

  readonly #letGo = (): void => {
    const open = this.#open;
    this.#open = undefined;
    for (const track of open?.stream.getTracks() ?? []) track.stop();
    if (open !== undefined && !this.#stopped) this.#tell({ is: 'opening' });
  };

  readonly #again = (): void => {
    clearTimeout(this.#timer);
    if (this.#stopped || this.#opening || this.#open !== undefined || document.hidden) return;
    this.#opening = true;
    inBackground(this.#try());
  };

  async #try(): Promise<void> {
    try {
      const open = await openCamera(this.#media, this.#settings);
      if (this.#stopped || document.hidden) {
        for (const track of open.stream.getTracks()) track.stop();
        return;
      }
      this.#open = open;
      this.#unplugged = false;
      open.track.addEventListener('ended', () => this.#ended(open));
      this.#tell({ is: 'running', stream: open.stream });
    } catch (error) {
      if (!(error instanceof CameraAway)) throw error;
      if (!this.#stopped) this.#away(error.why);
    } finally {
      this.#opening = false;
    }
  }

  #ended(open: OpenCamera): void {
    if (this.#open !== open) return;
    this.#open = undefined;
    this.#unplugged = true;
    this.#away('missing');
  }

  #away(why: CameraTrouble): void {
    this.#tell({ is: 'away', why, unplugged: this.#unplugged });
    this.#timer = setTimeout(this.#again, AGAIN_MS);
  }
}
