import { readFile, stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.wasm': 'application/wasm',
};

/** A file of the built page. */
export interface StaticFile {
  readonly type: string;
  readonly bytes: Uint8Array;
  /** Its name holds a hash of its content: it may be kept for ever. */
  readonly immutable: boolean;
}

/**
 * A file below the root by its address path; `undefined` for anything that is not a plain file of a known
 * kind below it. `/` is `index.html`.
 */
export async function staticFile(root: string, path: string): Promise<StaticFile | undefined> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return undefined;
  const file = normalize(join(root, decoded === '/' ? 'index.html' : decoded));
  const type = TYPES[extname(file).toLowerCase()];
  if (type === undefined || !file.startsWith(root + sep)) return undefined;
  try {
    if (!(await stat(file)).isFile()) return undefined;
    const bytes = await readFile(file);
    return { type, bytes, immutable: /[/\\]assets[/\\].+-[\w-]{8,}\.\w+$/.test(file) };
  } catch {
    return undefined;
  }
}
