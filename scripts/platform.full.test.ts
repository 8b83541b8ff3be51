import { spawn } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEMO_ENROLMENT_CODE } from '../kiosk-config/index.ts';
import { deliver, sealApplication } from '../tests/platform-kit/application.ts';
import { temporaryFolder } from '../tests/platform-kit/platform.ts';
import { enrolTerminal } from '../tests/platform-kit/terminal.ts';
import { startPart } from './launch/part.ts';
import type { PlatformReady } from './launch/stack.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'platform.ts'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    // what began to serve is told to stop by the end of its standard input
    child.stdin.end();
  });
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, out, err })));
}

describe('npm run platform', () => {
  it('prints exactly one line when it serves, and stops when its parent is gone', async () => {
    const { code, out } = await run(['--data', folder.path, '--die-with-parent']);
    expect(code).toBe(0);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(out)).toMatchObject({
      ready: true,
      part: 'platform',
      adminTokenFile: join(folder.path, 'admin-token'),
      users: [{ name: 'clerk' }, { name: 'auditor' }, { name: 'operator' }],
    });
  });

  it.each([
    [['--port', 'x'], '--port'],
    [['--nonsense'], '--nonsense'],
    [['--config', 'nowhere.json'], 'nowhere.json'],
  ])('refuses %s with a clear message and code 2', async (args, told) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(told);
  });

  it('refuses a configuration that is wrong, and crash points in production', async () => {
    const config = join(folder.path, 'config.json');
    await writeFile(config, '{"environment":"prod"}');
    const wrong = await run(['--data', folder.path, '--config', config]);
    expect([wrong.code, wrong.err.includes('environment')]).toEqual([2, true]);
    await writeFile(config, '{"trustedProxies":["everybody"]}');
    const proxy = await run(['--data', folder.path, '--config', config]);
    expect([proxy.code, proxy.err.includes('"everybody"')]).toEqual([2, true]);
    await writeFile(config, '{"environment":"production"}');
    const crash = await run(['--data', folder.path, '--config', config], {
      BIANMIN_CRASH_AT: 'item-before-commit',
    });
    expect([crash.code, crash.err.includes('production')]).toEqual([2, true]);
  });

  it.each([
    ['{"policy":{"backlog":{"maxItems":"five"}}}', '$.backlog.maxItems'],
    ['{"policy":{"backlog":{"maxItms":5}}}', '$.backlog.maxItms'],
    ['{"environment":"production","policy":{"environment":"demo"}}', 'production'],
  ])('refuses the policy of %s, which no terminal would go by', async (config, told) => {
    const file = join(folder.path, 'config.json');
    await writeFile(file, config);
    const { code, out, err } = await run(['--data', folder.path, '--config', file]);
    expect([code, out, err.includes(told)]).toEqual([2, '', true]);
  });

  it('publishes no policy in production where the configuration has none', async () => {
    const config = join(folder.path, 'config.json');
    const enrolmentCodes = [{ code: 'CODE-1', region: '500199001', terminal: '001' }];
    await writeFile(config, JSON.stringify({ environment: 'production', enrolmentCodes }));
    const part = await startPart<PlatformReady>({
      entry: 'scripts/platform.ts',
      args: ['--data', folder.path, '--config', config],
    });
    try {
      const terminal = await enrolTerminal(() => part.ready.url, 'CODE-1');
      const statuses = ['policy', 'keys'].map(
        async (kind) => (await terminal.request(`/v1/bundles/${kind}`)).status,
      );
      expect(await Promise.all(statuses)).toEqual([404, 200]);
    } finally {
      await part.stop();
    }
  });

  it('has nothing of a person in its log or among its file names', async () => {
    let log = '';
    const part = await startPart<PlatformReady>({
      entry: 'scripts/platform.ts',
      args: ['--data', folder.path],
      env: { LOG_LEVEL: 'trace' },
    });
    part.child.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const terminal = await enrolTerminal(() => part.ready.url, DEMO_ENROLMENT_CODE);
    const application = await sealApplication(terminal);
    expect((await deliver(terminal, application)).status).toBe(201);
    await fetch(`${part.ready.url}/r/${application.receiptToken}`);
    await part.stop();
    expect(log).toContain('/v1/items/:submissionId');
    const names = (await readdir(folder.path, { recursive: true })).join('\n');
    for (const secret of ['龚', '500199198509260043', '13800000000', application.receiptToken]) {
      expect(log).not.toContain(secret);
      expect(names).not.toContain(secret);
    }
  });
});
