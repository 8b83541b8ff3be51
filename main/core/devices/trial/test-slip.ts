import type { ReceiptDocument } from '../../../../domain/receipt/document.ts';

/** What a test prints: every kind of block that a receipt has, with rare characters and a code to scan. */
export function testSlip(terminalId: string, at: string): ReceiptDocument {
  return {
    blocks: [
      { type: 'text', text: '打印测试', align: 'center', bold: true, size: 2 },
      { type: 'text', text: 'Printer test', align: 'center' },
      { type: 'rule' },
      { type: 'pair', label: '终端', value: terminalId === '' ? '—' : terminalId },
      { type: 'pair', label: '时间', value: at },
      { type: 'text', text: '汉字 䶮 𬱖 𰻝  ABC abc 0123456789' },
      { type: 'rule' },
      { type: 'qr', data: `BIANMIN TEST ${at}` },
      { type: 'text', text: '这不是回执。This is not a receipt.', align: 'center' },
      { type: 'feed', lines: 2 },
    ],
  };
}
