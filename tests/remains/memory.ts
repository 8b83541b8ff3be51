import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { ManyNeedles } from '../support/many-needles.ts';
import type { Needle } from './texts.ts';

const PAGE = 4096;
/** Pages that are asked for at once. */
const PAGES = 256;
/** Bytes of an entry of /proc/PID/pagemap (Documentation/admin-guide/mm/pagemap.rst); its two highest bits: in memory, in swap. */
const ENTRY = 8;
const BACKED = 0xc0;

interface Region {
  readonly from: number;
  readonly to: number;
}

/** What a process may write to, and so may hold something of a person: program code and fonts left out. */
function regionsOf(pid: number): readonly Region[] {
  return readFileSync(`/proc/${String(pid)}/smaps`, 'utf8')
    .split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/)
    .flatMap((text) => {
      const found = /^([0-9a-f]+)-([0-9a-f]+) rw.. /.exec(text);
      const [, from = '', to = ''] = found ?? [];
      if (!found || /^Rss:\s+0 kB$/m.test(text)) return [];
      return [{ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) }];
    });
}

/**
 * The memory of a running process as a core dump would have it: each run of pages that hold something. Needs
 * the right to trace the process.
 */
export function memoryOf(pid: number): readonly Buffer[] {
  const runs: Buffer[] = [];
  const memory = openSync(`/proc/${String(pid)}/mem`, 'r');
  const pagemap = openSync(`/proc/${String(pid)}/pagemap`, 'r');
  const entries = Buffer.alloc(PAGES * ENTRY);
  const take = (from: number, to: number): void => {
    const run = Buffer.allocUnsafe(to - from);
    try {
      const read = readSync(memory, run, 0, run.length, from);
      if (read > 0) runs.push(run.subarray(0, read));
    } catch {
      // a mapping that went meanwhile
    }
  };
  try {
    for (const { from, to } of regionsOf(pid)) {
      let begin: number | undefined;
      for (let at = from; at < to; at += PAGES * PAGE) {
        const pages = Math.min(PAGES, (to - at) / PAGE);
        entries.fill(0);
        readSync(pagemap, entries, 0, pages * ENTRY, (at / PAGE) * ENTRY);
        for (let page = 0; page < pages; page += 1) {
          const backed = ((entries[page * ENTRY + ENTRY - 1] ?? 0) & BACKED) !== 0;
          const address = at + page * PAGE;
          if (backed) begin ??= address;
          else if (begin !== undefined) {
            take(begin, address);
            begin = undefined;
          }
        }
      }
      if (begin !== undefined) take(begin, to);
    }
  } finally {
    closeSync(memory);
    closeSync(pagemap);
  }
  return runs;
}

/** How often something was found, by kind and spelling: `name utf16le`. */
export type Hits = ReadonlyMap<string, number>;

/** Counts what stands in the memory of processes; see `memoryOf`. */
export function searchMemory(runs: Iterable<Buffer>, needles: readonly Needle[]): Hits {
  const hits = new Map<string, number>();
  const search = new ManyNeedles(needles);
  for (const run of runs) {
    search.in(run, ({ kind, spelling }) => {
      const key = `${kind} ${spelling}`;
      hits.set(key, (hits.get(key) ?? 0) + 1);
    });
  }
  return hits;
}

/** A running process. */
export interface ProcessSeen {
  readonly pid: number;
  readonly parent: number;
  /** Arguments, joined by spaces. */
  readonly command: string;
}

/** All processes, as /proc tells them now. */
export function processes(): readonly ProcessSeen[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return [{ pid: Number(name), parent, command }];
    } catch {
      return [];
    }
  });
}

/** A process and all that it started. */
export function familyOf(pid: number): readonly ProcessSeen[] {
  const all = processes();
  const family = all.filter((each) => each.pid === pid);
  for (const member of family) {
    family.push(...all.filter((each) => each.parent === member.pid && !family.includes(each)));
  }
  return family;
}
