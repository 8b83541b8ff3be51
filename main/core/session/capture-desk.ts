import type { PageSource } from '../../../domain/page-image/advice.ts';
import { overwrite } from '../materials/material-store.ts';
import { wipe } from '../seal/give-back.ts';
import { maxPages, type MaterialState } from './material-state.ts';
import { NotNow, type SessionParts } from './parts.ts';
import type { SessionData } from './session-data.ts';
import { materialsOf } from './view.ts';

/**
 * What became of a picture of the document camera or of the citizen's phone.
 *
 * - `taken`: it is a page of the material now
 * - `unreadable`: it is no picture
 * - `full`: no more pages can be taken
 * - `gone`: the citizen went on meanwhile; it was thrown away
 */
export type CaptureOutcome = 'taken' | 'unreadable' | 'full' | 'gone';

/** Takes a picture that was expected. Its bytes are wiped, whatever becomes of them. */
export type TakeCapture = (bytes: Uint8Array) => Promise<CaptureOutcome>;

/** How a picture is taken in. */
export interface CaptureHow {
  /** Where it comes from; the document camera unless something else is said. */
  readonly source?: PageSource;
  /** A page that is taken again; it goes when the new one is there. */
  readonly replaces?: string | undefined;
}

interface Expected extends CaptureHow {
  readonly materialId: string;
  readonly session: string;
  /** The application that it was expected for. */
  readonly application: object;
}

/** Takes in what the page saw through the document camera: cleans and keeps it, one picture at a time. */
export class CaptureDesk {
  readonly #parts: SessionParts;
  readonly #data: SessionData;
  readonly #atPapers: () => string | undefined;
  readonly #changed: () => void;
  /** Stands for the picture at work; an application that ends takes it away. */
  #running: object | undefined;
  /** Stands for the application that pictures are taken for now. */
  #application: object = {};

  /** @param atPapers the session that is at its papers now, by its id */
  constructor(
    parts: SessionParts,
    data: SessionData,
    atPapers: () => string | undefined,
    changed: () => void,
  ) {
    this.#parts = parts;
    this.#data = data;
    this.#atPapers = atPapers;
    this.#changed = changed;
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Expects a picture as a page of a material: asked before anything is sent.
   * @returns takes the picture, as long as it is still this application at its papers
   * @throws NotNow `WRONG_STEP` when nobody is at the papers, `NOT_FOUND` when no paper is asked for under
   *   that id, `DEVICE` while another picture is worked on
   */
  expect(materialId: string, how: CaptureHow = {}): TakeCapture {
    const session = this.#atPapers();
    if (session === undefined) throw new NotNow('WRONG_STEP');
    if (this.#material(materialId)?.view.means !== 'paper') throw new NotNow('NOT_FOUND');
    if (this.busy) throw new NotNow('DEVICE');
    const application = this.#application;
    return async (bytes) => {
      try {
        return await this.#take({ ...how, materialId, session, application }, bytes);
      } finally {
        wipe(bytes);
      }
    };
  }

  /** The application is over: a picture at work is thrown away unseen, and so is one that was expected. */
  forget(): void {
    this.#application = {};
    this.#running = undefined;
  }

  async #take(
    { materialId, session, application, replaces, source = 'camera' }: Expected,
    bytes: Uint8Array,
  ): Promise<CaptureOutcome> {
    const { store } = this.#data;
    const here = (): boolean => this.#atPapers() === session && this.#application === application;
    const state = this.#material(materialId);
    if (!here() || state === undefined || this.busy) return 'gone';
    const again = state.view.pages.some(({ pageId }) => pageId === replaces) ? 1 : 0;
    const kept = state.view.pages.filter(({ aside }) => !aside).length;
    const room = Math.min(maxPages(state.material) - kept + again, store.room);
    if (room < 1) return this.#full();
    const running = {};
    this.#running = running;
    const earlier = store.fingerprints(materialId, replaces);
    const clean = await this.#parts.images.page(bytes, source, earlier).catch(() => undefined);
    const mine = this.#running === running;
    if (mine) this.#running = undefined;
    if (!mine || !here()) {
      if (clean !== undefined) overwrite(clean);
      return 'gone';
    }
    if (clean === undefined) return 'unreadable';
    const stored = store.add(materialId, clean);
    if (stored === undefined) return this.#full();
    if (replaces !== undefined) store.replace(replaces, stored);
    // what went wrong at the scanner before is made good
    if (this.#data.scan?.state === 'failed') this.#data.scan = undefined;
    this.#data.notice = 'none';
    this.#changed();
    return 'taken';
  }

  #material(materialId: string): MaterialState | undefined {
    return materialsOf(this.#data).find(({ material }) => material.id === materialId);
  }

  #full(): CaptureOutcome {
    this.#data.notice = 'pageLimit';
    this.#changed();
    return 'full';
  }
}
