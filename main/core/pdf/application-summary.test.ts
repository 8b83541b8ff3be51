import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawSummary } from './application-summary.ts';
import { paddedFile } from '../seal/padding.ts';
import type { SummaryInput } from './contract.ts';
import { summaryFont } from './font.ts';
import { breakLines, piecesOf } from './pieces.ts';
import { createSummaryMaker } from './summary-maker.ts';

const run = promisify(execFile);
const NAMES = ['陈䶮', '𬱖玲', '欧阳𰻝', '陈\uE863', '王\u{2003E}明', 'EMMA JOHNSON'];

/** Different characters, one after another. */
const rare = (count: number, from: number): string =>
  Array.from({ length: count }, (_, at) => String.fromCodePoint(0x4e00 + (from + at) * 37)).join(
    '',
  );

async function has(program: string): Promise<boolean> {
  try {
    await run('which', [program]);
    return true;
  } catch {
    return false;
  }
}

async function input(names: readonly string[], sections = 1): Promise<SummaryInput> {
  const png = await sharp({
    create: { width: 300, height: 120, channels: 3, background: '#ffffff' },
  })
    .png()
    .toBuffer();
  return {
    serviceName: { zh: '失业登记', en: 'Unemployment registration' },
    department: { zh: '人力资源和社会保障局', en: 'Human resources' },
    hall: { zh: '巴川街道便民服务中心', en: 'Bachuan' },
    terminalId: '500151001-001',
    receiptNumber: '50015100100126112300017',
    submittedAt: '2026-11-23 09:30',
    sections: Array.from({ length: sections }, (_, i) => ({
      title: `个人信息 ${i}`,
      answers: names.map((value) => ({ label: '申请人姓名', value })),
    })),
    materials: [{ name: '居民身份证', means: '已读卡', pages: 0 }],
    signature: { png: Uint8Array.from(png), mode: 'signature' },
  };
}

/** What the file says, without any program: the content streams inflated. */
function streamsOf(pdf: Uint8Array): string {
  const bytes = Buffer.from(pdf);
  let text = '';
  for (let at = bytes.indexOf('stream\n'); at >= 0; at = bytes.indexOf('stream\n', at + 1)) {
    try {
      text += inflateSync(bytes.subarray(at + 7)).toString('latin1');
    } catch {
      // a stream that is not deflated, or the word inside `endstream`
    }
  }
  return text;
}

/** As a PDF string has it: big-endian UTF-16 with a mark in front. */
const utf16 = (text: string): string =>
  `\xfe\xff${Buffer.from(text, 'utf16le').swap16().toString('latin1')}`;

describe('application summary', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bianmin-pdf-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('keeps the original of a character that is drawn in another form or as a box', async () => {
    const content = streamsOf(await drawSummary(summaryFont(), await input(NAMES)));
    expect(content).toContain(utf16('\uE863'));
    expect(content).toContain(utf16('\u{2003E}'));
    expect(content.match(/BDC|BMC/g)?.length).toBe(content.match(/EMC/g)?.length);
  });

  it('gives every name back to pdftotext exactly, also over several pages', async (context) => {
    if (!(await has('pdftotext'))) context.skip('NOT RUN: pdftotext is not installed');
    const file = join(folder, 'names.pdf');
    await writeFile(file, await drawSummary(summaryFont(), await input(NAMES, 12)));
    const { stdout, stderr } = await run('pdftotext', ['-layout', file, '-']);
    expect(stderr).toBe('');
    for (const name of NAMES) {
      const lines = stdout.split('\n').filter((line) => line.trimEnd().endsWith(name));
      expect(lines, name).toHaveLength(12);
    }
    expect(stdout).toContain('500151 001 001 261123 00017');
  });

  it('is sealed at one length for whatever name and address', async () => {
    const people = [
      ['丁一', '土桥镇1号'],
      ['陈䶮', '巴川街道龙门巷石桥村民小组八十八号附一号三单元十七楼之二'],
      ['欧阳𰻝', 'Room 1702, 88 Longmen Lane'],
      ['EMMA CHARLOTTE JOHNSON-WILLIAMSON', '少云镇'],
      // as long as name and addresses may be, no character twice: the font of the summary is at its biggest
      [rare(60, 0), rare(100, 60), rare(100, 160)],
    ];
    const lengths = new Set<number>();
    for (const answers of people) {
      const pdf = await drawSummary(summaryFont(), await input(answers));
      const padded = paddedFile(pdf, 'application/pdf');
      expect(Buffer.from(padded.subarray(0, pdf.length)).equals(pdf)).toBe(true);
      lengths.add(padded.length);
    }
    expect(lengths.size).toBe(1);
  });

  it('is a clean PDF for qpdf', async (context) => {
    if (!(await has('qpdf'))) context.skip('NOT RUN: qpdf is not installed');
    const file = join(folder, 'clean.pdf');
    await writeFile(file, await drawSummary(summaryFont(), await input(NAMES, 8)));
    const { stdout } = await run('qpdf', ['--check', file]);
    expect(stdout).toContain('No syntax or stream encoding errors found');
  });

  it('comes from a worker thread, the same font for one document after another', async () => {
    const maker = createSummaryMaker();
    try {
      for (let i = 0; i < 2; i++) {
        const pdf = await maker.make(await input(['陈䶮']));
        expect(Buffer.from(pdf.subarray(0, 8)).toString()).toBe('%PDF-1.7');
      }
    } finally {
      await maker.close();
    }
  });
});

describe('pieces of a text', () => {
  const knows = (codePoint: number): boolean => codePoint < 0x9fff;

  it('breaks between Chinese characters and between Latin words, never inside a word', () => {
    const pieces = piecesOf('住址 Long Street 12号', knows);
    expect(pieces.map((piece) => (piece.kind === 'box' ? '?' : piece.text))).toEqual([
      '住',
      '址',
      ' ',
      'Long',
      ' ',
      'Street',
      ' ',
      '12',
      '号',
    ]);
  });

  it('cuts what is longer than a line', () => {
    const lines = breakLines([{ kind: 'text', text: 'x'.repeat(25) }], 10, (piece) =>
      piece.kind === 'box' ? 1 : piece.text.length,
    );
    expect(lines.length).toBeGreaterThan(2);
    const text = lines.flat().map(({ piece }) => (piece.kind === 'box' ? '' : piece.text));
    expect(text.join('')).toBe('x'.repeat(25));
  });
});
