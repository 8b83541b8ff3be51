import type { ItemSummary, StoredItem } from '../../main/core/outbox/contract.ts';

/** What a terminal is told, a line of JSON each. */
export type TerminalOrder =
  | { readonly order: 'submit'; readonly id: string; readonly sizes: readonly number[] }
  | { readonly order: 'items' };

/** What a terminal says, a line of JSON each. From `printed` on a receipt is in somebody's hand. */
export type TerminalWord =
  | { readonly word: 'opened'; readonly problems: readonly string[] }
  | { readonly word: 'taking' }
  | { readonly word: 'printed'; readonly id: string; readonly item: StoredItem }
  | { readonly word: 'refused'; readonly id: string; readonly why: string }
  | { readonly word: 'items'; readonly items: readonly ItemSummary[] };
