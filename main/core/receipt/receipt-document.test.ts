import { describe, expect, it } from 'vitest';
import { receiptDocument, type ReceiptContents } from './receipt-document.ts';

const CONTENTS: ReceiptContents = {
  receiptNumber: '50015100100126112300017',
  serviceName: { zh: '失业登记', en: 'Unemployment registration' },
  hall: { zh: '巴川街道便民服务中心', en: 'Bachuan' },
  terminalId: 'T-1',
  submittedAt: '2026-11-23 09:30',
  maskedName: '陈*',
  materials: [
    { name: { zh: '居民户口簿', en: 'Household register' }, means: 'scan', pages: 2 },
    { name: { zh: '居民身份证', en: 'ID card' }, means: 'readCard', pages: 0 },
    { name: { zh: '残疾人证', en: 'Certificate' }, means: 'commitment', pages: 0 },
  ],
  hotline: '12333',
  qr: 'https://platform.example/r/abc',
  delivery: 'waiting',
};

const textOf = (contents: ReceiptContents): string =>
  receiptDocument(contents)
    .blocks.map((block) => {
      if (block.type === 'text') return block.text;
      return block.type === 'pair' ? `${block.label} ${block.value}` : '';
    })
    .join('\n');

describe('the receipt never says more than is known', () => {
  it('says offline that it was submitted and waits, and promises to send it by itself', () => {
    const text = textOf(CONTENTS);
    expect(text).toContain('已提交、待上传');
    expect(text).toContain('网络恢复后自动上传');
    expect(text).not.toMatch(/平台已收到|已受理|已核/);
    expect(text).toMatch(/居民户口簿 2 页\n居民身份证 已读卡\n残疾人证 已承诺/);
  });

  it('says that the platform has it only when the platform said so', () => {
    const text = textOf({ ...CONTENTS, delivery: 'received' });
    expect(text).toContain('平台已收到');
    expect(text).not.toContain('待上传');
  });

  it('sends to the counter with what needs a person, and promises nothing of it', () => {
    const text = textOf({ ...CONTENTS, delivery: 'held' });
    expect(text).toContain('请到服务台问');
    expect(text).toContain('Please ask at the counter');
    expect(text).toContain('现在不会自动上传');
    expect(text).toContain('not sent by itself');
    expect(text).not.toMatch(
      /待上传|网络恢复|不用再来|安全|平台已收到|waiting|when the network|Kept/,
    );
    // the page behind the code says that it is sent by itself
    expect(text).not.toMatch(/扫码查进度|Scan to see/);
    expect(text).toContain('给服务台用');
  });

  it('names no phone where nobody can find what is held, but what to say at the counter', () => {
    const text = textOf({ ...CONTENTS, delivery: 'held' });
    expect(text).not.toMatch(/12333|电话|Help/);
    expect(text).toContain('到服务台，请说上面的回执号码。');
    expect(text).toContain('At the counter, say the receipt number above.');
    for (const delivery of ['received', 'waiting'] as const) {
      expect(textOf({ ...CONTENTS, delivery })).toContain('咨询电话 Help 12333');
    }
  });

  it('tells whoever has an earlier paper by which to go, where this one takes back what that one says', () => {
    const again = { at: '2026-11-24 10:00', earlierVoid: false };
    const words = '先前那张写的不一样，以这张为准';
    expect(textOf({ ...CONTENTS, delivery: 'held', again })).toContain(words);
    for (const text of [
      textOf({ ...CONTENTS, delivery: 'held' }),
      textOf({ ...CONTENTS, delivery: 'held', again: { ...again, earlierVoid: true } }),
      textOf({ ...CONTENTS, again }),
    ]) {
      expect(text).not.toContain(words);
    }
  });

  it('says in all that it is no notice of acceptance', () => {
    for (const delivery of ['received', 'waiting', 'held'] as const) {
      expect(textOf({ ...CONTENTS, delivery })).toContain('不是受理通知书');
    }
  });

  it('holds number, service, place, time, masked name, papers, help and the QR code', () => {
    const text = textOf(CONTENTS);
    for (const part of [
      '收件回执',
      '500151 001 001 261123 00017',
      '失业登记',
      '巴川街道便民服务中心',
      '2026-11-23 09:30',
      '陈*',
      '居民户口簿 2 页',
      '12333',
    ]) {
      expect(text).toContain(part);
    }
    expect(receiptDocument(CONTENTS).blocks).toContainEqual({
      type: 'qr',
      data: 'https://platform.example/r/abc',
    });
  });
});
