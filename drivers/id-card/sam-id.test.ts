import fc from 'fast-check';
import { expect, it } from 'vitest';
import { samIdText } from './sam-id.ts';

it('writes a SAM id as it is printed on the module', () => {
  const bytes = Uint8Array.from(Buffer.from('05000100addb320140e2010015cd5b07', 'hex'));
  expect(samIdText(bytes)).toBe('05.01-20110253-0000123456-123456789');
  expect(samIdText(new Uint8Array(16).fill(0xff))).toBe(
    '65535.65535-4294967295-4294967295-4294967295',
  );
});

it('knows no other length, and reads from the middle of a buffer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(samIdText(bytes) === undefined).toBe(bytes.length !== 16);
    }),
  );
  const within = new Uint8Array(20).fill(0xff);
  within.fill(0, 3, 19);
  expect(samIdText(within.subarray(3, 19))).toBe('00.00-0-0000000000-0');
});
