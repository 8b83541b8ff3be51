import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ManyNeedles } from '../support/many-needles.ts';
import type { Needle } from './texts.ts';

/** Something of a person in a file, or in the name of one. Never says what, only of which kind. */
export interface Remain {
  readonly file: string;
  readonly kind: Needle['kind'];
  readonly spelling: Needle['spelling'];
}

/** Every file below a folder, links and sockets left out; what goes meanwhile is gone. */
export function filesBelow(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

/** Looks into files, names included. */
export function searchFiles(
  files: readonly string[],
  needles: readonly Needle[],
): readonly Remain[] {
  const search = new ManyNeedles(needles);
  return files.flatMap((file) => {
    let bytes: Buffer;
    try {
      bytes = readFileSync(file);
    } catch {
      return [];
    }
    const found = new Map<string, Remain>();
    for (const hay of [bytes, Buffer.from(file)]) {
      search.in(hay, ({ kind, spelling }) =>
        found.set(`${kind} ${spelling}`, { file, kind, spelling }),
      );
    }
    return [...found.values()];
  });
}

/** What lies in a folder on tmpfs: its files, those of its folders too. */
export function filesOnTmpfs(folder: string, butThose: ReadonlySet<string>): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !butThose.has(name))
    .flatMap((name) => {
      const path = join(folder, name);
      const entry = lstatSync(path, { throwIfNoEntry: false });
      if (entry?.isDirectory() === true) return filesBelow(path);
      return entry?.isFile() === true ? [path] : [];
    });
}

/** Files that a process holds open though their name is gone, as paths below /proc; memory of its own left out. */
export function unnamedFilesOf(pid: number): readonly string[] {
  const folder = `/proc/${String(pid)}/fd`;
  try {
    return readdirSync(folder)
      .map((fd) => join(folder, fd))
      .filter((path) => {
        try {
          const target = readlinkSync(path);
          if (target.startsWith('/memfd:') || !target.endsWith(' (deleted)')) return false;
          return statSync(path).isFile();
        } catch {
          return false;
        }
      });
  } catch {
    return [];
  }
}
