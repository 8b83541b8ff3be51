import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ItemSummary } from '../../main/core/outbox/contract.ts';
import type { KillStory, LastLife } from './kill-run.ts';
import { readPlatform } from './platform-disk.ts';

/** What came of a run. */
export interface Verdict {
  /** Receipts whose application the platform does not have, or with other content. */
  readonly lost: readonly string[];
  /** Applications or receipt numbers that came more than once, or were kept as a conflict. */
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

function twice(values: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.size === seen.add(value).size);
}

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
  if (code !== 0) wrong.push(`the terminal ended with ${String(code)}: ${life.terminal.complaint()}`);

  await life.platform.stop();
  const platform = readPlatform(join(folder, 'platform'));
  const ids = platform.items.map(({ submissionId }) => submissionId);
  const lost = [...story.printed.values()]
    .filter((printed) => !platform.holds(printed.submissionId, printed.envelopeSha256))
    .map(({ submissionId }) => submissionId);
  const duplicated = [
    ...twice(ids),
    ...platform.conflicts,
    ...twice(platform.items.map(({ receiptNumber }) => receiptNumber)),
    ...twice(items.map(({ receiptNumber }) => receiptNumber)),
    ...twice([...story.printed.values()].map(({ receiptNumber }) => receiptNumber)),
  ];
  for (const id of ids) {
    if (!story.printed.has(id) && !story.abandoned.has(id)) wrong.push(`nobody handed in ${id}`);
  }
  return { lost, duplicated, wrong, arrived: ids.length };
}
