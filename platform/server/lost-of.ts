import type { LostFiles } from '../archive-lost.ts';
import { isArchived, type PlatformStorage } from '../storage/port.ts';
import { createQueues } from '../storage/queues.ts';
import { inTurns } from '../turns.ts';

/**
 * So many bytes of envelopes and papers one report reads, the newest items first. Of what is beyond, papers are looked at
 * by their length, which finds what is gone or was cut short, as most losses are; envelopes, whose length nobody else
 * knows, are read.
 */
const READ_AT_MOST = 2 ** 30;

/** What looking needs. */
export interface LookParts {
  readonly storage: {
    readonly items: Pick<PlatformStorage['items'], 'find'>;
    readonly archivedThrough: PlatformStorage['archivedThrough'];
  };
  readonly archive: {
    readonly lost: Pick<LostFiles, 'lackingOf' | 'isWhole' | 'isThere' | 'envelopeBytes'>;
  };
}

/** Looks one report through after the other: several at once would each read as much, from one disk. */
export function createReports(
  parts: LookParts,
): <T extends { readonly submissionId: string }>(named: readonly T[]) => Promise<T[]> {
  const oneByOne = createQueues();
  return (named) => oneByOne('report', () => lostOf(parts, named));
}

/**
 * Which of these items, received and with nothing given up, lack a file now: looked for on the disk at this moment,
 * for whoever asks may wipe the last copy. What is archived lies in the archive, and is not read.
 * @param readAtMost bytes
 */
export async function lostOf<T extends { readonly submissionId: string }>(
  { storage, archive }: LookParts,
  named: readonly T[],
  readAtMost = READ_AT_MOST,
): Promise<T[]> {
  const through = await storage.archivedThrough();
  const lost = new Set<string>();
  const looked = [];
  for await (const { submissionId } of inTurns(named)) {
    if ((await archive.lost.lackingOf(submissionId)).length > 0) lost.add(submissionId);
    const item = await storage.items.find(submissionId);
    if (item && !lost.has(submissionId) && !isArchived(item, through)) looked.push(item);
  }
  let left = readAtMost;
  for (const item of looked.toSorted((a, b) => b.cursor - a.cursor)) {
    const { isWhole, isThere, envelopeBytes } = archive.lost;
    const papers = item.attachments.reduce((sum, { size }) => sum + size, 0);
    left -= papers + (await envelopeBytes(item));
    if (!(await (left >= 0 ? isWhole(item) : isThere(item)))) lost.add(item.submissionId);
  }
  return named.filter(({ submissionId }) => lost.has(submissionId));
}
