import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumArguments } from './settings.ts';

/** Where Chromium may lie, in the order in which it is looked for. */
const CANDIDATES = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/** Path of the system's Chromium, if there is one. */
export function systemChromium(): string | undefined {
  return CANDIDATES.find((path) => path !== undefined && existsSync(path));
}

/** A folder on tmpfs for the browser's profile, or in the system's temporary folder where there is none. */
export function makeProfileDir(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bianmin-profile-'));
}

/**
 * A kiosk window that is opened again when it goes.
 *
 * @param further more of Chromium's own arguments
 */
export function openKioskWindow(
  executable: string,
  page: string,
  further: readonly string[] = [],
): { readonly close: () => Promise<void> } {
  const profileDir = makeProfileDir();
  let closed = false;
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  const open = (): void => {
    const asRoot = process.getuid?.() === 0;
    const args = [...chromiumArguments({ page, profileDir, asRoot }), ...further];
    child = spawn(executable, args, { stdio: 'ignore' });
    child.once('exit', () => {
      if (!closed) timer = setTimeout(open, 1_000);
    });
  };
  open();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      const running = child;
      if (running?.exitCode === null && running.signalCode === null) {
        await new Promise<void>((resolve) => {
          const force = setTimeout(() => running.kill('SIGKILL'), 3_000);
          running.once('exit', () => {
            clearTimeout(force);
            resolve();
          });
          running.kill('SIGTERM');
        });
      }
      rmSync(profileDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
