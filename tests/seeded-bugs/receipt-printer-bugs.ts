import type { SeededBug } from './seeded-bug.ts';

const RECEIPT = ['drivers/receipt-printer'];

/** Bugs of receipt printers. */
export const RECEIPT_PRINTER_BUGS: readonly SeededBug[] = [
  {
    id: 'status-paper-end-missed',
    what: 'paper end is taken for near end',
    file: 'drivers/receipt-printer/status.ts',
    find: "says('paperOut') ? 'out'",
    replace: "says('paperOut') ? 'low'",
    tests: ['drivers/receipt-printer/status.test.ts'],
  },
  {
    id: 'status-cover-swallowed',
    what: 'an open cover is no fault',
    file: 'drivers/receipt-printer/status-question.ts',
    find: "check(0, 0x04, 'coverOpen')",
    replace: "check(0, 0x80, 'coverOpen')",
    tests: ['drivers/receipt-printer/status.test.ts'],
  },
  {
    id: 'status-automatic-mixed',
    what: 'the bytes of an automatic status count as answers',
    file: 'drivers/receipt-printer/status.ts',
    find: 'if (this.#automatic !== undefined && (byte & 0x90) === 0) {',
    replace: 'if (this.#automatic !== undefined && (byte & 0x90) === 0xff) {',
    tests: ['drivers/receipt-printer/status.test.ts'],
  },
  {
    id: 'status-late-answer',
    what: 'an answer of several bytes that comes too late is taken for the word that it is done',
    file: 'drivers/receipt-printer/status.ts',
    find: 'for (const pattern of [...awaited, ...this.#known]) {',
    replace: 'for (const pattern of awaited) {',
    tests: ['drivers/receipt-printer/status.test.ts'],
  },
  {
    id: 'ticket-taken-unseen',
    what: 'a receipt that nobody saw in the outlet counts as taken',
    file: 'drivers/receipt-printer/presenter.ts',
    find: "return event === 'silent' ? { state } : { state: EMPTY, fate: 'unknown' };",
    replace: "return event === 'silent' ? { state } : { state: EMPTY, fate: 'taken' };",
    tests: ['drivers/receipt-printer/presenter.test.ts'],
  },
  {
    id: 'ticket-gap-ignored',
    what: 'a receipt that went while nobody could look counts as taken',
    file: 'drivers/receipt-printer/presenter.ts',
    find: "return { state: EMPTY, fate: state.gap ? 'unknown' : 'taken' };",
    replace: "return { state: EMPTY, fate: 'taken' };",
    tests: ['drivers/receipt-printer/presenter.test.ts'],
  },
  {
    id: 'ticket-not-cleared',
    what: 'the next receipt pushes out one that could have been drawn in',
    file: 'drivers/receipt-printer/escpos-printer.ts',
    find: 'await this.#outlet?.clear((ms) => sleep(clock, ms, limit.signal));',
    replace: '',
    tests: ['drivers/receipt-printer/presenter.test.ts'],
  },
  {
    id: 'receipt-glyph-turned',
    what: 'the dots of a rare character stand upside down',
    file: 'drivers/receipt-printer/escpos-encoder.ts',
    find: 'bytes[at] = (bytes[at] ?? 0) | (0x80 >> (y & 7));',
    replace: 'bytes[at] = (bytes[at] ?? 0) | (0x01 << (y & 7));',
    tests: ['drivers/receipt-printer/simulator/escpos-simulator.test.ts'],
  },
  {
    id: 'charset-lacks-ignored',
    what: 'characters that the printer has no shape for are sent as text',
    file: 'drivers/receipt-printer/charset.ts',
    find: 'code >= from && code <= to',
    replace: 'code > to && code < from',
    tests: RECEIPT,
  },
  {
    id: 'charset-question-mark',
    what: 'what GBK lacks is printed as a question mark',
    file: 'drivers/receipt-printer/charset.ts',
    find: 'return bytes.length === 2 ? Uint8Array.from(bytes) : undefined;',
    replace: 'return Uint8Array.from(bytes);',
    tests: RECEIPT,
  },
];
