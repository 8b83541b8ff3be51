import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ItemSummary } from '../../main/core/outbox/contract.ts';
import {
  checkInvariants,
  readPlatform,
  readTerminal,
  type Violation,
} from '../invariants/index.ts';
import type { KillStory, LastLife } from './kill-run.ts';

/** What came of a run. */
export interface Verdict {
  /** What a receipt was printed for and is not at the platform, or was removed: I1 and I2, a line each. */
  readonly lost: readonly string[];
  /** Other content under the same id, or a number given twice: I3 and I5. */
  readonly duplicated: readonly string[];
  /** Anything else that must not be, a line each. */
  readonly wrong: readonly string[];
  /** Applications at the platform. */
  readonly arrived: number;
}

async function itemsOf(life: LastLife): Promise<readonly ItemSummary[]> {
  life.terminal.tell({ order: 'items' });
  for (;;) {
    const word = await life.terminal.next();
    if (word === undefined) throw new Error(`the terminal ended\n${life.terminal.complaint()}`);
    if (word.word === 'items') return word.items;
  }
}

/** Waits until everything on the terminal is archived, or held for a person. */
async function drained(life: LastLife): Promise<readonly ItemSummary[]> {
  const deadline = performance.now() + 10 * 60_000;
  for (;;) {
    const items = await itemsOf(life);
    if (items.every(({ state }) => state === 'archived' || state === 'held')) return items;
    if (performance.now() > deadline) return items;
    await pause(100);
  }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function sealedFilesGone(folder: string): Promise<boolean> {
  const deadline = performance.now() + 60_000;
  while (names(folder).length > 0) {
    if (performance.now() > deadline) return false;
    await pause(50);
  }
  return true;
}

const LOST: ReadonlySet<Violation['invariant']> = new Set(['I1', 'I2']);
const DUPLICATED: ReadonlySet<Violation['invariant']> = new Set(['I3', 'I5']);

/** Lets everything drain, ends both processes and judges what is where. */
export async function judge(folder: string, story: KillStory, life: LastLife): Promise<Verdict> {
  const wrong = story.contradictions.map((id) => `two different receipts for ${id}`);
  const items = await drained(life);
  for (const { submissionId, state } of items) {
    if (state !== 'archived') wrong.push(`${submissionId} ended as ${state}`);
  }
  if (!(await sealedFilesGone(join(folder, 'terminal', 'outbox', 'blobs')))) {
    wrong.push('sealed files of archived items are still there');
  }
  life.terminal.end();
  const { code } = await life.terminal.gone;
  if (code !== 0)
    wrong.push(`the terminal ended with ${String(code)}: ${life.terminal.complaint()}`);

  await life.platform.stop();
  const platform = readPlatform(join(folder, 'platform'));
  const settled = checkInvariants({
    terminals: [readTerminal(join(folder, 'terminal'))],
    platform,
    witness: { printed: [...story.printed.values()], shown: [], people: ['张测试'] },
    settled: true,
    onlyKilled: true,
  });
  const violations = [...story.seen, ...settled];
  const linesOf = (is: (violation: Violation) => boolean): readonly string[] =>
    violations.filter(is).map(({ invariant, about, what }) => `${invariant}: ${about}: ${what}`);
  for (const id of platform.items.keys()) {
    if (!story.printed.has(id) && !story.abandoned.has(id)) wrong.push(`nobody handed in ${id}`);
  }
  return {
    lost: linesOf(({ invariant }) => LOST.has(invariant)),
    duplicated: linesOf(({ invariant }) => DUPLICATED.has(invariant)),
    wrong: [
      ...wrong,
      ...linesOf(({ invariant }) => !LOST.has(invariant) && !DUPLICATED.has(invariant)),
    ],
    arrived: platform.items.size,
  };
}
