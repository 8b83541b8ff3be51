import { createHash } from 'node:crypto';
import type { SummaryInput, SummaryMaker } from './contract.ts';

/** Keeps the newest summary, so that one drawn ahead is not drawn again. */
export interface SummaryAhead extends Pick<SummaryMaker, 'make'> {
  /** Overwrites what is kept, or what is still being drawn. */
  forget(): void;
}

interface Kept {
  readonly of: string;
  readonly pdf: Promise<Uint8Array>;
}

function digestOf({ signature: { png, ...signature }, ...rest }: SummaryInput): string {
  return createHash('sha256')
    .update(JSON.stringify({ ...rest, signature }))
    .update(png)
    .digest('hex');
}

/** Makes summaries; the same input gives the same file, which stays whole until another is made or it is forgotten. */
export function summaryAhead(maker: Pick<SummaryMaker, 'make'>): SummaryAhead {
  let kept: Kept | undefined;
  const forget = (): void => {
    kept?.pdf.then(
      (pdf) => pdf.fill(0),
      () => undefined,
    );
    kept = undefined;
  };
  return {
    async make(input) {
      const of = digestOf(input);
      if (kept?.of === of) return kept.pdf;
      forget();
      const mine: Kept = { of, pdf: maker.make(input) };
      kept = mine;
      try {
        return await mine.pdf;
      } catch (error) {
        if (kept === mine) kept = undefined;
        throw error;
      }
    },
    forget,
  };
}
