/**
 * `npm start`: reference platform, simulators and terminal, all embedded, each as its own process.
 * With a display the terminal's window opens; without one a synthetic citizen first goes the whole
 * way in a headless Chromium. Then it serves until Ctrl-C.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { spawn } from 'node:child_process';
import { openKioskWindow, systemChromium } from '../main/shell/browser/shell.ts';
import { walkAndTell } from './citizen/walk-and-tell.ts';
import { BadArguments, readOptions, wholeNumber } from './launch/arguments.ts';
import { ensurePage } from './launch/build-page.ts';
import { demoCameraArguments, drawCameraFilm, hasCamera } from './launch/camera-film.ts';
import { electronBinary } from './launch/electron-binary.ts';
import { ROOT } from './launch/part.ts';
import { startStack, type Stack } from './launch/stack.ts';

const DEFAULT_PORT = 7010;

interface Window {
  readonly close: () => Promise<void>;
}

/** What can open the terminal's window here; undefined without a display. */
function windowProgram(): { readonly electron?: string; readonly chromium?: string } | undefined {
  const display = process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'];
  if (display === undefined && process.platform === 'linux') return undefined;
  const electron = electronBinary();
  if (electron !== undefined) return { electron };
  const chromium = systemChromium();
  return chromium === undefined ? undefined : { chromium };
}

/**
 * For the window of Chromium, on a machine without a camera: a film of a paper under one, drawn into the data
 * folder, and what Chromium is started with.
 */
async function filmOf(
  program: ReturnType<typeof windowProgram>,
  dataDir: string,
): Promise<readonly string[] | undefined> {
  if (program?.chromium === undefined || hasCamera()) return undefined;
  mkdirSync(join(dataDir, 'simulators'), { recursive: true });
  const film = join(dataDir, 'simulators', 'document-camera.mjpeg');
  await drawCameraFilm(film);
  return demoCameraArguments(film);
}

function openWindow(
  program: ReturnType<typeof windowProgram>,
  stack: Stack,
  film: readonly string[] = [],
): Window | undefined {
  if (program === undefined) return undefined;
  const { electron, chromium } = program;
  if (electron !== undefined) {
    // The shell shows the core that runs already: it starts none of its own.
    const child = spawn(
      electron,
      [join(ROOT, 'dist/shell/main/shell/electron/main.js'), '--page', stack.terminal.ready.page],
      { stdio: 'inherit' },
    );
    return {
      close: async () => {
        child.kill();
        await new Promise<void>((done) =>
          child.exitCode === null ? child.once('exit', () => done()) : done(),
        );
      },
    };
  }
  return chromium === undefined
    ? undefined
    : openKioskWindow(chromium, stack.terminal.ready.page, film);
}

function tellAddresses(stack: Stack, dataDir: string): void {
  const { terminal, simulators, platform } = stack;
  const clerk = platform.ready.users.map((user) => `${user.name} / ${user.password}`).join(' ， ');
  console.log(
    [
      '',
      '便民自助终端在运行 / The terminal is serving',
      `  终端页面 Terminal page   ${terminal.ready.url}`,
      `  模拟设备 Simulator dock  ${simulators.ready.dock}`,
      `  平台后台 Console         ${platform.ready.console}   (${clerk})`,
      `  接口文档 Contract        ${platform.ready.docs}`,
      `  数据     Data            ${dataDir}`,
      '',
    ].join('\n'),
  );
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), ['data', 'port']);
  const port = wholeNumber(options.port ?? String(DEFAULT_PORT), 'port', 0);
  const wished = options.data;
  const keep = wished !== undefined;
  const dataDir = keep ? resolve(wished) : mkdtempSync(join(tmpdir(), 'bianmin-'));
  console.log('正在启动 / Starting …');
  ensurePage();

  let stopping: Promise<void> | undefined;
  let stack: Stack | undefined;
  let window: Window | undefined;
  const stop = (code: number): Promise<void> =>
    (stopping ??= (async () => {
      await window?.close();
      await stack?.stop();
      if (!keep) rmSync(dataDir, { recursive: true, force: true });
      process.exit(code);
    })());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      console.log('\n正在停止 / Stopping …');
      stop(0).catch((error: unknown) => console.error(error));
    });
  }

  try {
    const program = windowProgram();
    const film = await filmOf(program, dataDir);
    stack = await startStack({
      dataDir,
      camera: film !== undefined,
      ports:
        port === 0
          ? { terminal: 0, platform: 0, simulators: 0 }
          : { terminal: port, platform: port + 10, simulators: port + 20 },
    });
    tellAddresses(stack, dataDir);
    for (const part of [stack.platform, stack.simulators, stack.terminal]) {
      part.child.once('exit', (code) => {
        if (stopping) return;
        console.error(
          `一个部分意外停止 / a part stopped by itself (${String(code)}). ${join(dataDir, 'logs')}`,
        );
        stop(1).catch((error: unknown) => console.error(error));
      });
    }
    window = openWindow(program, stack, film);
    if (window === undefined) await walkAndTell(stack);
    console.log('按 Ctrl-C 停止 / Press Ctrl-C to stop');
  } catch (error) {
    if (stopping) return;
    console.error(error instanceof Error ? error.message : error);
    await stop(1);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof BadArguments ? error.message : error);
  process.exit(error instanceof BadArguments ? 2 : 1);
});
