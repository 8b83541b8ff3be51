import type { PageAdvice, PageSource } from '../../../domain/page-image/advice.ts';
import { WorkerClient } from '../workers/worker-client.ts';

/** What the image worker does. The bytes move to it. */
export interface ImageRequest {
  /** `page`: a page, straightened and judged. `ink`: a signature, checked. `mark`: one touch is enough. */
  readonly do: 'page' | 'ink' | 'mark';
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of a page. */
  readonly source?: PageSource;
  /** Of a page: fingerprints of the pages given before. */
  readonly earlier?: readonly Uint8Array[];
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

/** What the image worker answers. */
export type ImageAnswer = CleanPage | CleanInk | { readonly kind: 'unclear' };

/** Pictures are worked on in a thread of their own: the core's loop never waits for one. */
export interface Images {
  /**
   * Finds, straightens, cuts out and judges a page. Rejects with `WorkerError` when the bytes are no picture.
   * @param source where it comes from; a scanner's page fills the picture, a camera's lies on a table
   * @param earlier fingerprints of the pages that this one may be a second time
   */
  page(bytes: Uint8Array, source?: PageSource, earlier?: readonly Uint8Array[]): Promise<CleanPage>;
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
    more: Pick<ImageRequest, 'source' | 'earlier'> = {},
  ): Promise<ImageAnswer> => {
    const own = Uint8Array.from(bytes);
    bytes.fill(0);
    return worker.request({ do: what, bytes: own, ...more }, [own.buffer]);
  };
  return {
    async page(bytes, source = 'scanner', earlier = []) {
      const answer = await ask('page', bytes, { source, earlier });
      if (answer.kind !== 'page') throw new TypeError('the image worker gave no page');
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
