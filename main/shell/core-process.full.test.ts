import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  parseReady,
  restartDelayMs,
  runCore,
  type CoreProcessOptions,
  type TerminalReady,
} from './core-process.ts';

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
    onHopeless: () => undefined,
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
  ['tells later', 'ENOENT'],
  ['throws at once', 'E2BIG'],
])('starts one that served again, also after a start that failed and %s', async (_how, code) => {
  const node = join(dir, 'node');
  symlinkSync(process.execPath, node);
  const args = [writeCore()];
  const heard: unknown[] = [];
  let tell: (() => void) | undefined;
  const again = new Promise<void>((resolve) => (tell = resolve));
  const core = runCore({
    node,
    args,
    onReady({ page }) {
      heard.push('ready');
      if (heard.length > 1) {
        tell?.();
        return;
      }
      if (code === 'ENOENT') rmSync(node);
      // an argument longer than the system takes is thrown, as too little memory is
      else args.push('x'.repeat(1_000_000));
      process.kill(Number(page.slice(1)), 'SIGKILL');
    },
    onGone(gone) {
      heard.push(gone);
      if (gone.kind === 'exited') return;
      args.length = 1;
      if (code === 'ENOENT') symlinkSync(process.execPath, node);
    },
    onHopeless(reason) {
      heard.push(reason);
      tell?.();
    },
  });
  await again;
  await core.stop();
  expect(heard).toEqual([
    'ready',
    { kind: 'exited', code: null },
    { kind: 'notStarted', code, program: node },
    'ready',
  ]);
});

/** What a shell in a process of its own hears, until it ends by itself: nothing is left that would go on. */
async function heardByShell(
  options: Pick<CoreProcessOptions, 'node' | 'args' | 'env'>,
  files = 'unlimited',
): Promise<readonly unknown[]> {
  const shell = join(dir, 'shell.mjs');
  writeFileSync(
    shell,
    `import { closeSync, openSync } from 'node:fs';
     import { runCore } from ${JSON.stringify(new URL('core-process.ts', import.meta.url).href)};
     const open = [];
     const tell = (...line) => process.stdout.write(JSON.stringify(line) + '\\n');
     // made now, for later no file can be opened
     process.stdout.write('');
     try {
       while (${JSON.stringify(files)} !== 'unlimited') open.push(openSync('/dev/null'));
     } catch {}
     const core = runCore({
       ...${JSON.stringify(options)},
       onReady: () => void core.stop().then(() => tell('ready')),
       onGone(gone) {
         tell('gone', gone);
         for (const each of open.splice(0)) closeSync(each);
       },
       onHopeless: (reason) => tell('hopeless', reason.message),
     });`,
  );
  const limit = files === 'unlimited' ? '' : `ulimit -n ${files}; `;
  const { stdout } = await promisify(execFile)(
    '/bin/sh',
    ['-c', `${limit}exec "$0" "$1"`, process.execPath, shell],
    { timeout: 60_000 },
  );
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

it.each([
  ['is not there', 'ENOENT', () => ({ node: join(dir, 'none'), args: [] })],
  ['may not be run', 'EACCES', () => ({ node: dir, args: [] })],
  [
    'is called with what no program can be called with',
    'ERR_INVALID_ARG_VALUE',
    () => ({ node: process.execPath, args: [], env: { BIANMIN_TERMINAL_KEY: 'secret\0' } }),
  ],
])('ends with the reason when the program %s before any core served', async (_what, code, make) => {
  const options = make();
  expect(await heardByShell(options)).toEqual([
    ['hopeless', `the core could not be started: ${code}, program ${options.node}`],
  ]);
});

it('tries the first start again when the system had too little for a moment', async () => {
  const options = { node: process.execPath, args: [writeCore()] };
  expect(await heardByShell(options, '64')).toEqual([
    ['gone', { kind: 'notStarted', code: 'EMFILE', program: process.execPath }],
    ['ready'],
  ]);
});

it('stops also before it is told that a start failed', async () => {
  let heard = 0;
  const core = runCore({
    node: join(dir, 'node'),
    args: [],
    onReady: () => undefined,
    onGone: () => heard++,
    onHopeless: () => heard++,
  });
  await core.stop();
  expect(heard).toBe(0);
});
