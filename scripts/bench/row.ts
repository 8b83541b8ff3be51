import { cpus } from 'node:os';

/** One measured line of a table. The ratio carries over to other machines, the times do not. */
export interface BenchRow {
  readonly what: string;
  /** What it takes here, with its unit. */
  readonly ours: string;
  /** What the same work takes with nothing in the way, measured or known, and which that is. */
  readonly limit: string;
  readonly ratio: number;
  /** What we want: the highest ratio; absent where it is a peer's or said for comparison only. */
  readonly goal?: number;
}

/** Rows that are measured together, one file each. */
export interface Bench {
  readonly name: string;
  /** Why these rows could not be measured here; nothing when they can. */
  obstacle(): string | undefined;
  measure(): Promise<readonly BenchRow[]>;
}

/** The machine that a number is of. */
export function machine(): string {
  const processor = cpus()[0]?.model ?? 'unknown processor';
  return `${processor}, ${String(cpus().length)} cores, Node ${process.version}`;
}

/** The value below which so great a share of them lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

/** A line of the table. */
export function rowText({ what, ours, limit, ratio, goal }: BenchRow): string {
  const wanted =
    goal === undefined
      ? '-'
      : `<= ${String(Number(goal.toPrecision(3)))}${ratio > goal ? ' (missed)' : ''}`;
  return `| ${what} | ${ours} | ${limit} | ${ratio.toPrecision(3)} | ${wanted} |`;
}
