import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { ROOT } from '../../scripts/launch/part.ts';

let child: ChildProcess | undefined;
const dir = mkdtempSync(join(tmpdir(), 'bianmin-start-'));
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

/** Processes whose command line names our data folder. */
function left(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== child?.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir);
      } catch {
        return false;
      }
    });
}

it('without a display one citizen goes the whole way, then it serves, and Ctrl-C leaves nothing behind', async () => {
  const env = { ...process.env };
  delete env['DISPLAY'];
  delete env['WAYLAND_DISPLAY'];
  child = spawn(process.execPath, [join(ROOT, 'scripts/start.ts'), '--data', dir, '--port', '0'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const running = child;
  let said = '';
  await new Promise<void>((resolve, reject) => {
    running.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Press Ctrl-C to stop')) resolve();
    });
    running.once('exit', (code) => reject(new Error(`ended with ${String(code)}\n${said}`)));
  });
  expect(said).toMatch(/Terminal page\s+http:\/\/127\.0\.0\.1:\d+\//);
  expect(said).toContain('收件回执');
  expect(said).toContain('"copies": 1');
  const url = /Terminal page\s+(\S+)/.exec(said)?.[1] ?? '';
  expect((await fetch(new URL('/health', url))).status).toBe(200);
  const exited = new Promise<number | null>((resolve) =>
    running.once('exit', (code) => resolve(code)),
  );
  running.kill('SIGINT');
  expect(await exited).toBe(0);
  expect(left()).toEqual([]);
  expect(readdirSync(dir).sort()).toEqual(['logs', 'platform', 'simulators', 'terminal']);
  expect(spawnSync('ls', [join(dir, 'terminal')]).status).toBe(0);
});

it('a part that npm started and that is told to stop leaves nothing behind', async () => {
  child = spawn('npm', ['run', '-s', 'simulators', '--', '--port', '0', '--data', dir], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const running = child;
  await new Promise<void>((resolve) => {
    running.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('"ready":true')) resolve();
    });
  });
  expect(left().length).toBeGreaterThan(0);
  running.kill('SIGTERM');
  await expect.poll(() => left(), { timeout: 60_000 }).toEqual([]);
});
