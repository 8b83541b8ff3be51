import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './part.ts';

/**
 * Electron's binary, if one is installed. Looks for files only: `require('electron')` would begin a
 * download.
 */
export function electronBinary(): string | undefined {
  const own = process.env['ELECTRON_PATH'];
  if (own !== undefined && existsSync(own)) return own;
  const dir = join(ROOT, 'node_modules', 'electron');
  try {
    const path = join(dir, 'dist', readFileSync(join(dir, 'path.txt'), 'utf8').trim());
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
