import { expect, it } from 'vitest';
import type { PrintOutcome } from '../../../drivers/receipt-printer/contract.ts';
import { handClock } from '../hand-clock.test-helper.ts';
import { PaperDesk } from './paper-desk.ts';
import { ReceiptMarks } from './receipt-marks.ts';

const PERSONAL = '住在测试路七号的人';

it('a sheet for staff whose printing ends in a bug is unknown, and the next one is printed', async () => {
  const ends: (() => Promise<PrintOutcome>)[] = [
    () => Promise.reject(new TypeError(PERSONAL)),
    () => Promise.resolve({ outcome: 'printed' }),
  ];
  const log: string[] = [];
  const desk = new PaperDesk({
    clock: handClock(),
    printer: { print: () => ends.shift()!() },
    outbox: { list: () => [], stored: () => undefined, find: () => undefined },
    marks: new ReceiptMarks('/nowhere/receipt-marks.json'),
    tickets: { follow: (_receipt, heard) => heard, fateOf: () => undefined },
    terminal: () => ({ terminalId: 'T-1', hall: { zh: '大厅', en: 'Hall' } }),
    service: () => undefined,
    record: () => undefined,
    log: (message, details) => log.push(`${message} ${JSON.stringify(details)}`),
    onChange: () => undefined,
  });
  await desk.printSheet();
  expect(desk.view.sheetPrint).toEqual({ state: 'unknown' });
  expect(log).toHaveLength(1);
  expect(log[0]).toContain('printing for staff ended with a bug {"bug":"TypeError"');
  expect(log[0]).not.toContain(PERSONAL);
  await desk.printSheet();
  expect(desk.view.sheetPrint).toEqual({ state: 'printed' });
});
