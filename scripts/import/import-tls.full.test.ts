import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  startTestPlatform,
  temporaryFolder,
  type TestPlatform,
} from '../../tests/platform-kit/platform.ts';
import { createAuthority, hasOpenssl } from '../../tests/support/certificates.ts';
import { openShapedLink } from '../../tests/support/shaped-link.ts';

const run = promisify(execFile);
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
beforeEach(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(join(folder.path, 'platform'));
});
afterEach(async () => {
  await platform.close();
  await folder.remove();
});

/** What the command says, and how it ends. */
async function bring(...args: string[]): Promise<{ code: unknown; said: string }> {
  const entry = join(import.meta.dirname, '..', 'import.ts');
  const stick = join(folder.path, 'stick');
  const from = [entry, stick, '--token-file', platform.adminTokenFile, ...args];
  try {
    const { stdout, stderr } = await run(process.execPath, from);
    return { code: 0, said: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, said: stdout + stderr };
  }
}

test('a stick is not brought to an address where the admin token goes for anybody to read', async () => {
  const line = await openShapedLink(platform.url);
  try {
    const named = await bring('--platform', line.url, '--platform-ca', platform.adminTokenFile);
    expect(named.code).toBe(2);
    expect(named.said).toContain('With --platform-ca, --platform must begin with https://');
    expect(line.connections).toBe(0);
  } finally {
    await line.close();
  }
  const elsewhere = await bring('--platform', 'http://platform.invalid');
  expect(elsewhere.code).toBe(2);
  expect(elsewhere.said).toContain('http only on this machine');
});

describe.skipIf(!hasOpenssl())('a stick is brought to a platform over TLS', () => {
  test('whose authority is named, also one in between, and to no other', async () => {
    const stick = join(folder.path, 'stick');
    await mkdir(stick);
    const manifest = { format: 'bianmin-export/1', terminalId: 't', items: [], damaged: [] };
    await writeFile(join(stick, 'manifest.json'), JSON.stringify(manifest));
    const event = { seq: 1, time: '2026-12-01T00:00:00.000Z', event: 'checkpoint', detail: 'x' };
    const ids = { submissionId: null, receiptNumber: null, prevHash: '', hash: '' };
    await writeFile(join(stick, 'audit.jsonl'), JSON.stringify({ ...event, ...ids }));
    const above = createAuthority(join(folder.path, 'above'));
    const between = above.vouchFor(join(folder.path, 'between'));
    createAuthority(join(folder.path, 'other'));
    const [from, to] = [new Date(Date.now() - YEAR_MS), new Date(Date.now() + YEAR_MS)];
    const line = await openShapedLink(platform.url, {}, between.issue('localhost', from, to));
    const trusting = (name: string) => [
      ...['--platform', line.url],
      ...['--platform-ca', join(folder.path, name, 'ca.pem')],
    ];
    try {
      // the platform was asked: it does not know this terminal
      const taken = await bring(...trusting('between'));
      expect(taken.said).toContain('unknownTerminal');
      // a wrong authority, and none: nobody waits for what no waiting changes
      for (const args of [trusting('other'), ['--platform', line.url]]) {
        const before = line.connections;
        const refused = await bring(...args);
        expect(refused.said).toMatch(/核对不过（UNABLE_TO_\w+）.*did not pass \(UNABLE_TO_\w+\)/);
        expect(refused.said).toMatch(/用 --platform-ca .*by --platform-ca FILE/);
        expect(refused.said).not.toContain('did not answer');
        expect(refused.code).toBe(1);
        expect(line.connections).toBe(before + 1);
      }
      const missing = await bring(...trusting('nowhere'));
      expect(missing.said).toMatch(/--platform-ca\n.*找不到.*\n.*no such file/);
      expect(missing.code).toBe(2);
    } finally {
      await line.close();
    }
  });
});
if (!hasOpenssl()) console.log('NOT RUN: import over TLS (scripts/import): no openssl');
