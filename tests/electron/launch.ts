import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { electronBinary } from '../../scripts/launch/electron-binary.ts';
import { ROOT, startPart } from '../../scripts/launch/part.ts';
import type { PlatformReady, SimulatorsReady } from '../../scripts/launch/stack.ts';

/** A running Electron shell with platform and simulators beside it. */
export interface RunningShell {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly origin: string;
  stop(): Promise<void>;
}

/** Starts the unfused shell under Playwright; the shell starts the core itself. */
export async function launchShell(): Promise<RunningShell> {
  const executablePath = electronBinary();
  if (executablePath === undefined) throw new Error('no Electron binary');
  const dir = await mkdtemp(join(tmpdir(), 'bianmin-electron-'));
  const platform = await startPart<PlatformReady>({
    entry: 'scripts/platform.ts',
    args: ['--port', '0', '--data', join(dir, 'platform')],
  });
  const simulators = await startPart<SimulatorsReady>({
    entry: 'drivers/simulator-host/main.ts',
    args: ['--port', '0', '--data', join(dir, 'simulators')],
  });
  const app = await _electron.launch({
    executablePath,
    args: [
      join(ROOT, 'dist/shell/main/shell/electron/main.js'),
      `--user-data-dir=${join(dir, 'shell')}`,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--port',
      '0',
      '--data',
      join(dir, 'terminal'),
      '--platform',
      platform.ready.url,
      '--simulators',
      simulators.ready.control,
    ],
  });
  const page = await app.firstWindow();
  await page.waitForLoadState();
  return {
    app,
    page,
    origin: new URL(page.url()).origin,
    async stop() {
      await app.close();
      await simulators.stop();
      await platform.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
