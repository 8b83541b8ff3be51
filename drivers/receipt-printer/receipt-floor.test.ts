import { create } from 'qrcode';
import { expect, it } from 'vitest';
import { byHand, REFERENCE_RECEIPT } from './floor-support.ts';
import { encodeReceipt } from './escpos-encoder.ts';
import { PROFILES } from './profile.ts';
import { modulesOf } from './qr-size.ts';
import { PrintHead } from './simulator/print-head.ts';
import { paperAsText } from './simulator/paper.ts';
import { TokenReader } from './simulator/tokens.ts';

const { generic80 } = PROFILES;

/** What stands on the paper, without its white. */
function printed(bytes: Uint8Array): string {
  const head = new PrintHead(generic80);
  for (const token of new TokenReader().read(bytes)) head.execute(token);
  const marks = head.takePaper().filter(({ type }) => type !== 'feed');
  return paperAsText(marks, generic80.columns);
}

it('a receipt takes at most 5 % more bytes than the same written by hand', async () => {
  const ours = Buffer.concat(await encodeReceipt(REFERENCE_RECEIPT, generic80));
  const floor = byHand();
  expect(printed(ours)).toBe(printed(floor));
  process.stdout.write(`receipt: ${ours.length} bytes, by hand ${floor.length}\n`);
  expect(ours.length).toBeLessThanOrEqual(floor.length * 1.05);
});

it('the logo kept in the printer takes a few bytes, not its dots', async () => {
  const plain = Buffer.concat(await encodeReceipt(REFERENCE_RECEIPT, generic80));
  const kept = { memory: 'graphics', key: 'aB' } as const;
  const ours = Buffer.concat(await encodeReceipt(REFERENCE_RECEIPT, generic80, kept));
  expect(ours.length - plain.length).toBeLessThanOrEqual(14);
});

it('the size of a QR code is known without drawing it', () => {
  for (const bytes of [1, 14, 15, 128, 213, 214, 666, 1990, 2331]) {
    const data = new Uint8Array(bytes).fill(0x41);
    const { modules } = create([{ data, mode: 'byte' }], { errorCorrectionLevel: 'M' });
    expect(modulesOf(bytes)).toBe(modules.size);
  }
  expect(() => modulesOf(2332)).toThrow(RangeError);
});
