import { toBase64Url } from '../../../domain/base64url.ts';
import type { Randomness } from '../ports.ts';
import type { CleanPage } from './images.ts';

/** Most that one session may hold. */
export interface StoreLimits {
  readonly maxPages: number;
  readonly maxBytes: number;
}

/** Forty pages at 200 dpi are about 30 MB. */
export const STORE_LIMITS: StoreLimits = { maxPages: 40, maxBytes: 64 * 1024 * 1024 };

/** A page that was scanned in this session. In memory only; overwritten when it goes. */
export interface StoredPage {
  readonly pageId: string;
  readonly materialId: string;
  readonly bytes: Uint8Array;
  readonly preview: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The scanned pages of the running session. Nothing of it is ever a file. */
export class MaterialStore {
  readonly #randomness: Randomness;
  readonly #limits: StoreLimits;
  readonly #pages = new Map<string, StoredPage>();
  #bytes = 0;

  constructor(randomness: Randomness, limits: StoreLimits = STORE_LIMITS) {
    this.#randomness = randomness;
    this.#limits = limits;
  }

  get pages(): readonly StoredPage[] {
    return [...this.#pages.values()];
  }

  /** How many pages may still be added. */
  get room(): number {
    return this.#bytes >= this.#limits.maxBytes ? 0 : this.#limits.maxPages - this.#pages.size;
  }

  /** `undefined`, with the page overwritten, when there is no room. */
  add(materialId: string, page: CleanPage): StoredPage | undefined {
    const size = page.bytes.length + page.preview.length;
    if (this.room < 1 || this.#bytes + size > this.#limits.maxBytes) {
      page.bytes.fill(0);
      page.preview.fill(0);
      return undefined;
    }
    const { bytes, preview, width, height } = page;
    const pageId = toBase64Url(this.#randomness.bytes(16));
    const stored = { pageId, materialId, bytes, preview, width, height };
    this.#pages.set(pageId, stored);
    this.#bytes += size;
    return stored;
  }

  /** The picture for the screen, as `GET /preview/<pageId>` serves it. */
  preview(pageId: string): Uint8Array | undefined {
    return this.#pages.get(pageId)?.preview;
  }

  remove(pageId: string): boolean {
    const page = this.#pages.get(pageId);
    if (page === undefined) return false;
    this.#pages.delete(pageId);
    this.#bytes -= page.bytes.length + page.preview.length;
    page.bytes.fill(0);
    page.preview.fill(0);
    return true;
  }

  /** Forgets every page; what lay in memory is overwritten. */
  clear(): void {
    for (const pageId of [...this.#pages.keys()]) this.remove(pageId);
  }
}
