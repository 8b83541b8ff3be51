import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chromiumArguments } from '../../main/shell/browser/settings.ts';
import { makeProfileDir, systemChromium } from '../../main/shell/browser/shell.ts';
import { notRun } from '../support/not-run.ts';

/** Where Chromium of Linux distributions reads policies; Chrome itself reads them elsewhere. */
const POLICIES = '/etc/chromium/policies/managed';
const chromium = systemChromium();
const asRoot = process.getuid?.() === 0;
const UNSHARE = asRoot ? ['-m'] : ['-rm'];

/** A view of the file system for one process and its children, in which /etc/chromium is empty: nobody else gets the policy. */
function inOwnView(then: string, ...args: readonly string[]): readonly string[] {
  return [...UNSHARE, 'sh', '-c', `mount -t tmpfs tmpfs /etc/chromium && ${then}`, ...args];
}

function whyNot(): string | undefined {
  if (chromium?.includes('chromium') !== true) return 'there is no Chromium of the system';
  const tried = spawnSync('unshare', inOwnView('true'));
  return tried.status === 0 ? undefined : 'no policy can be installed for one process (unshare -m)';
}

/** Asks for camera and microphone, looks whether another page can be shown in it, and tells. */
const page = (other: string): string => `<!doctype html><title>page</title><script>
const ask = (what) => navigator.mediaDevices.getUserMedia(what).then(
  (stream) => stream.getTracks().map(({ kind }) => kind).join(), ({ name }) => name);
const frame = document.createElement('iframe');
const framed = new Promise((done) => { frame.onload = done; });
frame.src = ${JSON.stringify(other)};
document.documentElement.append(frame);
(async () => {
  const told = { camera: await ask({ video: true }), microphone: await ask({ audio: true }) };
  await framed;
  await fetch('/told', { method: 'POST', body: JSON.stringify(told) });
})();
</script>`;

interface Site {
  readonly origin: string;
  readonly shown: () => number;
  readonly told: Promise<unknown>;
  readonly server: Server;
}

async function site(other: () => string): Promise<Site> {
  let shown = 0;
  const told = Promise.withResolvers<unknown>();
  const server = createServer((request, response) => {
    if (request.url === '/told') {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => told.resolve(JSON.parse(body)));
      response.end();
      return;
    }
    if (request.url === '/') shown += 1;
    response.setHeader('content-type', 'text/html').end(page(other()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${String(port)}`;
  return { origin, shown: () => shown, told: told.promise, server };
}

const reason = whyNot();
if (reason !== undefined) notRun('the policy of the Chromium shell', reason);

// Other pages under it, with the camera asked for in them: tests/device-suites/document-camera.suite.ts.
describe.skipIf(reason !== undefined)('Chromium with the policy that the terminal prints', () => {
  let ours: Site;
  let other: Site;
  let folder: string;
  let running: ChildProcess | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bianmin-policy-'));
    ours = await site(() => `${other.origin}/`);
    other = await site(() => 'about:blank');
  });
  afterEach(async () => {
    const child = running;
    running = undefined;
    if (child?.exitCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await gone;
    }
    for (const { server } of [ours, other]) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** What `npm run terminal -- --print-policy` prints for the page of this site. */
  function printed(): Record<string, unknown> {
    const { port } = new URL(ours.origin);
    const script = join(import.meta.dirname, '../../scripts/terminal.ts');
    const { stdout, status } = spawnSync(
      process.execPath,
      [script, '--print-policy', '--port', port],
      {
        encoding: 'utf8',
      },
    );
    expect(status).toBe(0);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  /** Shows a page as the shell does, headless, with a camera that is none, under a policy. */
  function show(origin: string, policy: Record<string, unknown>): void {
    const file = join(folder, 'bianmin.json');
    writeFileSync(file, JSON.stringify(policy));
    const profileDir = makeProfileDir();
    const then = `mkdir -p ${POLICIES} && cp "$0" ${POLICIES}/ && exec "$@"`;
    running = spawn(
      'unshare',
      [
        ...inOwnView(then, file, chromium ?? ''),
        ...chromiumArguments({ page: `${origin}/`, profileDir, asRoot: true }),
        ...['--headless=new', '--disable-gpu', '--use-fake-device-for-media-stream'],
      ],
      { stdio: 'ignore', detached: true },
    );
    running.once('exit', () => rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 }));
  }

  it('gives the terminal’s page the camera unasked, no microphone, and shows no other page', async () => {
    show(ours.origin, printed());
    expect(await ours.told).toEqual({ camera: 'video', microphone: 'NotAllowedError' });
    expect(other.shown()).toBe(0);
  });
});
