import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { openHall, type Hall } from '../support/hall.ts';
import { hasProgram, notRun } from '../support/not-run.ts';

const PICTURES = process.env['BIANMIN_TEST_PICTURES'];
const zbar = hasProgram('zbarimg');
if (!zbar) notRun('photographs from a phone', 'zbarimg is not installed');

let hall: Hall;
let phones: Browser;

beforeAll(async () => {
  hall = await openHall();
  phones = await launchChromium();
});
afterAll(async () => {
  await phones.close();
  await hall.close();
});

async function photo(colour: string): Promise<Buffer> {
  const paper = `<svg xmlns="http://www.w3.org/2000/svg" width="1500" height="2000">
    <rect width="1500" height="2000" fill="#444"/><rect x="120" y="140" width="1260" height="1720" fill="#fdfdfb"/>
    ${Array.from({ length: 24 }, (_, i) => `<rect x="220" y="${String(260 + i * 64)}" width="${String(900 - (i % 5) * 90)}" height="22" fill="${colour}"/>`).join('')}</svg>`;
  return sharp(Buffer.from(paper))
    .jpeg()
    .withExif({ IFD0: { Copyright: 'phone-exif-mark' } })
    .toBuffer();
}

async function phonePage(url: string): Promise<Page> {
  const context = await phones.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
  });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

const says = (page: Page, words: string): Promise<void> =>
  page.getByText(words).first().waitFor({ timeout: 60_000 });

/** What a phone's camera sees: the picture of the code alone, read by a program that others wrote. */
function readCode(picture: Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'bianmin-code-'));
  try {
    writeFileSync(join(folder, 'code.png'), picture);
    const read = spawnSync('zbarimg', ['-q', '--raw', join(folder, 'code.png')], {
      encoding: 'utf8',
    });
    return read.stdout.trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function filesBelow(path: string): readonly string[] {
  return readdirSync(path).flatMap((name) => {
    const below = join(path, name);
    const found = statSync(below);
    if (found.isDirectory()) return filesBelow(below);
    return found.isFile() ? [below] : [];
  });
}

it.runIf(zbar)(
  'a citizen photographs papers with a phone: they come out on the terminal, and nothing of them stays',
  async () => {
    const { page } = hall;
    await hall.toMaterials(hall.walk('returnee', 'pension-enroll'));
    await page.getByRole('button', { name: '用手机拍照传过来' }).first().tap();
    const code = page.locator('dialog .qr');
    await code.waitFor({ timeout: 60_000 });
    await hall.shoot('phone-code');
    const url = readCode(await code.screenshot());
    expect(url).toMatch(/\/p\/[A-Za-z0-9_-]{22}#[A-Za-z0-9_-]{87}$/);
    const phone = await phonePage(url);
    await says(phone, '已连接');
    const second = await phonePage(url);
    await says(second, '已经有一部手机连上了');
    await second.close();
    await page.getByText('手机连上了').waitFor({ timeout: 60_000 });
    await phone.locator('#choose').setInputFiles([
      { name: 'a.jpg', mimeType: 'image/jpeg', buffer: await photo('#222') },
      { name: 'b.jpg', mimeType: 'image/jpeg', buffer: await photo('#253') },
    ]);
    await expect.poll(() => phone.locator('#count').textContent(), { timeout: 60_000 }).toBe('2');
    if (PICTURES !== undefined) await phone.screenshot({ path: join(PICTURES, 'phone-page.png') });
    await phone
      .locator('#choose')
      .setInputFiles([
        { name: 'c.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') },
      ]);
    await says(phone, '这张打不开');
    await phone.locator('#finish').tap();
    await says(phone, '发送完了');
    await page.getByText('手机上的都收到了。').waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: '好了，关掉' }).tap();
    await expect.poll(() => page.locator('.pages img').count()).toBe(2);
    const src = await page.locator('.pages img').first().getAttribute('src');
    expect(src).toMatch(/^\/preview\//);
    for (const file of filesBelow(join(hall.terminalDir, '..'))) {
      expect(readFileSync(file).includes('phone-exif-mark'), file).toBe(false);
    }
    await hall.clear();
  },
);
