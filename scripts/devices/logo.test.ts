import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { readDeviceArguments } from './arguments.ts';
import { dotsOf } from './logo.ts';

it('a picture becomes dots: dark is black, what is transparent stays white, a large one fits', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bianmin-logo-'));
  try {
    const file = join(folder, 'logo.png');
    const black = { r: 0, g: 0, b: 0, alpha: 1 };
    const clear = { r: 0, g: 0, b: 0, alpha: 0 };
    const left = await sharp({ create: { width: 8, height: 2, channels: 4, background: black } })
      .png()
      .toBuffer();
    await sharp({ create: { width: 16, height: 2, channels: 4, background: clear } })
      .composite([{ input: left, left: 0, top: 0 }])
      .png()
      .toFile(file);
    expect(await dotsOf(file)).toEqual({
      width: 16,
      height: 2,
      data: Uint8Array.of(0xff, 0, 0xff, 0),
    });
    const large = join(folder, 'large.png');
    await sharp({ create: { width: 3000, height: 500, channels: 3, background: '#000' } })
      .png()
      .toFile(large);
    expect(await dotsOf(large)).toMatchObject({ width: 384, height: 64 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('the command takes one file', () => {
  expect(readDeviceArguments(['logo', 'a.png']).command).toEqual({ do: 'logo', file: 'a.png' });
  expect(() => readDeviceArguments(['logo'])).toThrow('logo');
  expect(() => readDeviceArguments(['logo', 'a.png', 'b.png'])).toThrow('b.png');
});
