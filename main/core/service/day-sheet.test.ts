import { describe, expect, it } from 'vitest';
import type { ItemSummary } from '../outbox/contract.ts';
import { daySheet, sheetDocument } from './day-sheet.ts';

const item = (serviceId: string, state: string, createdAt: string): ItemSummary => ({
  submissionId: '0'.repeat(32),
  receiptNumber: '5'.repeat(23),
  kind: 'application',
  serviceId,
  state,
  createdAt,
  caseState: null,
  caseNumber: null,
  envelopeSha256: '0'.repeat(64),
});

// 24 November at the hall begins at 16:00 UTC of the 23rd
const ITEMS = [
  item('b', 'archived', '2026-11-23T16:00:00.000Z'),
  item('b', 'retry', '2026-11-24T15:59:59.999Z'),
  item('a', 'held', '2026-11-24T02:00:00.000Z'),
  item('a', 'what is this', '2026-11-24T02:00:00.000Z'),
  item('a', 'received', '2026-11-23T15:59:59.999Z'),
  item('a', 'queued', '2026-11-24T16:00:00.000Z'),
];

describe('the sheet of a day', () => {
  it('counts by the day of the hall, by service, and never says more than is known', () => {
    expect(daySheet(ITEMS, '2026-11-24')).toEqual({
      day: '2026-11-24',
      rows: [
        { serviceId: 'a', waiting: 0, received: 0, held: 2 },
        { serviceId: 'b', waiting: 1, received: 1, held: 0 },
      ],
    });
  });

  it('is printed with a total, also when the catalogue no longer knows a service', () => {
    const { blocks } = sheetDocument({
      sheet: daySheet(ITEMS, '2026-11-24'),
      at: '2026-11-24 17:30',
      terminalId: '500199001001-g1',
      hall: { zh: '服务点', en: 'Hall' },
      nameOf: (id) => (id === 'b' ? { zh: '乙', en: 'B' } : undefined),
    });
    const lines = blocks.map((block) =>
      block.type === 'pair' ? `${block.label}=${block.value}` : 'text' in block ? block.text : '',
    );
    expect(lines.slice(lines.indexOf('a'))).toEqual([
      'a',
      '要人处理 needs a person=2',
      '乙',
      'B',
      '平台已收到 received=1',
      '待上传 waiting=1',
      '',
      '合计 Total',
      '平台已收到 received=1',
      '待上传 waiting=1',
      '要人处理 needs a person=2',
      '',
      '打印=2026-11-24 17:30',
      '',
    ]);
  });
});
