import type { ScannedPage, ScanSource } from '../../../drivers/document-scanner/contract.ts';
import { maxPages } from './material-state.ts';
import { NotNow, type SessionParts } from './parts.ts';
import type { SessionData } from './session-data.ts';
import { materialsOf } from './view.ts';

/** A feeder full of paper may take minutes. */
const SCAN_DEADLINE_MS = 180_000;

interface Running {
  readonly materialId: string;
  readonly stop: AbortController;
}

/** Takes papers in: scans, cleans and keeps pages, one scan at a time. */
export class ScanDesk {
  readonly #parts: SessionParts;
  readonly #data: SessionData;
  readonly #changed: () => void;
  #running: Running | undefined;

  constructor(parts: SessionParts, data: SessionData, changed: () => void) {
    this.#parts = parts;
    this.#data = data;
    this.#changed = changed;
  }

  get busy(): boolean {
    return this.#running !== undefined;
  }

  /**
   * Scans pages for a material; resolves when all that came was taken in. Never rejects once it began.
   * @throws NotNow `NOT_FOUND` when no paper is asked for under that id, `DEVICE` when a scan runs
   *   already or the scanner cannot
   */
  async scan(materialId: string, source: ScanSource): Promise<void> {
    const state = materialsOf(this.#data).find(({ material }) => material.id === materialId);
    if (state?.view.means !== 'paper') throw new NotNow('NOT_FOUND');
    const scanner = this.#parts.devices.documentScanner;
    if (this.busy || scanner.status.state === 'noDevice') throw new NotNow('DEVICE');
    if (scanner.sources.length > 0 && !scanner.sources.includes(source)) throw new NotNow('DEVICE');
    const left = Math.min(
      maxPages(state.material) - state.view.pages.length,
      this.#data.store.room,
    );
    if (left < 1) {
      this.#data.notice = 'pageLimit';
      this.#changed();
      return;
    }
    const running: Running = { materialId, stop: new AbortController() };
    this.#running = running;
    this.#data.scan = { materialId, state: 'scanning', pagesSoFar: 0 };
    this.#changed();
    let work = Promise.resolve();
    const result = await scanner.scan(
      { source, resolutionDpi: 200, colour: 'colour', maxPages: left },
      (page) => {
        // one after another: the order of the papers is kept
        work = work.then(() => this.#take(running, page));
      },
      { deadlineMs: SCAN_DEADLINE_MS, signal: running.stop.signal },
    );
    await work;
    if (this.#running !== running) return;
    this.#running = undefined;
    const pagesSoFar = this.#data.scan.pagesSoFar;
    this.#data.scan = result.ok
      ? { materialId, state: 'done', pagesSoFar }
      : { materialId, state: 'failed', pagesSoFar, fault: result.error };
    this.#changed();
  }

  cancel(): void {
    this.#running?.stop.abort();
  }

  /** The session is over: what still comes is thrown away unseen. */
  forget(): void {
    this.cancel();
    this.#running = undefined;
  }

  async #take(running: Running, page: ScannedPage): Promise<void> {
    if (this.#running !== running) {
      page.bytes.fill(0);
      return;
    }
    try {
      const clean = await this.#parts.images.page(page.bytes);
      if (this.#running !== running) {
        clean.bytes.fill(0);
        clean.preview.fill(0);
        return;
      }
      if (this.#data.store.add(running.materialId, clean) === undefined) {
        this.#data.notice = 'pageLimit';
        this.cancel();
      }
    } catch {
      if (this.#running !== running) return;
      this.#data.notice = 'pageUnreadable';
    }
    const so = this.#data.scan;
    if (so !== undefined) this.#data.scan = { ...so, pagesSoFar: so.pagesSoFar + 1 };
    this.#changed();
  }
}
