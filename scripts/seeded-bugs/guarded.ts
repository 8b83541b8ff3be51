import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GUARDED_BUGS, type GuardedBug } from '../../tests/seeded-bugs/guarded-bugs.ts';
import { misfit, plant, type SeededBug } from '../../tests/seeded-bugs/seeded-bug.ts';
import { simulateStory } from './play.ts';

/** What breaks in a story with some bugs planted in a copy; undefined when nothing does. */
function brokenWith(
  copy: string,
  { story }: GuardedBug,
  bugs: readonly SeededBug[],
): string | undefined {
  const sources = bugs.map((bug) => [bug, join(copy, bug.file)] as const);
  const before = sources.map(([, path]) => [path, readFileSync(path, 'utf8')] as const);
  try {
    for (const [bug, path] of sources) {
      const source = readFileSync(path, 'utf8');
      const wrong = misfit(bug, source);
      if (wrong !== undefined) throw new Error(wrong);
      writeFileSync(path, plant(bug, source));
    }
    return simulateStory(copy, story).by;
  } finally {
    for (const [path, source] of before) writeFileSync(path, source);
  }
}

/**
 * Plays each guarded bug's story without anything, with the bug, without the guard, and with both: only the last
 * may break.
 * @returns a line of the record for each, by id; of one that is not proved why, and no line
 */
export function proveGuarded(
  copy: string,
  only: readonly string[] | undefined,
): readonly { readonly id: string; readonly line?: string; readonly doubt?: string }[] {
  return GUARDED_BUGS.filter(({ bug }) => only?.includes(bug.id) ?? true).map((guarded) => {
    const { bug, guard, why } = guarded;
    const { id } = bug;
    for (const alone of [[], [bug], [guard]]) {
      const broken = brokenWith(copy, guarded, alone);
      const what = alone.map((each) => each.id).join() || 'nothing';
      if (broken !== undefined) return { id, doubt: `breaks with ${what} alone: ${broken}` };
    }
    const broken = brokenWith(copy, guarded, [bug, guard]);
    if (broken === undefined) return { id, doubt: `does not break with ${guard.id} either` };
    const noticed = broken.replace(/, district 1$/, '');
    return { id, line: `| \`${id}\` | ${bug.what} | ${why} | \`${guard.id}\`: ${noticed} |` };
  });
}
