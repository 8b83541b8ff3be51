import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseReady, restartDelayMs, runCore, type TerminalReady } from './core-process.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bianmin-shell-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** A core that tells its process id as its page. */
function writeCore(): string {
  const entry = join(dir, 'core.mjs');
  writeFileSync(
    entry,
    "process.stdout.write(JSON.stringify({ready:true,part:'terminal',page:'p'+process.pid,url:'u'})+'\\n');setInterval(()=>{},1000);",
  );
  return entry;
}

it('takes only the ready line of a terminal', () => {
  expect(
    parseReady(
      '{"ready":true,"part":"terminal","page":"http://127.0.0.1:1/enter?token=x","url":"u"}',
    ),
  ).toBeDefined();
  expect(parseReady('{"ready":true,"part":"platform","page":"x"}')).toBeUndefined();
  expect(parseReady('listening')).toBeUndefined();
  expect(parseReady('null')).toBeUndefined();
});

it('waits longer after each death, but never long', () => {
  expect([1, 2, 3, 20].map(restartDelayMs)).toEqual([500, 1_000, 2_000, 8_000]);
});

it('starts a killed core again, and a stopped one not', async () => {
  const entry = writeCore();
  const pages: string[] = [];
  let tell: ((ready: TerminalReady) => void) | undefined;
  const next = (): Promise<TerminalReady> => new Promise((resolve) => (tell = resolve));
  const first = next();
  let gone = 0;
  const core = runCore({
    node: process.execPath,
    args: [entry],
    onReady(ready) {
      pages.push(ready.page);
      tell?.(ready);
    },
    onGone: () => gone++,
  });
  await first;
  const second = next();
  process.kill(Number(pages[0]?.slice(1)), 'SIGKILL');
  await second;
  expect(pages).toHaveLength(2);
  expect(pages[1]).not.toBe(pages[0]);
  await core.stop();
  expect(gone).toBe(1);
  expect(() => process.kill(Number(pages[1]?.slice(1)), 0)).toThrow();
});

it.each([
  ['tells later', false],
  ['throws at once', true],
])('starts again after a start that failed for a moment and %s', async (_how, throws) => {
  const node = throws ? process.execPath : join(dir, 'node');
  // an argument longer than the system takes is thrown, as too little memory is
  const args = [writeCore(), ...(throws ? ['x'.repeat(1_000_000)] : [])];
  const codes: (number | null)[] = [];
  let tell: ((ready: TerminalReady) => void) | undefined;
  const ready = new Promise<TerminalReady>((resolve) => (tell = resolve));
  const core = runCore({
    node,
    args,
    onReady: (line) => tell?.(line),
    onGone(code) {
      codes.push(code);
      args.length = 1;
      if (!throws) symlinkSync(process.execPath, node);
    },
  });
  const { page } = await ready;
  expect(codes).toEqual([null]);
  await core.stop();
  expect(codes).toEqual([null]);
  expect(() => process.kill(Number(page.slice(1)), 0)).toThrow();
});

it('stops also between a start that failed and the next', async () => {
  let gone = 0;
  const core = runCore({
    node: join(dir, 'node'),
    args: [],
    onReady: () => undefined,
    onGone: () => gone++,
  });
  await core.stop();
  expect(gone).toBe(0);
});
