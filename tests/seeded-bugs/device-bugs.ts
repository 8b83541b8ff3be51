import { PAGE_BUGS } from './page-bugs.ts';
import { RECEIPT_PRINTER_BUGS } from './receipt-printer-bugs.ts';
import { SECURITY_CARD_BUGS } from './security-card-bugs.ts';
import type { SeededBug } from './seeded-bug.ts';

const SDT = ['drivers/id-card'];
/** What reads the bytes of the line, and nothing that polls a whole reader. */
const SDT_LINE = [
  'drivers/id-card/sdt-frame.test.ts',
  'drivers/id-card/sdt-link.test.ts',
  'drivers/id-card/sdt-fuzz.test.ts',
];
const CODE = ['drivers/code-scanner'];
const SCANNER = ['drivers/document-scanner'];
const IPP = ['drivers/document-printer'];
const PARTS = ['drivers/terminal-parts'];
const RELAYS = ['relay-tcp.test.ts', 'relay-board.full.test.ts'].map(
  (file) => `drivers/terminal-parts/${file}`,
);
const LINE = ['drivers/transport'];

/** Bugs in what takes the bytes of ID-card readers apart, and in what is made of them. */
const ID_CARD: readonly SeededBug[] = [
  {
    id: 'sdt-no-resync',
    what: 'after a wrong checksum the search goes on behind the false frame, not inside it',
    file: 'drivers/id-card/sdt-frame.ts',
    find: 'at = start;',
    replace: 'at = end;',
    tests: SDT,
  },
  {
    id: 'sdt-checksum-ignored',
    what: 'frames with a wrong checksum are taken',
    file: 'drivers/id-card/sdt-frame.ts',
    find: 'if (xor(bytes, start, end) === 0) {',
    replace: 'if (xor(bytes, start, end) >= 0) {',
    tests: SDT,
  },
  {
    id: 'sdt-length-off-by-one',
    what: 'the body loses its last byte',
    file: 'drivers/id-card/sdt-frame.ts',
    find: 'bytes.slice(start + LENGTH_BYTES, end - 1)',
    replace: 'bytes.slice(start + LENGTH_BYTES, end - 2)',
    tests: SDT,
  },
  {
    id: 'sdt-length-little-endian',
    what: 'the length of a frame is written with its bytes exchanged',
    file: 'drivers/id-card/sdt-frame.ts',
    find: '((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0)',
    replace: '((bytes[start + 1] ?? 0) << 8) | (bytes[start] ?? 0)',
    tests: SDT,
  },
  {
    id: 'sdt-length-unbounded',
    what: 'any length is believed, so that noise swallows what follows',
    file: 'drivers/id-card/sdt-frame.ts',
    find: 'length < this.#shortest || length > MAX_LENGTH',
    replace: 'length < this.#shortest',
    tests: SDT,
  },
  {
    id: 'sdt-short-preamble',
    what: 'a preamble that lost its first bytes is not known any more',
    file: 'drivers/id-card/sdt-frame.ts',
    find: "if (i === at) return 'none';",
    replace: "if (i - at < 3 && i < bytes.length) return 'none';",
    tests: SDT,
  },
  {
    id: 'sdt-stall-forgets',
    what: 'frames inside one that was never finished are lost',
    file: 'drivers/id-card/sdt-frame.ts',
    find: '    let begun = this.#buffer;\n',
    replace: '    let begun = new Uint8Array(0);\n',
    tests: SDT_LINE,
  },
  {
    id: 'presence-renewed-card',
    what: 'a renewed card laid down after the old one counts as the same',
    file: 'drivers/id-card/card-presence.ts',
    find: 'return JSON.stringify([kind, idNumber, name, validFrom, validTo]);',
    replace: 'return JSON.stringify([kind, idNumber, name]);',
    tests: SDT,
  },
  {
    id: 'sdt-stale-line',
    what: 'what is left of an old frame is kept when a new one begins to be awaited for ever',
    file: 'drivers/id-card/sdt-link.ts',
    find: 'this.#hand(this.#parser.stalled());',
    replace: 'void this.#parser.partial;',
    tests: SDT,
  },
  {
    id: 'sdt-size-unchecked',
    what: 'an answer of another size counts as the answer',
    file: 'drivers/id-card/sdt-link.ts',
    find: 'sw3 === command.success && data.length === command.dataBytes',
    replace: 'sw3 === command.success',
    tests: SDT_LINE,
  },
  {
    id: 'sdt-name-bytes',
    what: 'a name keeps its padding of NULs',
    file: 'drivers/id-card/sdt-text.ts',
    find: 'const PADDING = /^[ \\0]+|[ \\0]+$/g;',
    replace: 'const PADDING = /^[ ]+|[ ]+$/g;',
    tests: SDT,
  },
  {
    id: 'sdt-long-term',
    what: 'a card without an end of validity is refused',
    file: 'drivers/id-card/sdt-text.ts',
    find: "=== '长期';",
    replace: "=== '长 期';",
    tests: SDT,
  },
  {
    id: 'sdt-name-seam',
    what: 'the second part of a long Latin name is lost',
    file: 'drivers/id-card/sdt-text.ts',
    find: '(fields.raw(52, 70) + fields.raw(220, 22))',
    replace: 'fields.raw(52, 70)',
    tests: SDT,
  },
  {
    id: 'sdt-unknown-kind',
    what: 'a card of an unknown kind is read as a resident card',
    file: 'drivers/id-card/sdt-text.ts',
    find: 'return /^[A-Z]$/.test(mark) ? undefined : residentCard(fields);',
    replace: 'return residentCard(fields);',
    tests: SDT,
  },
  {
    id: 'presence-another-card',
    what: 'another card laid down at once is not told',
    file: 'drivers/id-card/card-presence.ts',
    find: 'if (before.card === card) {',
    replace: 'if (before.card !== "") {',
    tests: SDT,
  },
  {
    id: 'presence-failure-swallowed',
    what: 'a card that could not be read after another is told by nobody',
    file: 'drivers/id-card/card-presence.ts',
    find: "if (before.at === 'present' && !lies && !before.laidAnew && this.#refindsLyingCard) {",
    replace: "if (before.at === 'present' && !lies) {",
    tests: SDT,
  },
  {
    id: 'presence-interrupted',
    what: 'a reading that a lost line broke off never ends',
    file: 'drivers/id-card/card-presence.ts',
    find: "if (this.#state.at !== 'reading') return;",
    replace: "if (this.#state.at === 'reading') return;",
    tests: SDT,
  },
];

const CODES: readonly SeededBug[] = [
  {
    id: 'framer-keeps-old-bytes',
    what: 'bytes of a code that a pause threw away stand before the next one',
    file: 'drivers/code-scanner/code-framer.ts',
    find: "    this.reset();\n    return [{ type: 'dropped', why: 'no suffix came' }];",
    replace: "    return [{ type: 'dropped', why: 'no suffix came' }];",
    tests: CODE,
  },
  {
    id: 'framer-limit-off-by-one',
    what: 'the longest code that is allowed is thrown away',
    file: 'drivers/code-scanner/code-framer.ts',
    find: '} else if (this.#length < this.#kept.length) {',
    replace: '} else if (this.#length < this.#kept.length - 1) {',
    tests: CODE,
  },
  {
    id: 'hid-length-believed',
    what: 'a report that claims more data than it has is taken',
    file: 'drivers/code-scanner/hid-report.ts',
    find: '} else if (length > dataBytes) {',
    replace: '} else if (length > 255) {',
    tests: CODE,
  },
  {
    id: 'hid-more-ignored',
    what: 'a code of several reports is told in pieces',
    file: 'drivers/code-scanner/hid-report.ts',
    find: 'const goesOn = report.length !== DATA_REPORT.bytes || hasMore(report);',
    replace: 'const goesOn = report.length !== DATA_REPORT.bytes;',
    tests: CODE,
  },
  {
    id: 'hid-two-codes-joined',
    what: 'reports of two codes are joined to one',
    file: 'drivers/code-scanner/hid-report.ts',
    find: 'this.#aimId !== undefined && !equal(this.#aimId, aimId)',
    replace: 'this.#aimId !== undefined && this.#aimId === aimId',
    tests: CODE,
  },
  {
    id: 'text-order',
    what: 'GB 18030 is tried before UTF-8',
    file: 'drivers/code-scanner/decode-text.ts',
    find: "['utf-8', 'gb18030'];",
    replace: "['gb18030', 'utf-8'];",
    tests: CODE,
  },
  {
    id: 'text-noise-taken',
    what: 'control characters pass as a code',
    file: 'drivers/code-scanner/decode-text.ts',
    find: 'if (control && !ALLOWED_CONTROLS.has(code)) return true;',
    replace: 'if (control && code === 0x7f) return true;',
    tests: CODE,
  },
];

const PRINTERS: readonly SeededBug[] = [
  {
    id: 'ipp-stale-values',
    what: 'a value without a name is added to an attribute of the group before',
    file: 'drivers/document-printer/ipp-reader.ts',
    find: '      values = undefined;\n',
    replace: '',
    tests: IPP,
  },
  {
    id: 'ipp-collection-members',
    what: 'members of a collection count as attributes',
    file: 'drivers/document-printer/ipp-reader.ts',
    find: 'if (tag === IPP_TAG.collection) depth += 1;',
    replace: 'if (tag === IPP_TAG.collectionEnd) depth += 0;',
    tests: IPP,
  },
  {
    id: 'ipp-bare-reason',
    what: 'a reason without a suffix is a warning',
    file: 'drivers/document-printer/ipp-status.ts',
    find: "isWarning: suffix === 'warning'",
    replace: "isWarning: suffix !== 'error'",
    tests: IPP,
  },
  {
    id: 'ipp-not-accepting',
    what: 'a printer that takes no jobs is fine',
    file: 'drivers/document-printer/ipp-status.ts',
    find: "if (boolean(attributes, 'printer-is-accepting-jobs') === false) {",
    replace: "if (boolean(attributes, 'printer-is-accepting-jobs') === undefined) {",
    tests: IPP,
  },
];

const SCANNERS: readonly SeededBug[] = [
  {
    id: 'escl-host-believed',
    what: 'the host that a scanner names in an address is believed',
    file: 'drivers/document-scanner/escl-xml.ts',
    find: 'return new URL(address, base).pathname;',
    replace: 'return new URL(address, base).href;',
    tests: SCANNER,
  },
  {
    id: 'escl-doctype',
    what: 'a document with entities of its own is taken',
    file: 'drivers/document-scanner/escl-xml.ts',
    find: 'if (/<!(DOCTYPE|ENTITY)/i.test(text)) return undefined;',
    replace: '',
    tests: SCANNER,
  },
  {
    id: 'sane-inactive',
    what: 'options that a scanner has switched off are set',
    file: 'drivers/document-scanner/sane-options.ts',
    find: "if (flag[1] === 'inactive') return undefined;",
    replace: '',
    tests: SCANNER,
  },
  {
    id: 'sane-two-sided',
    what: 'both sides are scanned where one was asked for',
    file: 'drivers/document-scanner/sane-options.ts',
    find: 'feeders.find((name) => !isTwoSided(name)) ?? feeders[0]',
    replace: 'feeders.at(-1)',
    tests: SCANNER,
  },
];

const OTHERS: readonly SeededBug[] = [
  {
    id: 'parts-crc-ignored',
    what: 'lines with a wrong CRC are taken',
    file: 'drivers/terminal-parts/parts-line.ts',
    find: 'return text.slice(star + 1) === crcText(this.#mark, body) ? body : undefined;',
    replace: 'return body;',
    tests: PARTS,
  },
  {
    id: 'parts-no-resync',
    what: 'a mark inside a damaged line does not begin the next one',
    file: 'drivers/terminal-parts/parts-line.ts',
    find: 'if (byte === this.#markByte) {',
    replace: 'if (byte === this.#markByte && this.#text === undefined) {',
    tests: PARTS,
  },
  {
    id: 'parts-stuck-swallowed',
    what: 'a key that is stuck is told by nobody',
    file: 'drivers/terminal-parts/held-inputs.ts',
    find: "this.#emit({ type: 'stuck', input });",
    replace: '',
    tests: PARTS,
  },
  {
    id: 'parts-settling',
    what: 'a value is told that has gone again',
    file: 'drivers/terminal-parts/settling.ts',
    find: '    this.#drop();\n    if (value === this.#told) return;\n    const wait',
    replace: '    if (value === this.#told) return;\n    const wait',
    tests: PARTS,
  },
  {
    id: 'relay-silent-online',
    what: 'a relay board that never answers is said to be well',
    file: 'drivers/terminal-parts/relay-board.ts',
    find: 'this.begin(holds(NO_LIGHT_KNOWN), SILENT_BY_NATURE);',
    replace: 'this.begin(holds(NO_LIGHT_KNOWN));',
    tests: RELAYS,
  },
  {
    id: 'relay-first-word',
    what: 'the answer of a relay board counts as whole with its first line',
    file: 'drivers/terminal-parts/relay-link.ts',
    find: 'if (channels.every((channel) => this.#said.has(channel)))',
    replace: 'if (channels.some((channel) => this.#said.has(channel)))',
    tests: RELAYS,
  },
  {
    id: 'relay-late-answer',
    what: 'an answer that came too late is taken for that to the next question',
    file: 'drivers/terminal-parts/relay-link.ts',
    find: '      this.#owed = true;\n',
    replace: '',
    tests: RELAYS,
  },
  {
    id: 'relay-left-on',
    what: 'lamps shine on after the terminal has let go of their board',
    file: 'drivers/terminal-parts/relay-board.ts',
    find: 'if (this.isClosing) await this.#leaveDark(line);',
    replace: '',
    tests: RELAYS,
  },
  {
    id: 'line-no-backoff-reset',
    what: 'a device that answered well is tried again ever more slowly',
    file: 'drivers/transport/reconnecting.ts',
    find: '      const proved = (): void => {\n        failures = 0;',
    replace: '      const proved = (): void => {\n        failures += 1;',
    tests: LINE,
  },
];

/** Every bug that the suites of the drivers must notice. */
export const DEVICE_BUGS: readonly SeededBug[] = [
  ...ID_CARD,
  ...CODES,
  ...RECEIPT_PRINTER_BUGS,
  ...SECURITY_CARD_BUGS,
  ...PAGE_BUGS,
  ...PRINTERS,
  ...SCANNERS,
  ...OTHERS,
];
