import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import sharp from 'sharp';

const PAGE = join(import.meta.dirname, '../../dist/renderer');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
  '.svg': 'image/svg+xml',
};

/** As strict as a page can have it; whatever the page does against it is an error on its console. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the built page under that policy, and a specimen as the preview of every scan. */
export async function servePage(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = normalize(new URL(request.url ?? '/', 'http://127.0.0.1').pathname);
  const head = { 'content-security-policy': POLICY, 'cache-control': 'no-store' };
  if (path.startsWith('/preview/')) {
    response.writeHead(200, { ...head, 'content-type': 'image/jpeg' }).end(await specimen());
    return;
  }
  const file = join(PAGE, path === '/' ? 'index.html' : path);
  const body = file.startsWith(PAGE) ? await readFile(file).catch(() => undefined) : undefined;
  if (body === undefined) {
    response.writeHead(404, head).end();
    return;
  }
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  // hashed names may be kept; without that every page of every test loads the fonts anew
  const keep = path.startsWith('/assets/') ? { 'cache-control': 'max-age=3600, immutable' } : {};
  response.writeHead(200, { ...head, ...keep, 'content-type': type }).end(body);
}

let picture: Promise<Buffer> | undefined;

/** A page as a scanner gives it, with nothing real on it. */
function specimen(): Promise<Buffer> {
  const lines = Array.from(
    { length: 22 },
    (_, i) => `<rect x="70" y="${200 + i * 34}" width="${i % 5 === 4 ? 260 : 600}" height="9" />`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="744" height="1052"><rect width="744" height="1052" fill="#fffdf6"/><g fill="#5a6670">${lines.join('')}</g><rect x="220" y="90" width="304" height="40" fill="#2b3a44"/><circle cx="580" cy="930" r="66" fill="none" stroke="#a8321d" stroke-width="8"/></svg>`;
  return (picture ??= sharp(Buffer.from(svg)).jpeg().toBuffer());
}
