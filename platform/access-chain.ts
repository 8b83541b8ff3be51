import { createHash } from 'node:crypto';
import type { AccessEntry, ChainedEntry } from './storage/port.ts';

/** What the first line of a log is chained to. */
export const CHAIN_START = '0'.repeat(64);

/** Hash of a line: it covers the line and, through `previous`, all lines before it. */
export function chainHash(previous: string, sequence: number, entry: AccessEntry): string {
  const { at, actor, role, action, subject } = entry;
  return createHash('sha256')
    .update(JSON.stringify([previous, sequence, at, actor, role, action, subject]))
    .digest('hex');
}

/** Sequence number of the first line that was changed, removed or put in; `undefined` when all is whole. */
export function firstBrokenLink(entries: readonly ChainedEntry[]): number | undefined {
  let previous = CHAIN_START;
  let sequence = 0;
  for (const entry of entries) {
    sequence += 1;
    if (
      entry.sequence !== sequence ||
      entry.previous !== previous ||
      entry.hash !== chainHash(previous, sequence, entry)
    ) {
      return entry.sequence;
    }
    previous = entry.hash;
  }
  return undefined;
}
