import * as fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import type { ReceiptBlock } from '../../domain/receipt/document.ts';
import { LONGEST_COMMAND, encodeReceipt } from './escpos-encoder.ts';
import { PROFILES } from './profile.ts';
import type { PrinterProfile } from './profile.ts';
import { TokenReader } from './simulator/tokens.ts';

const { generic80, generic58 } = PROFILES;

async function encode(
  blocks: readonly ReceiptBlock[],
  profile: PrinterProfile = generic80,
): Promise<Buffer> {
  return Buffer.concat(await encodeReceipt({ blocks }, profile));
}

const RASTER = Buffer.from([0x1d, 0x76, 0x30]);
const BIT_IMAGE = Buffer.from([0x1b, 0x2a, 33]);
const gbk = (text: string): Buffer => iconv.encode(text, 'gbk');

const PLAIN: readonly ReceiptBlock[] = [
  { type: 'text', text: '收件回执', align: 'center', size: 2, bold: true },
  { type: 'text', text: '示范镇便民服务中心', align: 'center' },
  { type: 'rule' },
  { type: 'pair', label: '事项', value: '残疾人证办理' },
  { type: 'pair', label: '申请人', value: '张三丰' },
  { type: 'pair', label: '编号', value: '500199001 001 261123 0001 7' },
  { type: 'rule' },
  { type: 'text', text: '已提交、待上传。请保存好这张回执。' },
  { type: 'qr', data: 'A'.repeat(128) },
];

describe('a receipt as ESC/POS', () => {
  it('begins with ESC @ and FS &, ends with the cut and the question whether it is done', async () => {
    const bytes = await encode(PLAIN);
    expect(bytes.subarray(0, 4).toString('hex')).toBe('1b401c26');
    expect(bytes.subarray(-7).toString('hex')).toBe('1d5642001d7201');
  });

  it('draws only the characters that the printer cannot print, beside the text of their line', async () => {
    const plain = await encode([{ type: 'pair', label: '申请人', value: '张三丰' }]);
    const rare = await encode([
      { type: 'pair', label: '申请人', value: '张三丰' },
      { type: 'pair', label: '代办人', value: '龚䶮' },
    ]);
    expect(plain.includes(RASTER)).toBe(false);
    expect(plain.includes(BIT_IMAGE)).toBe(false);
    expect(rare.includes(RASTER)).toBe(false);
    for (const text of ['张三丰', '代办人', '龚']) expect(rare.includes(gbk(text))).toBe(true);
    // one glyph of 24 columns
    expect(rare.indexOf(BIT_IMAGE)).toBe(rare.lastIndexOf(BIT_IMAGE));
    expect(rare.length - plain.length).toBeLessThan(48 + 77 + 3);
  });

  it.each([
    ['of double size', { size: 2 }, generic80],
    ['on a printer without ESC *', {}, { ...generic80, rareGlyphs: 'line' }],
  ] as const)('draws the whole line %s', async (_what, more, profile) => {
    const bytes = await encode([{ type: 'text', text: '代办人龚䶮', ...more }], profile);
    expect(bytes.includes(RASTER)).toBe(true);
    expect(bytes.includes(BIT_IMAGE)).toBe(false);
    expect(bytes.includes(gbk('代办人'))).toBe(false);
  });

  it('sets label and value on one line when they fit, else on two', async () => {
    const short = await encode([{ type: 'pair', label: '事项', value: '残疾人证办理' }], generic58);
    expect(short.includes(gbk(`事项${' '.repeat(16)}残疾人证办理\n`))).toBe(true);
    const value = '最低生活保障审核确认申请（城市）';
    const long = await encode([{ type: 'pair', label: '事项', value }], generic58);
    expect(long.includes(gbk('事项\n'))).toBe(true);
    expect(long.includes(gbk(`${value}\n`))).toBe(true);
  });

  it('draws the QR code for printers that cannot', async () => {
    const bytes = await encode([{ type: 'qr', data: 'A' }], { ...generic80, qr: 'raster' });
    expect(bytes.includes(Buffer.from([0x1d, 0x28, 0x6b]))).toBe(false);
    expect(bytes.includes(RASTER)).toBe(true);
  });

  it('never says `?` for a character, and no piece but a QR code’s is longer than a small buffer takes', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const blocks = fc.array(
      fc.oneof(
        fc.record({
          type: fc.constant('text' as const),
          text,
          size: fc.constantFrom<1 | 2>(1, 2),
          bold: fc.boolean(),
          align: fc.constantFrom('left' as const, 'center' as const, 'right' as const),
        }),
        fc.record({ type: fc.constant('pair' as const), label: text, value: text }),
      ),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(blocks, fc.constantFrom(generic80, generic58), async (some, profile) => {
        const asked = some.some((block) => JSON.stringify(block).includes('?'));
        const reader = new TokenReader();
        for (const piece of await encodeReceipt({ blocks: some }, profile)) {
          expect(piece.length).toBeLessThanOrEqual(LONGEST_COMMAND);
          const characters = reader.read(piece).filter(({ length }) => length === 1);
          if (!asked) expect(characters.some(([code]) => code === 0x3f)).toBe(false);
          for (let i = 0; i + 1 < piece.length; i++) {
            const realTime = piece[i] === 0x10 && [0x04, 0x05, 0x14].includes(piece[i + 1]!);
            expect(realTime, 'a real-time command amid the data').toBe(false);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
