import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import type { ReceiptBlock } from '../../../domain/receipt/document.ts';
import { isBlack } from '../../glyph/bitmap.ts';
import { loadGlyphFont } from '../../glyph/glyph-font.ts';
import { systemClock } from '../../transport/system-clock.ts';
import { tcpTransport } from '../../transport/tcp.ts';
import { until } from '../conformance.ts';
import { EscPosPrinter } from '../escpos-printer.ts';
import type { PrinterProfile } from '../profile.ts';
import { PROFILES } from '../profile.ts';
import { EscPosSimulator } from './escpos-simulator.ts';
import { TokenReader } from './tokens.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const part of open.splice(0).reverse()) await part.close();
});

async function printed(
  blocks: readonly ReceiptBlock[],
  profile: PrinterProfile = PROFILES.generic80,
): Promise<EscPosSimulator> {
  const simulator = new EscPosSimulator({ profile });
  const port = await simulator.listen(0);
  const transport = tcpTransport({ host: '127.0.0.1', port });
  const printer = new EscPosPrinter({ transport, clock: systemClock, profile });
  open.push(simulator, printer);
  await printer.open();
  await until(
    () => printer.status.state === 'online',
    () => 'online',
  );
  expect(await printer.print({ blocks }, { deadlineMs: 30_000 })).toEqual({ outcome: 'printed' });
  return simulator;
}

async function artifact(simulator: EscPosSimulator, name: string): Promise<Buffer> {
  const found = await simulator.artifact(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return Buffer.from(found.bytes);
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly black: (x: number, y: number) => boolean;
}

async function picture(simulator: EscPosSimulator): Promise<Picture> {
  const png = sharp(await artifact(simulator, 'last.png'))
    .greyscale()
    .raw();
  const { data, info } = await png.toBuffer({ resolveWithObject: true });
  const black = (x: number, y: number): boolean =>
    data[(y * info.width + x) * info.channels]! < 128;
  return { width: info.width, height: info.height, black };
}

/** Whether a character of 24 dots stands on the paper at this column, at whatever height, dot for dot. */
async function stands(paper: Picture, character: string, left: number): Promise<boolean> {
  const glyph = (await loadGlyphFont()).draw(character, { size: 24, columns: 2 });
  const at = (top: number): boolean => {
    for (let y = 0; y < 24; y++) {
      for (let x = 0; x < 24; x++) {
        if (paper.black(left + x, top + y) !== isBlack(glyph, x, y)) return false;
      }
    }
    return true;
  };
  for (let top = 0; top + 24 <= paper.height; top++) if (at(top)) return true;
  return false;
}

describe('what comes out of the simulated printer', () => {
  it.each(['张三丰', '龚䶮', '\u{2CC56}玲', '欧阳\u{30EDD}', '陈\uE863'])(
    'has the name %s on its picture, every character dot for dot',
    async (name) => {
      const value = Array.from(name);
      for (const profile of Object.values(PROFILES)) {
        const simulator = await printed([{ type: 'pair', label: '申请人', value: name }], profile);
        const paper = await picture(simulator);
        expect(paper.width).toBe(profile.widthDots);
        for (const [i, character] of value.entries()) {
          const left = profile.widthDots - 24 * (value.length - i);
          expect(await stands(paper, character, left), character).toBe(true);
        }
        expect(await stands(paper, '囍', profile.widthDots - 24)).toBe(false);
      }
    },
  );

  it('can be had as bytes, as text and as a picture, by number and as the last', async () => {
    const simulator = await printed([
      { type: 'text', text: '收件回执' },
      { type: 'text', text: '龚䶮' },
      { type: 'qr', data: 'bianmin' },
    ]);
    expect(simulator.artifacts()).toEqual([
      'jobs/1.bin',
      'jobs/1.txt',
      'jobs/1.png',
      'last.bin',
      'last.txt',
      'last.png',
    ]);
    const text = (await artifact(simulator, 'jobs/1.txt')).toString();
    expect(text).toContain('收件回执\n');
    expect(text).toMatch(/^\[raster \d+x\d+\]$/m);
    expect(text.replace(/^ +/gm, '')).toContain('[QR bianmin]\n');
    expect(await artifact(simulator, 'last.bin')).toEqual(await artifact(simulator, 'jobs/1.bin'));
    expect(await simulator.artifact('jobs/2.png')).toBeUndefined();
    expect(await simulator.artifact('../last.png')).toBeUndefined();
  });

  it('has a QR code that a scanner reads, sent as a code and sent as dots', async () => {
    if (spawnSync('zbarimg', ['--version']).error !== undefined) {
      process.stdout.write('NOT RUN: no zbarimg on this machine reads the printed QR code\n');
      return;
    }
    const folder = await mkdtemp(join(tmpdir(), 'receipt-'));
    try {
      const data = 'Zm9vYmFy-_'.repeat(13).slice(0, 128);
      for (const base of Object.values(PROFILES)) {
        for (const qr of ['native', 'raster'] as const) {
          const simulator = await printed([{ type: 'qr', data }], { ...base, qr });
          const file = join(folder, `${base.id}-${qr}.png`);
          await writeFile(file, await artifact(simulator, 'last.png'));
          const read = execFileSync('zbarimg', ['-q', '--raw', file], {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'ignore'],
          });
          expect(read.trim()).toBe(data);
        }
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 60_000);

  it('prints no character that its font lacks, were one sent as text', async () => {
    const trusting = { ...PROFILES.generic80, lacks: [] };
    const simulator = new EscPosSimulator();
    const port = await simulator.listen(0);
    const transport = tcpTransport({ host: '127.0.0.1', port });
    const printer = new EscPosPrinter({ transport, clock: systemClock, profile: trusting });
    open.push(simulator, printer);
    await printer.open();
    await until(
      () => printer.status.state === 'online',
      () => 'online',
    );
    await printer.print({ blocks: [{ type: 'text', text: '龚䶮' }] }, { deadlineMs: 30_000 });
    expect((await artifact(simulator, 'last.txt')).toString()).toMatch(/^龚□$/m);
  });

  it('says which commands it does not know', () => {
    const simulator = new EscPosSimulator();
    expect(simulator.command({ do: 'removeCard' }).ok).toBe(false);
  });
});

describe('the reader of ESC/POS', () => {
  it('takes any bytes apart without losing one, in whatever pieces they come', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(400), (bytes, at) => {
        const reader = new TokenReader();
        const tokens = [...reader.read(bytes.slice(0, at)), ...reader.read(bytes.slice(at))];
        const length = tokens.reduce((sum, token) => sum + token.length, 0);
        expect(Buffer.concat(tokens)).toEqual(Buffer.from(bytes.slice(0, length)));
        expect(length + reader.pendingBytes).toBe(bytes.length);
        expect(new TokenReader().read(bytes)).toEqual(tokens);
      }),
    );
  });
});
