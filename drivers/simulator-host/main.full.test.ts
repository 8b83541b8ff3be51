import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readArguments } from './arguments.ts';
import type { SimulatorsReady } from './host.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
let dir: string;
const children: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'bianmin-simulators-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(dir, { recursive: true }));

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...args]);
  children.push(child);
  const out: string[] = [];
  let stderr = '';
  createInterface(child.stdout).on('line', (line) => out.push(line));
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ready = new Promise<SimulatorsReady>((resolve, reject) => {
    child.stdout.once('data', (bytes: Buffer) => {
      resolve(JSON.parse(bytes.toString()) as SimulatorsReady);
    });
    child.once('close', () => reject(new Error(`ended before it was ready: ${stderr}`)));
  });
  ready.catch(() => undefined);
  return { child, out, ended, ready, stderr: () => stderr };
}

describe('the simulators process', () => {
  it('prints one JSON line when ready, logs to stderr, and ends at SIGTERM', async () => {
    const own = start('--port', '0', '--data', join(dir, 'a'));
    const ready = await own.ready;
    expect(ready).toMatchObject({ ready: true, part: 'simulators' });
    const health = await fetch(`${ready.control}/v1/health`);
    expect(await health.json()).toEqual({ ok: true, part: 'simulators', version: 1 });
    await fetch(`${ready.control}/v1/devices/id-card-1/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"do":"removeCard"}',
    });
    own.child.kill('SIGTERM');
    expect(await own.ended).toBe(0);
    expect(own.out).toHaveLength(1);
    expect(own.stderr()).toContain('id-card-1 removeCard ok');
  });

  it('with --die-with-parent ends when its standard input closes', async () => {
    const own = start('--port', '0', '--data', join(dir, 'b'), '--die-with-parent');
    await own.ready;
    own.child.stdin.end();
    expect(await own.ended).toBe(0);
  });

  it('ends at SIGTERM also while a device holds its answers back', async () => {
    const own = start('--port', '0', '--data', join(dir, 'c'));
    const ready = await own.ready;
    await fetch(`${ready.control}/v1/devices/document-scanner-1/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"do":"setDelay","ms":600000}',
    });
    const held = fetch(`${ready.devices.documentScanner.url}/ScannerStatus`).catch(() => 'cut');
    own.child.kill('SIGTERM');
    expect(await own.ended).toBe(0);
    expect(await held).toBe('cut');
  });

  it('names a wrong argument and its remedy, and exits with 2', async () => {
    const own = start('--port', 'http');
    expect(await own.ended).toBe(2);
    expect(own.stderr()).toContain('--port');
    expect(own.stderr()).toContain('give --port 0');
    expect(own.out).toEqual([]);
  });
});

describe('its arguments', () => {
  it.each([
    [[], '--port'],
    [['--port', '70000', '--data', 'd'], '--port'],
    [['--port', '0'], '--data'],
    [['--port', '0', '--data', 'd', '--fast'], '--fast'],
    [['--port', '0', '--data', 'd', '--config', '/nowhere/x.json'], '/nowhere/x.json'],
  ])('%j is refused and the message names %s', (argv, named) => {
    const told = readArguments(argv);
    expect(told.ok ? '' : told.error).toContain(named);
  });

  it('names the place in a configuration that is wrong', async () => {
    const file = join(dir, 'bad.json');
    await writeFile(file, '{"documentScanner":{"port":99999}}');
    const told = readArguments(['--port', '0', '--data', dir, '--config', file]);
    expect(told.ok ? '' : told.error).toMatch(/bad\.json[^]*documentScanner\.port/);
  });

  it('takes ports and habits of devices from the configuration', async () => {
    const file = join(dir, 'good.json');
    await writeFile(
      file,
      '{"idCard":{"port":4101,"readMs":900},"documentScanner":{"sources":["feeder"]}}',
    );
    const told = readArguments(['--port', '4100', '--data', dir, '--config', file]);
    expect(told).toMatchObject({
      ok: true,
      value: {
        dieWithParent: false,
        options: {
          port: 4100,
          ports: { idCard: 4101, receiptPrinter: 0, codeScanner: 0, securityCard: 0 },
          idCard: { readMs: 900 },
          documentScanner: { sources: ['feeder'] },
          securityCard: {},
        },
      },
    });
  });
});
