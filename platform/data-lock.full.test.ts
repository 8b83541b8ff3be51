import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deliver, sealApplication } from '../tests/platform-kit/application.ts';
import {
  startTestPlatform,
  temporaryFolder,
  TEST_CODE,
  type TestPlatform,
} from '../tests/platform-kit/platform.ts';
import { enrolTerminal, type TestTerminal } from '../tests/platform-kit/terminal.ts';
import type { PlatformOptions } from './main.ts';

// slow shared machines: nothing here depends on how long it takes
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const exec = promisify(execFile);
const SCRIPTS = join(import.meta.dirname, '..', 'scripts');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let data: string;
const running: TestPlatform[] = [];
const children: ChildProcess[] = [];
beforeEach(async () => {
  folder = await temporaryFolder();
  data = join(folder.path, 'platform');
});
afterEach(async () => {
  for (const platform of running.splice(0)) await platform.close().catch(() => undefined);
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await folder.remove();
});

async function start(options: Partial<PlatformOptions> = {}, at = data): Promise<TestPlatform> {
  const platform = await startTestPlatform(at, { lockWaitMs: 0, ...options });
  running.push(platform);
  return platform;
}

const rotate = async (): Promise<string> =>
  (await exec(process.execPath, [join(SCRIPTS, 'keys.ts'), 'rotate', '--data', data])).stdout;

interface KeysGiven {
  readonly version: number;
  readonly content: { readonly recipients: readonly { readonly id: string }[] };
}

/** The keys that a platform gives a terminal: version, and the platform's own key. */
async function keysFrom(platform: TestPlatform, terminal: TestTerminal) {
  const answer = await fetch(`${platform.url}/v1/bundles/keys`, {
    headers: { authorization: `Bearer ${await terminal.token()}` },
  });
  const payload = (await answer.text()).split('.')[1] ?? '';
  const { version, content } = JSON.parse(
    Buffer.from(payload, 'base64url').toString(),
  ) as KeysGiven;
  return { version, key: content.recipients[0]?.id };
}

describe('the data folder of a platform', () => {
  it('is for one at a time; the next one gets it when that has closed, as often as it likes', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(/another platform runs on this folder/);
    // the first goes on
    await enrolTerminal(() => first.url, TEST_CODE);
    await first.close();
    const again = await start();
    await expect(start()).rejects.toThrow(/do not delete the file/);
    await again.close();
    await start();
  });

  it('is given back by a start that fails', async () => {
    await expect(start({ host: '192.0.2.1' })).rejects.toThrow();
    await expect(start({ enrolmentCodes: [{ code: 'X', region: '1', terminal: '1' }] }))
      .rejects //
      .toThrow(/an enrolment code needs/);
    await start();
  });

  it('is no other one’s: two platforms in one process run on two folders', async () => {
    const here = await start();
    const there = await start({}, join(folder.path, 'another'));
    for (const platform of [here, there]) await enrolTerminal(() => platform.url, TEST_CODE);
  });

  it('is taken by one of two processes that start on it at once, and the other says why not', async () => {
    const launch = () =>
      new Promise<string>((resolve) => {
        const child = spawn(
          process.execPath,
          [join(SCRIPTS, 'platform.ts'), '--port', '0', '--data', data],
          { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LOG_LEVEL: 'silent' } },
        );
        children.push(child);
        let errors = '';
        child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
        child.stdout.once('data', () => resolve('ready'));
        child.once('close', (code) => resolve(`${String(code)} ${errors}`));
      });
    const both = (await Promise.all([launch(), launch()])).toSorted();
    expect(both[1]).toBe('ready');
    expect(both[0]).toMatch(/^2 .*another platform runs on this folder/s);
  });
});

describe('keys that were changed', () => {
  it('count from a restart on, and the tool says whether a platform runs that needs one', async () => {
    const first = await start();
    const terminal = await enrolTerminal(() => first.url, TEST_CODE);
    const before = await keysFrom(first, terminal);
    expect(await rotate()).toContain('restart it now');
    expect(await keysFrom(first, terminal)).toEqual(before);
    await first.close();
    const second = await start();
    const after = await keysFrom(second, terminal);
    expect(after.key).not.toBe(before.key);
    expect(after.version).toBeGreaterThan(before.version);
    await second.close();
    expect(await rotate()).toContain('next start');
  });

  it('are not published away by a platform whose lock somebody deleted, nor does it archive', async () => {
    const first = await start();
    const terminal = await enrolTerminal(() => first.url, TEST_CODE);
    const before = await keysFrom(first, terminal);
    await rotate();
    rmSync(join(data, 'lock'));
    const second = await start();
    const rotated = await keysFrom(second, terminal);
    expect(rotated.key).not.toBe(before.key);
    // it has something to publish, and gives out what the other one does
    await enrolTerminal(() => first.url, TEST_CODE);
    expect(await keysFrom(first, terminal)).toEqual(rotated);
    const published = await keysFrom(second, terminal);
    expect(published.key).toBe(rotated.key);
    expect(published.version).toBeGreaterThan(rotated.version);
    expect(await keysFrom(first, terminal)).toEqual(published);

    expect((await deliver(terminal, await sealApplication(terminal))).status).toBe(201);
    const { body } = await first.admin('/archive', { method: 'POST' });
    expect(body).toMatchObject({ kind: 'failed', trouble: 'other' });
    expect((body as { reason: string }).reason).toContain('deleted or replaced');
    const passed = await second.admin('/archive', { method: 'POST' });
    expect(passed.body).toMatchObject({ kind: 'archived' });
    expect(readdirSync(join(data, 'archive')).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
