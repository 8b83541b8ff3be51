import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './part.ts';

const SOURCES = ['renderer', 'domain', 'main/contract'];

function newest(path: string): number {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Builds the page when it was never built or its sources are newer. Throws with the builder's words. */
export function ensurePage(): void {
  const index = join(ROOT, 'dist/renderer/index.html');
  if (existsSync(index)) {
    const built = statSync(index).mtimeMs;
    if (SOURCES.every((source) => newest(join(ROOT, source)) <= built)) return;
  }
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  if (!existsSync(vite)) {
    if (existsSync(index)) return;
    throw new Error('the page is not built: run npm run build');
  }
  const done = spawnSync(
    process.execPath,
    [vite, 'build', 'renderer', '--config', 'renderer/vite.config.ts', '--logLevel', 'warn'],
    { cwd: ROOT, encoding: 'utf8' },
  );
  if (done.status !== 0)
    throw new Error(`the page could not be built\n${done.stdout}${done.stderr}`);
}
