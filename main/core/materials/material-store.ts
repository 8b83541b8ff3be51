import { toBase64Url } from '../../../domain/base64url.ts';
import type { PageAdvice, PageSource } from '../../../domain/page-image/advice.ts';
import type { Randomness } from '../ports.ts';
import { wipe } from '../seal/give-back.ts';
import type { CleanPage, TurnedPage } from './images.ts';

/** Most that one session may hold. */
export interface StoreLimits {
  readonly maxPages: number;
  readonly maxBytes: number;
}

/** Forty pages at 200 dpi are about 30 MB. */
export const STORE_LIMITS: StoreLimits = { maxPages: 40, maxBytes: 64 * 1024 * 1024 };

/**
 * A page that was scanned in this session. In memory only; overwritten when it goes, and its memory given back: who
 * wants to have it for longer than a turn of the loop makes a copy (`copyOf`).
 */
export interface StoredPage {
  readonly pageId: string;
  readonly materialId: string;
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/jpeg' | 'image/png';
  readonly preview: Uint8Array;
  readonly fingerprint: Uint8Array;
  readonly source: PageSource;
  /** What may be wrong with it, until the citizen says that it is good enough. */
  readonly advice: readonly PageAdvice[];
  /** Is not handed in unless the citizen says so: a blank page out of a feeder. */
  readonly aside: boolean;
  readonly width: number;
  readonly height: number;
}

type Held = Pick<StoredPage, 'bytes' | 'preview' | 'fingerprint'>;

function sizeOf({ bytes, preview, fingerprint }: Held): number {
  return bytes.length + preview.length + fingerprint.length;
}

/** Overwrites what a page holds, so that it cannot be shown again, and gives its memory back. */
export function overwrite({ bytes, preview, fingerprint }: Held): void {
  for (const each of [bytes, preview, fingerprint]) wipe(each);
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
  add(materialId: string, page: CleanPage, aside = false): StoredPage | undefined {
    const size = sizeOf(page);
    if (this.room < 1 || this.#bytes + size > this.#limits.maxBytes) {
      overwrite(page);
      return undefined;
    }
    const { kind: _, ...rest } = page;
    const pageId = toBase64Url(this.#randomness.bytes(16));
    const stored = { ...rest, pageId, materialId, aside };
    this.#pages.set(pageId, stored);
    this.#bytes += size;
    return stored;
  }

  /** Lets a page stand where another one of its material stood, which goes. */
  replace(pageId: string, by: StoredPage): void {
    const old = this.#pages.get(pageId);
    if (old === undefined || old.materialId !== by.materialId || old === by) return;
    const order = this.pages.flatMap((each) => (each === by ? [] : [each === old ? by : each]));
    this.remove(pageId);
    this.#pages.clear();
    for (const each of order) this.#pages.set(each.pageId, each);
  }

  get(pageId: string): StoredPage | undefined {
    return this.#pages.get(pageId);
  }

  /**
   * Lets a page lie where it lay, but turned; under another id, so that nobody shows an old picture of it.
   * Overwrites what was turned when the page has gone.
   */
  exchange(pageId: string, turned: Omit<TurnedPage, 'kind'>): boolean {
    const old = this.#pages.get(pageId);
    if (old === undefined) {
      overwrite(turned);
      return false;
    }
    const { bytes, mediaType, preview, fingerprint, width, height } = turned;
    const by = {
      ...old,
      pageId: toBase64Url(this.#randomness.bytes(16)),
      // whoever turned it saw which way it stands
      advice: old.advice.filter((advice) => advice !== 'upsideDownUnsure'),
      ...{ bytes, mediaType, preview, fingerprint, width, height },
    };
    const pages = this.pages.map((each) => (each === old ? by : each));
    this.#pages.clear();
    for (const each of pages) this.#pages.set(each.pageId, each);
    this.#bytes += sizeOf(by) - sizeOf(old);
    overwrite(old);
    return true;
  }

  /** The citizen says that a page is good enough: no more advice, and it is handed in. */
  keep(pageId: string): boolean {
    const page = this.#pages.get(pageId);
    if (page === undefined) return false;
    this.#pages.set(pageId, { ...page, advice: [], aside: false });
    return true;
  }

  /** By what the pages of a material are known again, but for one that is being scanned anew. */
  fingerprints(materialId: string, but?: string): readonly Uint8Array[] {
    return this.pages
      .filter((page) => page.materialId === materialId && page.pageId !== but)
      .map(({ fingerprint }) => Uint8Array.from(fingerprint));
  }

  /** The picture for the screen, as `GET /preview/<pageId>` serves it. */
  preview(pageId: string): Uint8Array | undefined {
    return this.#pages.get(pageId)?.preview;
  }

  remove(pageId: string): boolean {
    const page = this.#pages.get(pageId);
    if (page === undefined) return false;
    this.#pages.delete(pageId);
    this.#bytes -= sizeOf(page);
    overwrite(page);
    return true;
  }

  /** Forgets every page; what lay in memory is overwritten. */
  clear(): void {
    for (const pageId of [...this.#pages.keys()]) this.remove(pageId);
  }
}
