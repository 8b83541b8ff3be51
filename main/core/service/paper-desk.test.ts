import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReceiptDocument } from '../../../domain/receipt/document.ts';
import type { PrintOutcome } from '../../../drivers/receipt-printer/contract.ts';
import { handClock } from '../hand-clock.test-helper.ts';
import { createClockBelief } from '../outbox/clock-belief.ts';
import { makeDisk, type Disk } from '../outbox/disk.test-helper.ts';
import { createListeners } from '../outbox/listeners.ts';
import { createOutbox } from '../outbox/outbox.ts';
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
    outbox: {
      list: () => [],
      stored: () => undefined,
      find: () => undefined,
      delivery: () => 'held',
    },
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

describe('a receipt printed again', () => {
  let disk: Disk;
  beforeEach(async () => {
    disk = await makeDisk();
  });
  afterEach(() => disk.close());

  /** The desk of staff, and what it prints. */
  const deskOf = (revoked: boolean): { desk: PaperDesk; papers: readonly ReceiptDocument[] } => {
    const papers: ReceiptDocument[] = [];
    const desk = new PaperDesk({
      clock: disk.clock,
      printer: {
        print(paper) {
          papers.push(paper);
          return Promise.resolve({ outcome: 'printed' });
        },
      },
      outbox: createOutbox({
        ...disk.context(),
        belief: createClockBelief(disk.clock, disk.db, () => []),
        changes: createListeners(),
        revoked: () => revoked,
      }),
      marks: new ReceiptMarks(`${disk.folder}/receipt-marks.json`),
      tickets: { follow: (_receipt, heard) => heard, fateOf: () => undefined },
      terminal: () => ({ terminalId: 'T-1', hall: { zh: '大厅', en: 'Hall' } }),
      service: () => ({ name: { zh: '失业登记', en: 'Unemployment' }, hotline: '12333' }),
      record: () => undefined,
      log: () => undefined,
      onChange: () => undefined,
    });
    return { desk, papers };
  };
  /** What stands on the paper that staff print of an item in a state. */
  const paperOf = async (state: string, revoked = false): Promise<string> => {
    const { receiptNumber } = await disk.store([]);
    disk.db.run('UPDATE item SET state = ?', state);
    const { desk, papers } = deskOf(revoked);
    await desk.reprint(receiptNumber);
    return papers
      .flatMap(({ blocks }) => blocks)
      .map((block) => (block.type === 'text' ? block.text : ''))
      .join('\n');
  };
  const BY_ITSELF = /恢复后自动上传|不用再来|is sent by itself/;

  it.each([
    ['is held', 'held', false],
    ['waits where the platform revoked this terminal', 'retry', true],
  ])('promises nothing of what %s, and sends to the counter', async (_what, state, revoked) => {
    const paper = await paperOf(state, revoked);
    expect(paper).not.toMatch(BY_ITSELF);
    expect(paper).toContain('请到服务台问');
    expect(paper).toContain('Please ask at the counter');
  });

  it('says of what waits that it goes by itself, and of what arrived that it did', async () => {
    expect(await paperOf('retry')).toMatch(BY_ITSELF);
    const there = await paperOf('received', true);
    expect(there).toContain('平台已收到');
    expect(there).not.toMatch(/服务台|counter/);
  });

  it('says the same as the list that staff have before them, and as their sheet of the day', async () => {
    await disk.store([]);
    disk.db.run("UPDATE item SET state = 'retry'");
    for (const [revoked, state, column] of [
      [false, 'retry', 'waiting'],
      [true, 'held', 'held'],
    ] as const) {
      const { items, today } = deskOf(revoked).desk.view;
      expect(items).toMatchObject([{ state }]);
      expect(today.rows).toMatchObject([{ [column]: 1 }]);
    }
  });

  it('of what needs a person can be printed also behind fifty newer ones', async () => {
    const { receiptNumber } = await disk.store([]);
    disk.db.run("UPDATE item SET state = 'held', created_at = '2026-01-01T00:00:00.000Z'");
    for (let i = 0; i < 50; i++) await disk.store([]);
    const { items } = deskOf(false).desk.view;
    expect(items).toHaveLength(50);
    expect(items[0]).toMatchObject({ receiptNumber, state: 'held' });
  });

  it('can be of what came in earlier: the screen said that staff can print it later', async () => {
    const { receiptNumber } = await disk.store([]);
    disk.db.run("UPDATE item SET state = 'archived', created_at = '2026-01-01T00:00:00.000Z'");
    expect(deskOf(false).desk.view.items).toMatchObject([{ receiptNumber }]);
    // what waits, or is of today, goes first
    for (let i = 0; i < 50; i++) await disk.store([]);
    const { items } = deskOf(false).desk.view;
    expect(items).toHaveLength(50);
    expect(items.filter((item) => item.receiptNumber === receiptNumber)).toEqual([]);
  });
});
