/** The first patch release of each line that has the mend; every later line has it. */
const MENDED: ReadonlyMap<number, number> = new Map([
  [44, 6],
  [50, 7],
  [51, 3],
]);
const LAST_LINE = 51;

/**
 * Whether this SQLite has the WAL-reset bug: a checkpoint that begins while another connection begins the log anew may
 * leave part of later transactions out of the database for good. It needs two connections to one database that write
 * or checkpoint at once: the terminal's index has two (its log is merged on another thread), the platform's database a
 * second one that reads. In 3.7.0 to 3.51.2, mended in 3.51.3, and in 3.50.7 and 3.44.6, which were made for those who stay there
 * (https://sqlite.org/wal.html#walresetbug). Rare, and yet no promise of a receipt stands on such a one.
 *
 * @param version as `sqlite_version()` says it; one that cannot be read counts as having it
 */
export function hasWalResetBug(version: string): boolean {
  const [major, line, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [];
  if (major === undefined || line === undefined || patch === undefined) return true;
  if (major !== 3) return major < 3;
  if (line > LAST_LINE) return false;
  const mended = MENDED.get(line);
  return mended === undefined || patch < mended;
}
