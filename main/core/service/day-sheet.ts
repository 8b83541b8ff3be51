import type { ReceiptBlock, ReceiptDocument } from '../../../domain/receipt/document.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import type { DaySheet } from '../../contract/service-view.ts';
import { chinaDay } from '../china-day.ts';
import type { ItemSummary } from '../outbox/contract.ts';

/** Which column of the sheet an item counts in; one that this program does not know waits for a person. */
export function columnOf(state: string): 'waiting' | 'received' | 'held' {
  if (state === 'received' || state === 'archived') return 'received';
  return state === 'queued' || state === 'sending' || state === 'retry' ? 'waiting' : 'held';
}

/** Counts the items of a day at the hall, by service and by where they are. Nobody's name is in it. */
export function daySheet(items: readonly ItemSummary[], day: string): DaySheet {
  const rows = new Map<string, DaySheet['rows'][number]>();
  for (const { serviceId, state, createdAt } of items) {
    if (chinaDay(Date.parse(createdAt)) !== day) continue;
    const row = rows.get(serviceId) ?? { serviceId, waiting: 0, received: 0, held: 0 };
    const column = columnOf(state);
    rows.set(serviceId, { ...row, [column]: row[column] + 1 });
  }
  return {
    day,
    rows: [...rows.values()].toSorted((one, other) => (one.serviceId < other.serviceId ? -1 : 1)),
  };
}

/** What the sheet says besides the counts. */
export interface SheetContents {
  readonly sheet: DaySheet;
  /** Day and minute of printing. */
  readonly at: string;
  readonly terminalId: string;
  readonly hall: LocalizedText;
  readonly nameOf: (serviceId: string) => LocalizedText | undefined;
}

const WORDS = {
  waiting: '待上传 waiting',
  received: '平台已收到 received',
  held: '要人处理 needs a person',
} as const;

/** The sheet for the receipt printer. */
export function sheetDocument(contents: SheetContents): ReceiptDocument {
  const { sheet, at, terminalId, hall, nameOf } = contents;
  const total = { waiting: 0, received: 0, held: 0 };
  const counts = (of: typeof total): readonly ReceiptBlock[] =>
    (['received', 'waiting', 'held'] as const)
      .filter((column) => of[column] > 0)
      .map((column) => ({ type: 'pair', label: WORDS[column], value: String(of[column]) }));
  const services = sheet.rows.flatMap((row): readonly ReceiptBlock[] => {
    for (const column of ['waiting', 'received', 'held'] as const) total[column] += row[column];
    const name = nameOf(row.serviceId);
    return [
      { type: 'text', text: name?.zh ?? row.serviceId, bold: true },
      ...(name === undefined ? [] : [{ type: 'text', text: name.en } as const]),
      ...counts(row),
    ];
  });
  return {
    blocks: [
      { type: 'text', text: '今日情况', align: 'center', bold: true, size: 2 },
      { type: 'text', text: 'Today at this terminal', align: 'center' },
      { type: 'rule' },
      { type: 'pair', label: '日期', value: sheet.day },
      { type: 'pair', label: '服务点', value: hall.zh },
      { type: 'pair', label: '终端', value: terminalId === '' ? '—' : terminalId },
      { type: 'rule' },
      ...(services.length === 0
        ? [{ type: 'text', text: '今天还没有申请。Nothing yet.' } as const]
        : [...services, { type: 'rule' } as const]),
      ...(services.length === 0
        ? []
        : [{ type: 'text', text: '合计 Total', bold: true } as const, ...counts(total)]),
      { type: 'rule' },
      { type: 'pair', label: '打印', value: at },
      { type: 'feed', lines: 2 },
    ],
  };
}
