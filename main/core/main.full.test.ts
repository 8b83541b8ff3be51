import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

vi.setConfig({ testTimeout: 90_000 });

const ENTRY = join(import.meta.dirname, '..', '..', 'scripts', 'terminal.ts');

let folder: string;
let children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bianmin-main-'));
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  await rm(folder, { recursive: true, force: true });
});

interface Ready {
  readonly page: string;
  readonly url: string;
  readonly health: string;
  readonly dock: string | null;
  readonly simulators: string | null;
}

function start(args: readonly string[], through: readonly string[] = []) {
  const own = [process.execPath, ENTRY, '--port', '0', '--data', folder, ...args];
  const [program = '', ...rest] = [...through, ...own];
  const child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  let errors = '';
  const lines: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<Ready>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      resolve(JSON.parse(line) as Ready);
    });
    child.once('exit', (code) => reject(new Error(`ended with ${String(code)}: ${errors}`)));
  });
  ready.catch(() => undefined);
  return { child, ready, ended, lines, errors: () => errors };
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url);
    return true;
  } catch {
    return false;
  }
}

describe('the terminal as a process', () => {
  it('starts its own simulators, says in one line that it serves, and leaves nothing behind', async () => {
    const terminal = start([]);
    const ready = await terminal.ready;
    expect(ready.page).toBe(`${ready.url}enter?${new URL(ready.page).search.slice(1)}`);
    expect(ready.dock).toBe(`${ready.simulators ?? ''}/`);
    const health = (await (await fetch(ready.health)).json()) as object;
    expect(health).toMatchObject({ status: 'serving', environment: 'demo' });
    terminal.child.kill('SIGTERM');
    expect(await terminal.ended).toBe(0);
    expect(terminal.lines).toHaveLength(1);
    expect(await answers(ready.simulators ?? '')).toBe(false);
  });

  it('ends with its parent', async () => {
    const terminal = start(['--die-with-parent']);
    const ready = await terminal.ready;
    terminal.child.stdin.end();
    expect(await terminal.ended).toBe(0);
    expect(await answers(ready.url)).toBe(false);
  });

  it('takes its simulators along when it is killed', async () => {
    const terminal = start([]);
    const ready = await terminal.ready;
    terminal.child.kill('SIGKILL');
    await terminal.ended;
    const end = Date.now() + 60_000;
    while (await answers(ready.simulators ?? '')) {
      if (Date.now() > end) throw new Error('the simulators are still there');
    }
  });

  it('serves without devices when their configuration is wrong, and says so', async () => {
    await writeFile(join(folder, 'devices.json'), '{"version": 1,');
    const terminal = start([]);
    const health = (await (await fetch((await terminal.ready).health)).json()) as {
      problems: string[];
      devices: object;
    };
    expect(health.problems).toContain('devicesUnreadable');
    expect(health.devices).toMatchObject({ idCard: { state: 'noDevice' } });
    expect(terminal.errors()).toContain('devices.json');
  });

  it('refuses a wrong start configuration with file, path and remedy in both languages', async () => {
    const file = join(folder, 'start.json');
    await writeFile(file, JSON.stringify({ environment: 'demo', port: 'eighty' }));
    const terminal = spawn(process.execPath, [ENTRY, '--data', folder, '--config', file], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(terminal);
    let errors = '';
    terminal.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const code = await new Promise((resolve) => terminal.once('exit', resolve));
    expect(code).toBe(2);
    expect(errors).toContain(file);
    expect(errors).toContain('$.port');
    expect(errors).toMatch(/应为/);
    expect(errors).toMatch(/should be/);
  });

  it('refuses simulators and demo codes in production', async () => {
    const file = join(folder, 'start.json');
    await writeFile(
      file,
      JSON.stringify({
        environment: 'production',
        enrolmentCode: 'DEMO-BACHUAN-001',
        simulatorsUrl: 'http://127.0.0.1:1',
      }),
    );
    const terminal = start(['--config', file]);
    expect(await terminal.ended).toBe(2);
    expect(terminal.errors()).toContain('$.simulatorsUrl');
    expect(terminal.errors()).toContain('$.enrolmentCode');
  });

  it('tells in production that its memory may be dumped to a disk, and nobody else', async () => {
    const file = join(folder, 'start.json');
    const dumps = ['bash', '-c', 'ulimit -Sc unlimited && exec "$0" "$@"'];
    const problems = async (args: readonly string[]): Promise<unknown> => {
      const terminal = start(args, dumps);
      const health: unknown = await (await fetch((await terminal.ready).health)).json();
      terminal.child.kill('SIGTERM');
      await terminal.ended;
      return (health as { readonly problems: unknown }).problems;
    };
    await writeFile(
      file,
      JSON.stringify({ environment: 'production', platformUrl: 'https://127.0.0.1:9' }),
    );
    expect(await problems(['--config', file])).toContain('memoryMayLeak');
    expect(await problems([])).not.toContain('memoryMayLeak');
  });

  it('names an argument that it does not know, and shows how it is used', async () => {
    const terminal = start(['--prot', '1']);
    expect(await terminal.ended).toBe(2);
    expect(terminal.errors()).toContain('--prot');
    expect(terminal.errors()).toContain('Usage');
  });
});
