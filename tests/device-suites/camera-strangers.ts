// Test support: sites that are not ours, and Chromium under a managed policy.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { systemChromium } from '../../main/shell/browser/shell.ts';
import { chromiumChoice } from '../support/chromium.ts';

/** A site that is not ours. */
export interface Stranger {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serves it at a port of its own, so that it is of another origin. */
export async function openStranger(): Promise<Stranger> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>stranger</h1>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** What a page gets that asks for this: the kind and name of it, or why not. It is let go at once. */
export function asksFor(
  page: Page,
  wish: { readonly video?: boolean; readonly audio?: boolean },
): Promise<string> {
  return page.evaluate(async (asked) => {
    try {
      const stream = await navigator.mediaDevices.getUserMedia(asked);
      const got = stream.getTracks().map(({ kind, label }) => `${kind} ${label}`);
      for (const track of stream.getTracks()) track.stop();
      return got.join(', ');
    } catch (error) {
      return error instanceof Error ? error.name : 'unknown';
    }
  }, wish);
}

/** Chromium with a policy of its own, in a view of the file system of its own: the machine's stays as it is. */
const UNDER_POLICY = `#!/bin/sh
exec unshare --mount sh -c '
  mount -t tmpfs none /etc/chromium && mkdir -p /etc/chromium/policies/managed &&
  cp "$POLICY" /etc/chromium/policies/managed/bianmin.json && exec "$BROWSER" "$@"' sh "$@"
`;

/** Whether a process here can be given a view of the file system in which policies lie. */
export function mayHavePolicies(): boolean {
  if (!existsSync('/etc/chromium')) return false;
  const tried = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/etc/chromium']);
  return tried.status === 0;
}

/** Starts the system's Chromium under this managed policy. */
export async function launchUnderPolicy(
  policy: Readonly<Record<string, unknown>>,
  further: readonly string[],
): Promise<{ readonly browser: Browser; readonly close: () => Promise<void> }> {
  const { args } = await chromiumChoice();
  const folder = mkdtempSync(join(tmpdir(), 'bianmin-policy-'));
  const executablePath = join(folder, 'chromium');
  writeFileSync(join(folder, 'policy.json'), JSON.stringify(policy));
  writeFileSync(executablePath, UNDER_POLICY, { mode: 0o755 });
  const browser = await chromium.launch({
    executablePath,
    args: [...args, ...further],
    env: { ...process.env, POLICY: join(folder, 'policy.json'), BROWSER: systemChromium() },
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
