import type { SeededBug } from './seeded-bug.ts';

const CARD = ['drivers/security-card'];

/** Bugs in what takes the answers of social security cards apart. */
export const SECURITY_CARD_BUGS: readonly SeededBug[] = [
  {
    id: 'apdu-no-response',
    what: 'what a card has ready (61xx) is not fetched',
    file: 'drivers/security-card/apdu.ts',
    find: 'if (sw1 === 0x61) {',
    replace: 'if (sw1 === 0x62) {',
    tests: CARD,
  },
  {
    id: 'apdu-order',
    what: 'the pieces of a long answer are put together the wrong way round',
    file: 'drivers/security-card/apdu.ts',
    find: 'got = Uint8Array.from([...got, ...answer.data]);',
    replace: 'got = Uint8Array.from([...answer.data, ...got]);',
    tests: CARD,
  },
  {
    id: 'record-length-believed',
    what: 'a record that is cut off is taken',
    file: 'drivers/security-card/card-fields.ts',
    find: 'if (length > 0xfe || bytes.length < 2 + length) return undefined;',
    replace: 'if (length > 0xfe) return undefined;',
    tests: CARD,
  },
  {
    id: 'padding-kept',
    what: 'padding of FF stays in the fields',
    file: 'drivers/security-card/card-fields.ts',
    find: '[0xff, 0x00, 0x20].includes(value[end - 1] ?? 0)',
    replace: '[0x00, 0x20].includes(value[end - 1] ?? 0)',
    tests: CARD,
  },
  {
    id: 'name-seam',
    what: 'the extension of a long name is lost',
    file: 'drivers/security-card/card-fields.ts',
    find: 'const bytes = Uint8Array.from([...name, ...extension]);',
    replace: 'const bytes = Uint8Array.from([...name]);',
    tests: CARD,
  },
  {
    id: 'name-half',
    what: 'a name with a character that cannot be read is taken with a sign in its place',
    file: 'drivers/security-card/card-fields.ts',
    find: "new TextDecoder('gb18030', { fatal: true })",
    replace: "new TextDecoder('gb18030')",
    tests: CARD,
  },
];
