import type { OutboxState } from '../../domain/outbox/transition.ts';
import { ITEM_MOMENTS } from './aims.ts';

/** What may strike. Each is a fault of the story or the fate of one request. */
export const FAULTS = [
  'power cut',
  'request lost',
  'answer lost',
  'request cut',
  'bytes twice',
  'bytes changed',
  'unreachable',
  'slow line',
  'portal answers',
  'error answers',
  'clock jumps',
  'disk full',
  'index lost',
  'platform power cut',
  'platform from backup',
  'limits lowered',
  'keys changed',
  'catalogue changed',
  'replaced',
  'moved',
  'disk copied',
  'revoked',
  'stick',
] as const;

/** A fault of the simulation. */
export type FaultName = (typeof FAULTS)[number];

/** Where an item can stand when it strikes: being stored, or in a state of the machine with its files still there. */
export const STRUCK = ITEM_MOMENTS;

/** How often a fault struck while an item stood there: `fault` → `state` → times. */
export type Strikes = Partial<Record<FaultName, Partial<Record<(typeof STRUCK)[number], number>>>>;

/** Counts one fault against everything that lies on a terminal then. */
export function strike(
  strikes: Strikes,
  fault: FaultName,
  storing: number,
  items: Iterable<{ readonly state: OutboxState; readonly ciphertextDeleted: boolean }>,
): void {
  const row = (strikes[fault] ??= {});
  if (storing > 0) row.storing = (row.storing ?? 0) + storing;
  for (const { state, ciphertextDeleted } of items) {
    if (!ciphertextDeleted) row[state] = (row[state] ?? 0) + 1;
  }
}

/** Adds what happened in another district. */
export function addStrikes(sum: Strikes, more: Strikes): void {
  for (const fault of FAULTS) {
    for (const state of STRUCK) {
      const times = more[fault]?.[state];
      if (times === undefined) continue;
      const row = (sum[fault] ??= {});
      row[state] = (row[state] ?? 0) + times;
    }
  }
}

/** As a table of Markdown. */
export function strikesTable(strikes: Strikes): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(['fault', ...STRUCK.map((state) => (state === 'storing' ? state : `\`${state}\``))]),
    line(['---', ...STRUCK.map(() => '---:')]),
    ...FAULTS.map((fault) =>
      line([fault, ...STRUCK.map((state) => String(strikes[fault]?.[state] ?? 0))]),
    ),
  ].join('\n');
}
