import type { Printed, Shown, Witness } from '../invariants/index.ts';
import type { Disk } from './write-log.ts';

/** What is written down at a moment, outside of what may crash. */
export type Mark =
  /** A receipt is in somebody's hand. */
  | { readonly mark: 'printed'; readonly item: Printed }
  /** Somebody could read this of an item. */
  | { readonly mark: 'shown'; readonly shown: Shown }
  /** The platform answered that an attachment is whole, or that an item is received. */
  | { readonly mark: 'stored'; readonly sha256: string }
  | { readonly mark: 'acknowledged'; readonly submissionId: string }
  /** A key file that others count on from now on; by its path below the disk. */
  | { readonly mark: 'key'; readonly disk: Disk; readonly path: string; readonly sha256: string }
  /** What the story of the recording does next. */
  | { readonly mark: 'chapter'; readonly name: string };

/** What was known outside at one moment of a recording. */
export interface Known {
  readonly witness: Witness;
  /** Attachments that the platform called whole. */
  readonly stored: readonly string[];
  readonly keys: readonly (Mark & { readonly mark: 'key' })[];
  readonly chapter: string;
}

/** Everything that marks tell up to a moment. */
export function knownBy(marks: readonly Mark[], people: readonly string[]): Known {
  const printed = marks.flatMap((each) => (each.mark === 'printed' ? [each.item] : []));
  const shown = marks.flatMap((each): readonly Shown[] => {
    if (each.mark === 'shown') return [each.shown];
    return each.mark === 'acknowledged'
      ? [{ submissionId: each.submissionId, said: 'received' }]
      : [];
  });
  const stored = marks.flatMap((each) => (each.mark === 'stored' ? [each.sha256] : []));
  const chapter = marks.findLast((each) => each.mark === 'chapter');
  return {
    witness: { printed, shown, people },
    stored,
    keys: marks.filter((each) => each.mark === 'key'),
    chapter: chapter?.mark === 'chapter' ? chapter.name : 'start',
  };
}
