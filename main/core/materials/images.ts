import type { PageAdvice, PageSource } from '../../../domain/page-image/advice.ts';
import { copyOf, wipe } from '../seal/give-back.ts';
import { WorkerClient } from '../workers/worker-client.ts';

/** What the image worker does. The bytes move to it. */
export interface ImageRequest {
  /**
   * `page`: a page, straightened and judged. `turn`: a page that was, turned by a quarter. `ink`: a signature, checked. `mark`: one
   * touch is enough.
   */
  readonly do: 'page' | 'turn' | 'ink' | 'mark';
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of a page. */
  readonly source?: PageSource;
  /** Of a page: fingerprints of the pages given before. */
  readonly earlier?: readonly Uint8Array[];
  /** Of a page to be turned. */
  readonly mediaType?: CleanPage['mediaType'];
}

/**
 * A page that can be handed in: without metadata, a smaller picture of it for the screen (JPEG), and what
 * may be wrong with it.
 */
export interface CleanPage {
  readonly kind: 'page';
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** PNG, one bit a pixel, for plain writing; else JPEG. */
  readonly mediaType: 'image/jpeg' | 'image/png';
  readonly preview: Uint8Array<ArrayBuffer>;
  /** By it the same page is known again. */
  readonly fingerprint: Uint8Array<ArrayBuffer>;
  readonly source: PageSource;
  readonly advice: readonly PageAdvice[];
  readonly width: number;
  readonly height: number;
}

/** A signature that has ink on it: PNG, grey, on white, without metadata. */
export interface CleanInk {
  readonly kind: 'ink';
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** A page that was turned: what is not said of it stays as it was. */
export type TurnedPage = Omit<CleanPage, 'kind' | 'source' | 'advice'> & {
  readonly kind: 'turned';
};

/** What the image worker answers. */
export type ImageAnswer = CleanPage | TurnedPage | CleanInk | { readonly kind: 'unclear' };

/** Pictures are worked on in a thread of their own: the core's loop never waits for one. */
export interface Images {
  /**
   * Finds, straightens, cuts out and judges a page. Rejects with `WorkerError` when the bytes are no picture, and
   * when they were wiped before. What is given is wiped.
   * @param source where it comes from; a scanner's page fills the picture, a camera's lies on a table
   * @param earlier fingerprints of the pages that this one may be a second time
   */
  page(bytes: Uint8Array, source?: PageSource, earlier?: readonly Uint8Array[]): Promise<CleanPage>;
  /** Turns a page by a quarter, clockwise; what is given stays as it is. Rejects with `WorkerError`. */
  turn(page: {
    readonly bytes: Uint8Array;
    readonly mediaType: CleanPage['mediaType'];
  }): Promise<TurnedPage>;
  /**
   * `undefined` when it is no PNG, too small, empty, or all black. A mark may be a single touch of the
   * finger, which is too little for a signature.
   */
  ink(bytes: Uint8Array, what?: 'ink' | 'mark'): Promise<CleanInk | undefined>;
  warm(): void;
  close(): Promise<void>;
}

/** Makes the image worker; it starts at its first use or at `warm`. */
export function createImages(): Images {
  const worker = new WorkerClient<ImageRequest, ImageAnswer>(
    new URL('./images-worker.ts', import.meta.url),
  );
  const ask = (
    what: ImageRequest['do'],
    bytes: Uint8Array,
    more: Omit<ImageRequest, 'do' | 'bytes'> = {},
  ): Promise<ImageAnswer> => {
    const own = copyOf(bytes);
    wipe(bytes);
    return worker.request({ do: what, bytes: own, ...more }, [own.buffer]);
  };
  return {
    async page(bytes, source = 'scanner', earlier = []) {
      const answer = await ask('page', bytes, { source, earlier });
      if (answer.kind !== 'page') throw new TypeError('the image worker gave no page');
      return answer;
    },
    async turn({ bytes, mediaType }) {
      const answer = await ask('turn', copyOf(bytes), { mediaType });
      if (answer.kind !== 'turned') throw new TypeError('the image worker turned no page');
      return answer;
    },
    async ink(bytes, what = 'ink') {
      try {
        const answer = await ask(what, bytes);
        return answer.kind === 'ink' ? answer : undefined;
      } catch {
        return undefined;
      }
    },
    warm: () => worker.warm(),
    close: () => worker.close(),
  };
}
