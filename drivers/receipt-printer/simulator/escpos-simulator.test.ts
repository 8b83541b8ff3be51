import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { create } from 'qrcode';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import type { ReceiptBlock } from '../../../domain/receipt/document.ts';
import type { Bitmap } from '../../glyph/bitmap.ts';
import { isBlack } from '../../glyph/bitmap.ts';
import { loadGlyphFont } from '../../glyph/glyph-font.ts';
import type { SimulatorCommand } from '../../simulator-host/simulator.ts';
import { encodeReceipt } from '../escpos-encoder.ts';
import { PROFILES } from '../profile.ts';
import type { PrinterProfile } from '../profile.ts';
import { EscPosSimulator } from './escpos-simulator.ts';
import type { EscPosSimulatorOptions } from './escpos-simulator.ts';
import { TokenReader } from './tokens.ts';

const TOKEN = 'AbcdEfgh-_012345'.repeat(8);
const RULE = { type: 'rule' } as const;
const NAMES = ['张三丰', '龚䶮', '𬱖玲', '欧阳𰻝', '陈\u{E863}'];
const rasterQr: PrinterProfile = { ...PROFILES.generic80, qr: 'raster' };

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).toReversed()) await thing.close();
});

/** A line to a simulated printer, and everything it said. */
async function lineTo(options: EscPosSimulatorOptions = {}) {
  const simulator = new EscPosSimulator(options);
  const port = await simulator.listen(0);
  open.push(simulator);
  const socket: Socket = connect(port, '127.0.0.1');
  open.push({ close: () => void socket.destroy() });
  const heard: number[] = [];
  socket.on('data', (bytes) => heard.push(...bytes));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  const until = async (holds: () => boolean): Promise<void> => {
    const end = performance.now() + 60_000;
    while (!holds()) {
      if (performance.now() > end) throw new Error(`waited in vain, heard ${heard.join(' ')}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const hear = async (count: number): Promise<readonly number[]> => {
    await until(() => heard.length >= count);
    return heard.splice(0);
  };
  const tell = (command: SimulatorCommand): void => {
    expect(simulator.command(command)).toEqual({ ok: true, value: undefined });
  };
  return { simulator, socket, hear, until, tell };
}

async function print(
  blocks: readonly ReceiptBlock[],
  profile: PrinterProfile = PROFILES.generic80,
) {
  const { simulator, socket, hear } = await lineTo({ profile });
  for (const piece of await encodeReceipt({ blocks }, profile)) socket.write(piece);
  await hear(1);
  const artifact = async (name: string): Promise<Uint8Array> =>
    (await simulator.artifact(name))!.bytes;
  const text = new TextDecoder().decode(await artifact('last.txt'));
  return { text, png: await artifact('last.png'), bin: await artifact('last.bin'), simulator };
}

/** The dots of a PNG: true is black. */
async function dotsOf(png: Uint8Array) {
  const { data, info } = await sharp(png)
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const black = (x: number, y: number): boolean =>
    (data[(y * info.width + x) * info.channels] ?? 255) < 128;
  return { width: info.width, height: info.height, black };
}

type Dots = Awaited<ReturnType<typeof dotsOf>>;

function rowsWithInk(dots: Dots): readonly number[] {
  return Array.from({ length: dots.height }, (_, y) => y).filter((y) =>
    Array.from({ length: dots.width }, (_, x) => x).some((x) => dots.black(x, y)),
  );
}

/** Whether a drawn character stands on the paper at this place, dot for dot. */
function standsAt(dots: Dots, glyph: Bitmap, left: number, top: number): boolean {
  for (let y = 0; y < glyph.height; y++) {
    for (let x = 0; x < glyph.width; x++) {
      if (dots.black(left + x, top + y) !== isBlack(glyph, x, y)) return false;
    }
  }
  return true;
}

describe('what a person sees on the paper', () => {
  /** Text in the printer's own letters beside rare ones that are drawn, whole lines drawn, and twice as large. */
  const WAYS = [
    ['beside text', PROFILES.generic80, 1],
    ['in a drawn line', PROFILES.generic58RasterQr, 1],
    ['beside text, at double size', PROFILES.generic80, 2],
    ['in a drawn line, at double size', PROFILES.generic58RasterQr, 2],
  ] as const;

  it.each(WAYS.flatMap((way) => NAMES.map((name) => [name, ...way] as const)))(
    'has every character of the name %s, dot for dot, %s',
    async (name, _way, profile, size) => {
      const font = await loadGlyphFont();
      const { png } = await print([{ type: 'text', text: name, size }], profile);
      const dots = await dotsOf(png);
      const high = 24 * size;
      const glyphs = Array.from(name, (character) =>
        font.draw(character, { size: high, columns: 2 }),
      );
      const top = Array.from({ length: dots.height }, (_, y) => y).find((y) =>
        glyphs.every((glyph, i) => standsAt(dots, glyph, i * high, y)),
      );
      expect(top).toBeDefined();
    },
  );

  it('shows what the printer font lacks as lacking, so that a driver that trusts it is caught', async () => {
    const { simulator, socket, hear } = await lineTo();
    // 䶮 as text bytes, a rare code and a lone half.
    socket.write(Uint8Array.of(0x1b, 0x40, 0x1c, 0x26, 0xfe, 0x9f, 0xd5, 0xc5, 0x0a));
    socket.write(Uint8Array.of(0x1d, 0x56, 0x42, 0, 0x1d, 0x72, 1));
    await hear(1);
    const { bytes } = (await simulator.artifact('last.txt'))!;
    expect(new TextDecoder().decode(bytes)).toBe('□张\n');
  });

  it('shows bytes as western text until Chinese is switched on', async () => {
    const { simulator, socket, hear } = await lineTo();
    socket.write(Uint8Array.of(0x1b, 0x40, 0xd5, 0xc5, 0x0a, 0x1d, 0x56, 0x42, 0, 0x1d, 0x72, 1));
    await hear(1);
    const { bytes } = (await simulator.artifact('last.txt'))!;
    expect(new TextDecoder().decode(bytes)).toBe('□□\n');
  });

  it('is as wide as the print head, with lines where they were aligned', async () => {
    for (const profile of [PROFILES.generic80, PROFILES.generic58]) {
      const { png, text } = await print(
        [
          { type: 'text', text: '收件回执', align: 'center', size: 2, bold: true },
          { type: 'text', text: '右', align: 'right' },
          { type: 'rule' },
          { type: 'pair', label: '事项', value: '失业登记' },
        ],
        profile,
      );
      const lines = text.split('\n');
      const { columns, widthDots } = profile;
      expect((await dotsOf(png)).width).toBe(widthDots);
      expect(lines[0]).toBe(`${' '.repeat(columns / 2 - 8)}收件回执`);
      expect(lines[1]).toBe(`${' '.repeat(columns - 2)}右`);
      expect(lines[2]).toBe('-'.repeat(columns));
      expect(lines[3]).toBe(`事项${' '.repeat(columns - 12)}失业登记`);
    }
  });

  it('has the QR code module for module', async () => {
    const { modules } = create([{ data: new TextEncoder().encode(TOKEN), mode: 'byte' }], {
      errorCorrectionLevel: 'M',
    });
    for (const profile of [PROFILES.generic80, rasterQr, PROFILES.generic58]) {
      const { png } = await print([{ type: 'qr', data: TOKEN }], profile);
      const dots = await dotsOf(png);
      const rows = rowsWithInk(dots);
      const top = rows[0]!;
      const module = rows.length / modules.size;
      expect(Number.isInteger(module) && module >= 4).toBe(true);
      const left = Array.from({ length: dots.width }, (_, x) => x).find((x) => dots.black(x, top))!;
      for (let row = 0; row < modules.size; row++) {
        for (let column = 0; column < modules.size; column++) {
          const x = left + (column + 0.5) * module;
          const y = top + (row + 0.5) * module;
          expect(dots.black(Math.floor(x), Math.floor(y))).toBe(modules.get(row, column) === 1);
        }
      }
      // The quiet zone of four modules: ISO/IEC 18004.
      expect(left).toBeGreaterThanOrEqual(4 * module);
      const between = await dotsOf(
        (await print([RULE, { type: 'qr', data: TOKEN }, RULE], profile)).png,
      );
      const inked = rowsWithInk(between);
      const gaps = inked.flatMap((y, i) => (i > 0 && y - inked[i - 1]! > 4 * module ? [y] : []));
      expect(gaps).toHaveLength(2);
    }
  });

  const reader = spawnSync('zbarimg', ['--version']).status === 0;
  if (!reader)
    console.log('NOT RUN: the QR code read by another program (zbarimg is not installed)');
  it.runIf(reader)('has a QR code that another program reads, native or drawn', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bianmin-receipt-'));
    try {
      for (const profile of [PROFILES.generic80, rasterQr, PROFILES.generic58]) {
        const { png } = await print(
          [
            { type: 'text', text: '收件回执', align: 'center' },
            { type: 'qr', data: TOKEN },
            { type: 'text', text: '欧阳𰻝' },
          ],
          profile,
        );
        const file = join(folder, `${profile.id}.png`);
        writeFileSync(file, png);
        const read = execFileSync('zbarimg', ['-q', '--raw', '--nodbus', file], {
          encoding: 'utf8',
        });
        expect(read.trim()).toBe(TOKEN);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a simulated printer', () => {
  it('keeps each receipt as bytes, text and picture, and the newest as the last', async () => {
    const { simulator, socket, hear } = await lineTo();
    for (const text of ['一', '二']) {
      const blocks = [{ type: 'text', text } as const];
      for (const piece of await encodeReceipt({ blocks }, PROFILES.generic80)) socket.write(piece);
      await hear(1);
    }
    expect(simulator.artifacts()).toEqual(
      ['jobs/1', 'jobs/2', 'last'].flatMap((name) => [`${name}.bin`, `${name}.txt`, `${name}.png`]),
    );
    const textOf = async (name: string): Promise<string> =>
      new TextDecoder().decode((await simulator.artifact(name))!.bytes);
    expect([await textOf('jobs/1.txt'), await textOf('last.txt')]).toEqual(['一\n', '二\n']);
    for (const name of ['jobs/3.txt', 'jobs/0.bin', 'last.exe', '../last.txt', 'jobs/1']) {
      expect(await simulator.artifact(name)).toBeUndefined();
    }
  });

  it('answers real-time questions at once, also in the middle of a picture and without paper', async () => {
    const { socket, hear, tell } = await lineTo();
    socket.write(Uint8Array.of(0x1d, 0x76, 0x30, 0, 100, 0, 100, 0, 1, 2, 3, 0x10, 0x04, 0x01));
    expect(await hear(1)).toEqual([0x12]);
    tell({ do: 'setPaper', paper: 'out' });
    for (const [question, answer] of [
      [1, 0x1a],
      [2, 0x32],
      [4, 0x7e],
    ] as const) {
      socket.write(Uint8Array.of(0x10, 0x04, question));
      expect(await hear(1)).toEqual([answer]);
    }
    tell({ do: 'setPaper', paper: 'low' });
    tell({ do: 'setCover', open: true });
    socket.write(Uint8Array.of(0x10, 0x04, 2, 0x10, 0x04, 4));
    expect(await hear(2)).toEqual([0x16, 0x1e]);
  });

  it('holds at most some 4 KB while it cannot print, and goes on where it stopped', async () => {
    const { simulator, socket, hear, until, tell } = await lineTo();
    tell({ do: 'setPaper', paper: 'out' });
    socket.write(Buffer.from(`${'x'.repeat(47)}\n`.repeat(2_000)));
    await until(() => Number(simulator.state()['bufferedBytes']) >= 4_096);
    // A piece that was under way when the buffer filled is taken whole; more is not.
    const held = Number(simulator.state()['bufferedBytes']);
    expect(held).toBeLessThanOrEqual(4_096 + 65_536);
    tell({ do: 'setPaper', paper: 'full' });
    socket.write(Uint8Array.of(0x1d, 0x56, 0x42, 0, 0x1d, 0x72, 1));
    expect(await hear(1)).toEqual([0x00]);
    const { bytes } = (await simulator.artifact('last.txt'))!;
    expect(bytes.length).toBe(48 * 2_000);
  });

  it('tells changes by itself only when it was asked to', async () => {
    const { socket, hear, tell } = await lineTo();
    tell({ do: 'setCover', open: true });
    tell({ do: 'setCover', open: false });
    socket.write(Uint8Array.of(0x1d, 0x61, 0xff, 0x1d, 0x72, 1));
    // It begins with how things are.
    expect(await hear(5)).toEqual([0x10, 0x00, 0x00, 0x0f, 0x00]);
    tell({ do: 'setCover', open: true });
    expect(await hear(4)).toEqual([0x38, 0x00, 0x00, 0x0f]);
  });

  it('says in words what it cannot be told', async () => {
    const { simulator } = await lineTo();
    expect(simulator.command({ do: 'removeCard' }).ok).toBe(false);
  });

  it('never fails on any bytes, whole or in pieces, and takes both the same', () => {
    const nasty = fc.uint8Array({ maxLength: 400 }).map((bytes) => {
      // Random bytes seldom begin a command.
      return bytes.map((byte, i) =>
        i % 5 === 0 ? ([0x1b, 0x1c, 0x1d, 0x10][byte & 3] ?? 0) : byte,
      );
    });
    fc.assert(
      fc.property(nasty, fc.integer({ min: 1, max: 7 }), (bytes, step) => {
        const whole = new TokenReader().read(bytes);
        const reader = new TokenReader();
        const pieces = Array.from({ length: Math.ceil(bytes.length / step) }, (_, i) =>
          reader.read(bytes.subarray(i * step, (i + 1) * step)),
        ).flat();
        expect(pieces).toEqual(whole);
        const taken = whole.reduce((sum, token) => sum + token.length, 0);
        expect(taken + reader.pendingBytes).toBe(bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  it('prints something readable out of any rubbish and can still be asked', async () => {
    const { simulator, socket, hear } = await lineTo();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        socket.write(Uint8Array.of(...bytes, ...new Uint8Array(1_024)));
        socket.write(Uint8Array.of(0x10, 0x05, 0x02, 0x1b, 0x40, 0x10, 0x04, 0x01));
        expect((await hear(1)).length).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
    for (const name of simulator.artifacts()) expect(await simulator.artifact(name)).toBeDefined();
  });
});
