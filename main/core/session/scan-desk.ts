import type { Fault } from '../../../domain/device/fault.ts';
import { err, type Result } from '../../../domain/result.ts';
import { bugWords } from '../log/bug-words.ts';
import { overwrite } from '../materials/material-store.ts';
import { wipe } from '../seal/give-back.ts';
import type { ScannedPage, ScanSource } from '../../../drivers/document-scanner/contract.ts';
import { maxPages } from './material-state.ts';
import { NotNow, type SessionParts } from './parts.ts';
import type { SessionData } from './session-data.ts';
import { materialsOf } from './view.ts';

/** A feeder full of paper may take minutes. */
const SCAN_DEADLINE_MS = 180_000;

interface Running {
  readonly materialId: string;
  readonly source: ScanSource;
  readonly stop: AbortController;
  /** A page that the first one which comes stands in for. */
  replaces: string | undefined;
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
   * @param replaces a page that is scanned again; it goes when the first new one is there
   */
  async scan(materialId: string, source: ScanSource, replaces?: string): Promise<void> {
    const state = materialsOf(this.#data).find(({ material }) => material.id === materialId);
    if (state?.view.means !== 'paper') throw new NotNow('NOT_FOUND');
    const scanner = this.#parts.devices.documentScanner;
    if (this.busy || scanner.status.state === 'noDevice') throw new NotNow('DEVICE');
    if (scanner.sources.length > 0 && !scanner.sources.includes(source)) throw new NotNow('DEVICE');
    const again = state.view.pages.some(({ pageId }) => pageId === replaces) ? 1 : 0;
    const kept = state.view.pages.filter(({ aside }) => !aside).length;
    const left = Math.min(maxPages(state.material) - kept + again, this.#data.store.room);
    if (left < 1) {
      this.#data.notice = 'pageLimit';
      this.#changed();
      return;
    }
    const running: Running = { materialId, source, stop: new AbortController(), replaces };
    this.#running = running;
    this.#data.scan = { materialId, state: 'scanning', pagesSoFar: 0 };
    const result = await this.#ended(running, left);
    if (this.#running !== running) return;
    this.#running = undefined;
    const pagesSoFar = this.#data.scan.pagesSoFar;
    this.#data.scan = result.ok
      ? { materialId, state: 'done', pagesSoFar }
      : { materialId, state: 'failed', pagesSoFar, ...result.error };
    this.#changed();
  }

  /** How a scan that begins now ends, when all that came was taken in. Never rejects: a bug is one without a fault. */
  async #ended(
    running: Running,
    maxPages: number,
  ): Promise<Result<unknown, { readonly fault?: Fault }>> {
    let work = Promise.resolve();
    try {
      this.#changed();
      const result = await this.#parts.devices.documentScanner.scan(
        { source: running.source, resolutionDpi: 200, colour: 'colour', maxPages },
        (page) => {
          // one after another: the order of the papers is kept
          work = work.then(() => this.#take(running, page));
        },
        { deadlineMs: SCAN_DEADLINE_MS, signal: running.stop.signal },
      );
      await work;
      return result.ok ? result : err({ fault: result.error });
    } catch (error) {
      this.#parts.log('scanning ended with a bug', bugWords(error));
      running.stop.abort();
      return err({});
    }
  }

  /** Scans no further; what has come so far stays. */
  cancel(): void {
    this.#running?.stop.abort();
  }

  /** The application is over: what still comes is thrown away unseen. */
  forget(): void {
    this.cancel();
    this.#running = undefined;
  }

  async #take(running: Running, page: ScannedPage): Promise<void> {
    if (this.#running !== running) {
      wipe(page.bytes);
      return;
    }
    try {
      const { store } = this.#data;
      const earlier = store.fingerprints(running.materialId, running.replaces);
      const clean = await this.#parts.images.page(page.bytes, 'scanner', earlier);
      if (this.#running !== running) {
        overwrite(clean);
        return;
      }
      const aside = running.source === 'feeder' && clean.advice.includes('blank');
      const stored = store.add(running.materialId, clean, aside);
      if (stored === undefined) {
        this.#data.notice = 'pageLimit';
        this.cancel();
      } else if (aside) this.#data.notice = 'blankAside';
      if (stored !== undefined && running.replaces !== undefined) {
        store.replace(running.replaces, stored);
        running.replaces = undefined;
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
