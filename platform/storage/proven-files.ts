import type { HashedFiles } from './files.ts';

/** So long what a file was found to be counts: a disk may change bytes without a word, and each look reads them all. */
const COUNTS_MS = 10 * 60_000;
/** More files than a burst of terminals asks for; an entry takes some 200 bytes. */
const MOST = 10_000;

/**
 * Looks whether sealed files still have the bytes of their names, for whoever asks often: what was read lately, and has
 * not been written since, is not read again.
 * @param now milliseconds by a clock that nobody sets
 * @returns sets aside what changed on the disk; what cannot be read stays and counts as not looked at
 */
export function createProvenFiles(
  files: HashedFiles,
  now: () => number,
): (sha256: string) => Promise<void> {
  const stampOf = (sha256: string) => files.stamp(sha256).catch(() => undefined);
  const proven = new Map<string, { readonly stamp: string; readonly at: number }>();
  return async (sha256) => {
    const stamp = await stampOf(sha256);
    const known = proven.get(sha256);
    if (known && known.stamp === stamp && now() - known.at < COUNTS_MS) return;
    proven.delete(sha256);
    const is = await files.setAsideDamaged(sha256).catch(() => undefined);
    // one that was written while it was read has another stamp
    if (is !== false || stamp === undefined || (await stampOf(sha256)) !== stamp) return;
    proven.set(sha256, { stamp, at: now() });
    const [oldest] = proven.keys();
    if (proven.size > MOST && oldest !== undefined) proven.delete(oldest);
  };
}
