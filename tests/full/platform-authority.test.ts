import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ROOT, startPart, type Part } from '../../scripts/launch/part.ts';
import type { TerminalReady } from '../../scripts/launch/stack.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../platform-kit/platform.ts';
import { createAuthority, hasOpenssl, type TestAuthority } from '../support/certificates.ts';
import { openShapedLink, type ShapedLink } from '../support/shaped-link.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let platform: TestPlatform;
let terminal: Part<TerminalReady> | undefined;
let authorities = 0;
const lines: ShapedLink[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  platform = await startTestPlatform(join(folder.path, 'platform'));
});
afterEach(async () => {
  await terminal?.stop();
  terminal = undefined;
  for (const line of lines.splice(0)) await line.close();
  await platform.close();
  await folder.remove();
});

function authority(valid?: readonly [Date, Date]): TestAuthority {
  authorities += 1;
  return createAuthority(join(folder.path, `authority-${String(authorities)}`), valid);
}
async function lineOf(of: TestAuthority): Promise<ShapedLink> {
  const line = await openShapedLink(
    platform.url,
    {},
    of.issue('localhost', inDays(-30), inDays(30)),
  );
  lines.push(line);
  return line;
}

async function configuration(config: object): Promise<string> {
  const file = join(folder.path, 'terminal.json');
  const whole = { environment: 'demo', enrolmentCode: TEST_CODE, ...config };
  await writeFile(file, JSON.stringify(whole));
  return file;
}

/** The terminal as a process of its own, from its configuration file; the one before is stopped. */
async function start(config: object, env: Readonly<Record<string, string>> = {}): Promise<Health> {
  await terminal?.stop();
  const data = join(folder.path, 'terminal');
  await mkdir(data, { recursive: true });
  const args = ['--port', '0', '--data', data, '--config', await configuration(config)];
  const part = await startPart<TerminalReady>({ entry: 'scripts/terminal.ts', args, env });
  terminal = part;
  return async () => (await (await fetch(part.ready.health)).json()) as Awaited<ReturnType<Health>>;
}
type Health = () => Promise<{ link: string; terminalId: string; problems: readonly string[] }>;

const waited = { timeout: 60_000, interval: 50 };
// one of them starts four terminals, each a stack of processes
vi.setConfig({ testTimeout: 600_000 });

describe.skipIf(!hasOpenssl())('the authority of a county platform', () => {
  test('is trusted where the configuration names it, from enrolling on, and another one is not, whoever else trusts it', async () => {
    const [old, next, stranger] = [authority(), authority(), authority()];
    const file = join(folder.path, 'county.pem');
    await writeFile(file, old.ca + next.ca);
    const theirs = join(folder.path, 'stranger.pem');
    await writeFile(theirs, stranger.ca);
    const trusting = { NODE_EXTRA_CA_CERTS: theirs };

    const other = await lineOf(stranger);
    const pinned = { platformCaFile: file, platformUrl: other.url };
    const first = await start(pinned, trusting);
    await expect.poll(() => other.connections, waited).toBeGreaterThanOrEqual(2);
    await expect.poll(async () => (await first()).link, waited).toBe('offline');
    expect((await first()).terminalId).toBe('');
    expect((await first()).problems).toContain('platformNotTrusted');

    for (const of of [old, next]) {
      const health = await start({ ...pinned, platformUrl: (await lineOf(of)).url }, trusting);
      await expect.poll(async () => (await health()).link, waited).toBe('online');
      await expect.poll(async () => (await health()).terminalId, waited).not.toBe('');
      const { problems } = await health();
      expect(problems).not.toContain('platformCaEndsSoon');
      expect(problems).not.toContain('platformNotTrusted');
    }

    // it was the setting that refused: this machine trusts the stranger
    const unpinned = await start({ platformUrl: other.url }, trusting);
    await expect.poll(async () => (await unpinned()).link, waited).toBe('online');
  });

  test('is told to a technician before it ends', async () => {
    const soon = authority([inDays(-300), inDays(50)]);
    const file = join(folder.path, 'county.pem');
    await writeFile(file, soon.ca);
    const config = { platformCaFile: file, platformUrl: (await lineOf(soon)).url };
    const health = await start(config);
    expect((await health()).problems).toContain('platformCaEndsSoon');
    await expect.poll(async () => (await health()).link, waited).toBe('online');
    // by the platform’s word it has ended: that counts more than this machine’s clock
    await platform.close();
    platform = await startTestPlatform(join(folder.path, 'platform'), {
      now: () => Date.now() + 51 * DAY_MS,
    });
    const later = await start({ ...config, platformUrl: (await lineOf(soon)).url });
    await expect.poll(async () => (await later()).problems, waited).toContain('platformCaEnded');
  });

  test('whose file cannot be used keeps the terminal from starting, with the reason', async () => {
    const config = await configuration({ platformCaFile: join(folder.path, 'nowhere.pem') });
    const done = spawnSync(
      process.execPath,
      [join(ROOT, 'scripts/terminal.ts'), '--data', folder.path, '--config', config],
      { cwd: ROOT, encoding: 'utf8' },
    );
    expect(done.status).toBe(2);
    expect(done.stderr).toMatch(/nowhere\.pem \$\.platformCaFile\n.*找不到.*\n.*no such file/);
  });
});
if (!hasOpenssl()) console.log('NOT RUN: tests/full/platform-authority.test.ts: no openssl');
