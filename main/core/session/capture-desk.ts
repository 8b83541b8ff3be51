import { maxPages } from './material-state.ts';
import { NotNow, type SessionParts } from './parts.ts';
import type { SessionData } from './session-data.ts';
import { materialsOf } from './view.ts';

/**
 * What became of a picture of the document camera.
 *
 * - `taken`: it is a page of the material now
 * - `unreadable`: it is no picture
 * - `full`: no more pages can be taken
 * - `gone`: the citizen went on meanwhile; it was thrown away
 */
export type CaptureOutcome = 'taken' | 'unreadable' | 'full' | 'gone';

/** Takes in what the page saw through the document camera: cleans and keeps it, one picture at a time. */
export class CaptureDesk {
  readonly #parts: SessionParts;
  readonly #data: SessionData;
  readonly #changed: () => void;
  /** Stands for the picture at work; a session that ends takes it away. */
  #running: object | undefined;

  constructor(parts: SessionParts, data: SessionData, changed: () => void) {
    this.#parts = parts;
    this.#data = data;
    this.#changed = changed;
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Says before a picture is sent whether it would be taken.
   * @throws NotNow `NOT_FOUND` when no paper is asked for under that id, `DEVICE` while another picture is
   *   worked on
   */
  expect(materialId: string): void {
    const state = materialsOf(this.#data).find(({ material }) => material.id === materialId);
    if (state?.view.means !== 'paper') throw new NotNow('NOT_FOUND');
    if (this.busy) throw new NotNow('DEVICE');
  }

  /**
   * Makes a picture a page of a material. The bytes are overwritten, whatever becomes of them.
   * @param stillHere whether pages of papers are still asked for
   * @throws NotNow as `expect` does
   */
  async take(
    materialId: string,
    bytes: Uint8Array,
    stillHere: () => boolean,
  ): Promise<CaptureOutcome> {
    try {
      if (!stillHere()) return 'gone';
      this.expect(materialId);
      if (!this.#room(materialId)) return this.#full();
      const running = {};
      this.#running = running;
      const clean = await this.#parts.images.page(bytes).catch(() => undefined);
      const mine = this.#running === running;
      if (mine) this.#running = undefined;
      if (!mine || !stillHere()) {
        clean?.bytes.fill(0);
        clean?.preview.fill(0);
        return 'gone';
      }
      if (clean === undefined) return 'unreadable';
      if (this.#data.store.add(materialId, clean) === undefined) return this.#full();
      // what went wrong at the scanner before is made good
      if (this.#data.scan?.state === 'failed') this.#data.scan = undefined;
      this.#data.notice = 'none';
      this.#changed();
      return 'taken';
    } finally {
      bytes.fill(0);
    }
  }

  /** The session is over: a picture at work is thrown away unseen. */
  forget(): void {
    this.#running = undefined;
  }

  #room(materialId: string): boolean {
    const state = materialsOf(this.#data).find(({ material }) => material.id === materialId);
    if (state === undefined) return false;
    return maxPages(state.material) > state.view.pages.length && this.#data.store.room > 0;
  }

  #full(): CaptureOutcome {
    this.#data.notice = 'pageLimit';
    this.#changed();
    return 'full';
  }
}
