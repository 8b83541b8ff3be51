import { isContractProcedure } from '@orpc/contract';
import { request } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { contract, type ProcedureMeta, type Role } from '../../contract/contract.ts';
import { createLogger } from '../log/logger.ts';
import {
  enter,
  makeTerminalBench,
  until,
  type TerminalBench,
} from '../session/terminal-bench.test-helper.ts';
import { createRouter } from './rpc.ts';

// whole terminals with processes of their own: slow machines need room
vi.setConfig({ testTimeout: 90_000 });

let bench: TerminalBench;
let root: string;

beforeAll(async () => {
  bench = await makeTerminalBench();
  root = join(bench.folder, 'page');
  await mkdir(join(root, 'assets'), { recursive: true });
  await writeFile(join(root, 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(root, 'assets', 'index-abcdef12.js'), 'export {};');
  await writeFile(join(bench.folder, 'secret.json'), '{}');
  await bench.restart({ pageRoot: root, environment: 'production' });
});
afterAll(() => bench.close());

/** fetch cleans paths and sets Host by itself; an attacker does not. */
function raw(path: string, headers: Record<string, string> = {}): Promise<number> {
  const { port } = new URL(bench.terminal.origin);
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

function upgrade(headers: Record<string, string>): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${bench.terminal.origin.replace('http', 'ws')}/rpc`, { headers });
    socket.once('open', () => {
      socket.terminate();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

describe('the server lets in only its own page', () => {
  it('gives a cookie for a token once, and only once', async () => {
    const address = bench.terminal.entryAddress();
    const first = await fetch(address, { redirect: 'manual' });
    expect(first.status).toBe(303);
    expect(first.headers.get('location')).toBe('/');
    expect(first.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Strict$/);
    const second = await fetch(address, { redirect: 'manual' });
    expect(second.status).toBe(403);
    expect(second.headers.get('set-cookie')).toBeNull();
    expect(await second.text()).toContain('已经用过');
  });

  it('tells who comes without a cookie what to do, in production', async () => {
    const answer = await fetch(`${bench.terminal.origin}/`);
    expect(answer.status).toBe(403);
    const text = await answer.text();
    expect(text).toContain('请从终端窗口进入');
    expect(text).toContain('Please enter from');
    expect(await raw('/assets/index-abcdef12.js')).toBe(403);
  });

  it('serves the page with a strict policy, and keeps nothing but what has a hash in its name', async () => {
    const cookie = await enter(bench.terminal);
    const page = await fetch(`${bench.terminal.origin}/`, { headers: { cookie } });
    expect(page.status).toBe(200);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toMatch(/unsafe|\*/);
    const permissions = page.headers.get('permissions-policy') ?? '';
    expect(permissions).toMatch(/camera=\(self\), microphone=\(\)/);
    const asset = await fetch(`${bench.terminal.origin}/assets/index-abcdef12.js`, {
      headers: { cookie },
    });
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(asset.headers.get('content-type')).toContain('text/javascript');
  });

  it('serves nothing outside the page’s folder', async () => {
    const cookie = await enter(bench.terminal);
    const { host } = new URL(bench.terminal.origin);
    for (const path of [
      '/../secret.json',
      '/%2e%2e/secret.json',
      '/..%2fsecret.json',
      '/assets/../../secret.json',
      '/%5c..%5csecret.json',
      '/secret.json%00.js',
      '/%',
      '/assets',
    ]) {
      expect(await raw(path, { cookie, host }), path).toBe(404);
    }
  });

  it('refuses another Host and another Origin on every address', async () => {
    const cookie = await enter(bench.terminal);
    const { host } = new URL(bench.terminal.origin);
    for (const path of ['/', '/health', '/enter?token=x', '/preview/abcdefghijkl']) {
      expect(await raw(path, { cookie, host: 'evil.example' }), path).toBe(403);
      expect(await raw(path, { cookie, host, origin: 'http://evil.example' }), path).toBe(403);
    }
  });

  it('takes pictures only from our own page, and nothing else by POST', async () => {
    const cookie = await enter(bench.terminal);
    const { origin } = bench.terminal;
    const post = async (path: string, headers: Record<string, string>): Promise<number> => {
      const type = { 'content-type': 'image/jpeg' };
      const body = Uint8Array.of(0xff, 0xd8, 0xff);
      const all = { ...type, ...headers };
      return (await fetch(`${origin}${path}`, { method: 'POST', headers: all, body })).status;
    };
    expect(await post('/capture/household', { cookie })).toBe(403);
    expect(await post('/capture/household', { origin })).toBe(403);
    expect(await post('/capture/household', { cookie, origin: 'http://evil.example' })).toBe(403);
    // nobody is identified
    expect(await post('/capture/household', { cookie, origin })).toBe(409);
    expect(await post('/preview/household-1', { cookie, origin })).toBe(405);
  });

  it('refuses a forged cookie', async () => {
    const cookie = await enter(bench.terminal);
    const [name = '', value = ''] = cookie.split('=');
    const [id = ''] = value.split('.');
    for (const forged of [`${name}=${id}.AAAA`, `${name}=${id}`, `${name}=`, `x=${value}`]) {
      expect(
        (await fetch(`${bench.terminal.origin}/`, { headers: { cookie: forged } })).status,
      ).toBe(403);
    }
  });

  it('opens the WebSocket only for our own page with its cookie', async () => {
    const cookie = await enter(bench.terminal);
    const { origin } = bench.terminal;
    expect(await upgrade({ cookie, origin })).toBe(true);
    expect(await upgrade({ origin })).toBe(false);
    expect(await upgrade({ cookie })).toBe(false);
    expect(await upgrade({ cookie, origin: 'http://evil.example' })).toBe(false);
    expect(await upgrade({ cookie, origin, host: 'evil.example' })).toBe(false);
  });

  it('hangs up on a page that floods it, and goes on serving', async () => {
    const cookie = await enter(bench.terminal);
    const { origin } = bench.terminal;
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/rpc`, {
      headers: { cookie, origin },
    });
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    for (let i = 0; i < 2_000 && socket.readyState === socket.OPEN; i += 1) {
      socket.send('{"i":"1","p":{"u":"orpc:/session/touch"}}');
    }
    await closed;
    expect((await fetch(`${origin}/health`)).status).toBe(200);
    expect(await upgrade({ cookie, origin })).toBe(true);
  });

  it('keeps its cookies over a restart of the core', async () => {
    const port = Number(new URL(bench.terminal.origin).port);
    const cookie = await enter(bench.terminal);
    await bench.restart({ pageRoot: root, environment: 'production', port });
    expect((await fetch(`${bench.terminal.origin}/`, { headers: { cookie } })).status).toBe(200);
  });

  it('tells its health without a cookie and without anything of a person', async () => {
    await until('enrolled', () => bench.terminal.durable.outbox.taking() === 'yes');
    const health = (await (await fetch(`${bench.terminal.origin}/health`)).json()) as object;
    expect(health).toMatchObject({ status: 'serving', waitingItems: 0, session: null });
  });

  it('answers the technician’s tools on a socket of its own user only', async () => {
    const lines = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(join(bench.folder, 'admin.sock'));
      socket.on('error', reject);
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.split('\n').length > 3) socket.end();
      });
      socket.on('close', () => resolve(text));
      socket.write('{"do":"status"}\n{"do":"newToken"}\nrubbish\n');
    });
    const [status = '', token = '', rubbish = ''] = lines.split('\n');
    expect(JSON.parse(status)).toMatchObject({ ok: true, value: { status: 'serving' } });
    const { value } = JSON.parse(token) as { value: { page: string } };
    expect((await fetch(value.page, { redirect: 'manual' })).status).toBe(303);
    expect(JSON.parse(rubbish)).toEqual({ ok: false, error: 'malformed' });
  });
});

interface Found {
  readonly path: readonly string[];
  readonly meta: ProcedureMeta;
}

function procedures(node: unknown, path: readonly string[] = []): readonly Found[] {
  if (isContractProcedure(node)) {
    const meta: ProcedureMeta = node['~orpc'].meta as never;
    return [{ path, meta }];
  }
  return Object.entries(node as object).flatMap(([key, below]: [string, unknown]) =>
    procedures(below, [...path, key]),
  );
}

describe('roles and assurance, for every procedure of the contract', () => {
  const all = procedures(contract);

  async function codeOf(path: readonly string[], role: Role): Promise<string> {
    const router = createRouter({
      session: bench.terminal.session,
      service: {
        roleOf: () => (role === 'citizen' ? undefined : role),
        touch: () => undefined,
      } as never,
      camera: { reported: () => undefined } as never,
      help: undefined as never,
      keypad: () => (async function* () {})(),
      codes: { view: { watch: () => (async function* () {})() } } as never,
      terminal: { watch: () => (async function* () {})() } as never,
      catalogue: () => null,
      verifyReceipt: () => Promise.reject(new Error('reached')),
      deviceDetails: () => ({}),
      log: createLogger(() => undefined),
    });
    const client: unknown = createRouterClient(router, { context: { visitor: {} } });
    let at = client as Record<string, unknown>;
    for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
    const call = at[path.at(-1) ?? ''] as (input?: unknown) => Promise<unknown>;
    try {
      await call({});
      return 'done';
    } catch (error) {
      return (error as { code?: string }).code ?? 'other';
    }
  }

  it('finds the whole contract, each procedure with a role', () => {
    expect(all.length).toBeGreaterThan(25);
    for (const { path, meta } of all) expect(meta.roles.length, path.join('.')).toBeGreaterThan(0);
  });

  it.each(all.map(({ path, meta }) => [path.join('.'), path, meta] as const))(
    '%s is refused to every role it does not name, and without the card it asks for',
    async (_name, path, meta) => {
      for (const role of ['citizen', 'staff', 'technician', 'auditor'] as const) {
        const code = await codeOf(path, role);
        // whoever came in by a PIN stands before the citizen's page: what that may ask, all may
        const named = meta.roles.includes(role) || meta.roles.includes('citizen');
        if (!named || meta.assurance !== 'L0') expect(code).toBe('FORBIDDEN');
        else expect(code).not.toBe('FORBIDDEN');
      }
    },
  );
});
