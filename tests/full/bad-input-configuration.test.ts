import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { ensurePage } from '../../scripts/launch/build-page.ts';
import { ROOT, startPart } from '../../scripts/launch/part.ts';
import type { TerminalReady } from '../../scripts/launch/stack.ts';
import { launchChromium } from '../support/chromium.ts';

let dir: string;
let browser: Browser;

beforeAll(async () => {
  ensurePage();
  dir = mkdtempSync(join(tmpdir(), 'bianmin-config-'));
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('a start configuration that cannot be used keeps the terminal from starting, and says where and what to do', () => {
  it.each([
    ['is no JSON', '{\n  "port": 0,\n}', ['$', '第 3 行', 'near line 3', '逗号', 'commas']],
    [
      'has an unknown key',
      '{"prot": 0}',
      ['$.prot', '没有这个设置项', 'no such setting', '请检查拼写', 'Check'],
    ],
    ['has a key of another layer', '{"backlog": {"maxItems": 5}}', ['backlog', '平台', 'platform']],
    ['has a value of a wrong type', '{"platformUrl": 8080}', ['$.platformUrl']],
    ['has a value that is not offered', '{"environment": "prod"}', ['$.environment', 'production']],
    ['is no text', '\u0000\ufffd', ['JSON']],
  ])('it %s', (what, text, words) => {
    const file = join(dir, `${what.replaceAll(' ', '-')}.json`);
    writeFileSync(file, text);
    expectRefused(file, words);
  });

  it('it is not there', () => {
    expectRefused(join(dir, 'nowhere.json'), ['找不到', 'no such file', '请检查', 'Check']);
  });

  function expectRefused(file: string, words: readonly string[]): void {
    const data = join(dir, 'refused');
    const done = spawnSync(
      process.execPath,
      [join(ROOT, 'scripts/terminal.ts'), '--port', '0', '--data', data, '--config', file],
      { cwd: ROOT, encoding: 'utf8', timeout: 60_000 },
    );
    expect(done.status).toBe(2);
    expect(done.stdout).toBe('');
    expect(done.stderr).toContain(file);
    for (const word of words) expect(done.stderr).toContain(word);
    // in both languages
    expect(done.stderr).toMatch(/\p{Script=Han}{4}/u);
    expect(done.stderr).toMatch(/[A-Za-z]+ [a-z]+ [a-z]+/);
    expect(done.stderr).not.toContain('    at ');
  }
});

describe('a broken device configuration takes the devices away, not the terminal', () => {
  it('it serves, the screen says what cannot be done, the log names file and remedy', async () => {
    const data = join(dir, 'terminal');
    const file = join(data, 'devices.json');
    const logFile = join(dir, 'terminal.log');
    mkdirSync(data);
    writeFileSync(file, '{"version": 1, "devices": {"idCard": "broken');
    const terminal = await startPart<TerminalReady>({
      entry: 'scripts/terminal.ts',
      args: ['--port', '0', '--data', data],
      logFile,
    });
    const page = await browser.newPage({ viewport: { width: 1080, height: 1920 } });
    page.setDefaultTimeout(60_000);
    try {
      expect(await (await fetch(terminal.ready.health)).json()).toMatchObject({
        status: 'serving',
        devices: {
          idCard: { state: 'noDevice' },
          receiptPrinter: { state: 'noDevice' },
          documentScanner: { state: 'noDevice' },
        },
        problems: expect.arrayContaining(['devicesUnreadable']) as unknown,
      });
      await page.goto(terminal.ready.url);
      await page.getByText('这台机器现在不能用，请到服务台').waitFor();
      await page.getByText('这台机器没有登记好，现在不能办理。请到服务台。').waitFor();
      expect(await page.getByText('可以照常办理').count()).toBe(0);
      const pictures = process.env['BIANMIN_TEST_PICTURES'];
      if (pictures !== undefined) await page.screenshot({ path: join(pictures, 'devices.png') });
    } finally {
      await page.close();
      await terminal.stop();
    }
    const log = readFileSync(logFile, 'utf8');
    expect(log).toContain('devices.json');
    expect(log).toContain('JSON');
    expect(log).toMatch(/请检查.*Check/su);
    // what could not be read is left as it was, for the technician
    expect(readFileSync(file, 'utf8')).toContain('broken');
  });
});
