import * as fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import type { ReceiptBlock } from '../../domain/receipt/document.ts';
import { LONGEST_COMMAND, encodeReceipt } from './escpos-encoder.ts';
import { PROFILES } from './profile.ts';
import type { PrinterProfile } from './profile.ts';

const { generic80, generic58 } = PROFILES;

async function encode(
  blocks: readonly ReceiptBlock[],
  profile: PrinterProfile = generic80,
): Promise<Buffer> {
  return Buffer.concat(await encodeReceipt({ blocks }, profile));
}

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

/** The same receipt as somebody who knows the commands by heart would send it. */
function byHand(): Buffer {
  const line = (label: string, value: string): Buffer => {
    const free = 48 - gbk(label).length - gbk(value).length;
    return gbk(`${label}${' '.repeat(free)}${value}\n`);
  };
  const raw = (...bytes: number[]): Buffer => Buffer.from(bytes);
  return Buffer.concat([
    raw(0x1b, 0x40, 0x1c, 0x26),
    raw(0x1b, 0x61, 1, 0x1b, 0x45, 1, 0x1d, 0x21, 0x11),
    gbk('收件回执\n'),
    raw(0x1b, 0x45, 0, 0x1d, 0x21, 0),
    gbk('示范镇便民服务中心\n'),
    raw(0x1b, 0x61, 0),
    gbk(`${'-'.repeat(48)}\n`),
    line('事项', '残疾人证办理'),
    line('申请人', '张三丰'),
    line('编号', '500199001 001 261123 0001 7'),
    gbk(`${'-'.repeat(48)}\n`),
    gbk('已提交、待上传。请保存好这张回执。\n'),
    raw(0x1b, 0x61, 1),
    raw(0x1d, 0x28, 0x6b, 4, 0, 0x31, 0x41, 0x32, 0),
    raw(0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x43, 6),
    raw(0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x45, 0x31),
    raw(0x1d, 0x28, 0x6b, 131, 0, 0x31, 0x50, 0x30),
    Buffer.from('A'.repeat(128)),
    raw(0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x51, 0x30),
    raw(0x1d, 0x56, 0x42, 0, 0x1d, 0x72, 1),
  ]);
}

describe('a receipt as ESC/POS', () => {
  it('begins with ESC @ and FS &, ends with the cut and the question whether it is done', async () => {
    const bytes = await encode(PLAIN);
    expect(bytes.subarray(0, 4).toString('hex')).toBe('1b401c26');
    expect(bytes.subarray(-7).toString('hex')).toBe('1d5642001d7201');
  });

  it('takes at most 5 % more bytes than one written by hand', async () => {
    const bytes = await encode(PLAIN);
    process.stdout.write(`plain receipt: ${bytes.length} bytes, by hand ${byHand().length}\n`);
    expect(bytes.length).toBeLessThanOrEqual(byHand().length * 1.05);
  });

  it('sends only the lines with rare characters as pictures', async () => {
    const plain = await encode([{ type: 'pair', label: '申请人', value: '张三丰' }]);
    const rare = await encode([
      { type: 'pair', label: '申请人', value: '张三丰' },
      { type: 'pair', label: '代办人', value: '龚䶮' },
    ]);
    const picture = Buffer.from([0x1d, 0x76, 0x30]);
    expect(plain.includes(picture)).toBe(false);
    expect(rare.includes(picture)).toBe(true);
    expect(rare.includes(gbk('张三丰'))).toBe(true);
    expect(rare.includes(gbk('代办人'))).toBe(false);
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
    expect(bytes.includes(Buffer.from([0x1d, 0x76, 0x30]))).toBe(true);
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
        for (const piece of await encodeReceipt({ blocks: some }, profile)) {
          expect(piece.length).toBeLessThanOrEqual(LONGEST_COMMAND);
          // A picture's dots may well be 3F.
          if (!asked && piece[1] !== 0x76) expect(piece.includes(0x3f)).toBe(false);
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
