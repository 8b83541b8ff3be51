// Test support: one receipt, and the same by hand. Not part of the product.
import iconv from 'iconv-lite';
import type { ReceiptDocument } from '../../domain/receipt/document.ts';

const TOKEN = 'A'.repeat(128);

/** A receipt as the terminal prints it, offline, with three papers. */
export const REFERENCE_RECEIPT: ReceiptDocument = {
  blocks: [
    { type: 'text', text: '收件回执', align: 'center', bold: true, size: 2 },
    { type: 'text', text: 'Receipt', align: 'center' },
    { type: 'rule' },
    { type: 'text', text: '已提交、待上传', align: 'center', bold: true, size: 2 },
    { type: 'text', text: 'Submitted, waiting to be sent', align: 'center' },
    { type: 'text', text: '已安全存在本机，网络恢复后自动上传，不用再来。' },
    { type: 'text', text: 'Kept safely here; sent when the network is back.' },
    { type: 'rule' },
    { type: 'text', text: '回执编号 Receipt number' },
    { type: 'text', text: '500199001 001 261123 0001 7', bold: true },
    { type: 'pair', label: '事项', value: '残疾人补贴' },
    { type: 'pair', label: '申请人', value: '张*丰' },
    { type: 'pair', label: '时间', value: '2026-11-23 09:30' },
    { type: 'pair', label: '服务点', value: '示范镇便民服务中心' },
    { type: 'pair', label: '终端', value: '001' },
    { type: 'rule' },
    { type: 'text', text: '材料 Papers' },
    { type: 'pair', label: '居民身份证', value: '已读卡' },
    { type: 'pair', label: '残疾人证', value: '2 页' },
    { type: 'pair', label: '银行卡', value: '1 页' },
    { type: 'rule' },
    { type: 'qr', data: TOKEN },
    { type: 'text', text: '扫码查进度  Scan to see where it stands', align: 'center' },
    { type: 'rule' },
    { type: 'text', text: '本回执不是受理通知书。是否受理，以平台通知为准。' },
    { type: 'text', text: 'This is not a notice of acceptance.' },
    { type: 'pair', label: '咨询电话 Help', value: '12345' },
    { type: 'feed', lines: 2 },
  ],
};

const COLUMNS = 48;
const gbk = (text: string): Uint8Array => iconv.encode(text, 'gbk');
const raw = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);
const line = (text: string): Uint8Array => gbk(`${text}\n`);
const rule = (): Uint8Array => line('-'.repeat(COLUMNS));

/** Spaces, not ESC $: the unit of its distances differs between makers. */
function pair(label: string, value: string): Uint8Array {
  const free = COLUMNS - gbk(label).length - gbk(value).length;
  return line(`${label}${' '.repeat(free)}${value}`);
}

/** The reference receipt for 80 mm as somebody who knows the commands by heart would send it, no byte too many. */
export function byHand(): Uint8Array {
  const large = raw(0x1b, 0x45, 1, 0x1d, 0x21, 0x11);
  const normal = raw(0x1b, 0x45, 0, 0x1d, 0x21, 0);
  const [left, centre] = [raw(0x1b, 0x61, 0), raw(0x1b, 0x61, 1)];
  return Uint8Array.from(
    Buffer.concat([
      raw(0x1b, 0x40, 0x1c, 0x26),
      ...[centre, large, line('收件回执'), normal, line('Receipt'), left, rule()],
      ...[centre, large, line('已提交、待上传'), normal, line('Submitted, waiting to be sent')],
      ...[left, line('已安全存在本机，网络恢复后自动上传，不用再来。')],
      ...[line('Kept safely here; sent when the network is back.'), rule()],
      line('回执编号 Receipt number'),
      ...[raw(0x1b, 0x45, 1), line('500199001 001 261123 0001 7'), raw(0x1b, 0x45, 0)],
      ...[pair('事项', '残疾人补贴'), pair('申请人', '张*丰'), pair('时间', '2026-11-23 09:30')],
      ...[pair('服务点', '示范镇便民服务中心'), pair('终端', '001'), rule()],
      ...[line('材料 Papers'), pair('居民身份证', '已读卡'), pair('残疾人证', '2 页')],
      ...[pair('银行卡', '1 页'), rule(), centre],
      raw(0x1d, 0x28, 0x6b, 4, 0, 0x31, 0x41, 0x32, 0),
      raw(0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x43, 6),
      raw(0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x45, 0x31),
      ...[raw(0x1d, 0x28, 0x6b, TOKEN.length + 3, 0, 0x31, 0x50, 0x30), gbk(TOKEN)],
      raw(0x1d, 0x28, 0x6b, 3, 0, 0x31, 0x51, 0x30),
      ...[line('扫码查进度  Scan to see where it stands'), left, rule()],
      line('本回执不是受理通知书。是否受理，以平台通知为准。'),
      line('This is not a notice of acceptance.'),
      ...[pair('咨询电话 Help', '12345'), raw(0x1b, 0x64, 2)],
      raw(0x1d, 0x56, 0x42, 0, 0x1d, 0x72, 1),
    ]),
  );
}
