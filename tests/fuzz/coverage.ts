/** A function or block of it, and how often it ran; offsets in the text that ran. */
interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** What V8 tells of one file at one time: the first range of a function is its whole. */
export interface RanOnce {
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly ranges: readonly Range[];
  }[];
  /** Whether what ran counts; its functions are known either way. */
  readonly counts: boolean;
}

/** How much of a parser its properties ran. */
export interface Share {
  readonly functions: number;
  readonly entered: number;
  /** Of the code within functions, in whole percent, rounded down. */
  readonly percent: number;
}

/** Adds up what ran of one file. Blocks within a function lie inside those before them, and say it more exactly. */
export function shareOf(takes: readonly RanOnce[]): Share {
  const all = takes.flatMap(({ functions }) => functions);
  const end = Math.max(0, ...all.flatMap(({ ranges }) => ranges.map(({ endOffset }) => endOffset)));
  // The file itself, and what the transform wraps around it, run when it is loaded.
  const isInner = ({ ranges }: RanOnce['functions'][number]): boolean =>
    ranges[0] !== undefined && ranges[0].endOffset < end;
  const inside = new Uint8Array(end);
  const ran = new Uint8Array(end);
  const names = new Map<string, boolean>();
  for (const { functions, counts } of takes) {
    const now = new Uint8Array(end);
    for (const one of functions.filter(isInner)) {
      const [whole] = one.ranges;
      if (whole === undefined) continue;
      inside.fill(1, whole.startOffset, whole.endOffset);
      for (const { startOffset, endOffset, count } of one.ranges) {
        now.fill(count > 0 && counts ? 1 : 0, startOffset, endOffset);
      }
      if (one.functionName === '') continue;
      const key = `${one.functionName} ${String(whole.startOffset)}`;
      names.set(key, (names.get(key) ?? false) || (counts && whole.count > 0));
    }
    for (const [at, value] of now.entries()) if (value === 1) ran[at] = 1;
  }
  const sum = (bytes: Uint8Array): number => bytes.reduce((total, one) => total + one, 0);
  return {
    functions: names.size,
    entered: [...names.values()].filter(Boolean).length,
    percent: inside.length === 0 ? 0 : Math.floor((100 * sum(ran)) / Math.max(1, sum(inside))),
  };
}

/** Reads the rows of docs/fuzzing.md: what is kept, by parser. */
export function keptIn(doc: string): ReadonlyMap<string, Omit<Share, 'functions'>> {
  return new Map(
    [...doc.matchAll(/^\| `(drivers\/[\w./-]+)` +\|.*\| +(\d+) of \d+ +\| +(\d+) % +\|$/gm)].map(
      ([, file = '', entered, percent]) =>
        [file, { entered: Number(entered), percent: Number(percent) }] as const,
    ),
  );
}
