import { mkdtempSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCrashPoint } from './crash-point.ts';
import { createClock, systemClock } from './system-clock.ts';
import { isTmpfs, prepareFileRoots } from './file-roots.ts';
import { createNodeProcesses } from './node-processes.ts';
import { createUndiciNetwork, type ClosableNetwork } from './undici-network.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bianmin-adapters-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('network', () => {
  let server: Server;
  let network: ClosableNetwork;
  async function serve(listener: RequestListener, path = ''): Promise<ClosableNetwork> {
    server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    network = createUndiciNetwork({ baseUrl: `http://127.0.0.1:${port}${path}` });
    return network;
  }
  afterEach(async () => {
    await network.close();
    server.closeAllConnections();
    server.close();
  });

  test('a redirect is an answer, not a way', async () => {
    let asked = 0;
    const { request } = await serve((_, response) => {
      asked++;
      response.writeHead(302, { location: '/elsewhere' }).end();
    }, '/base/');
    const answer = await request({ method: 'GET', path: '/v1', deadlineMs: 5000 });
    expect(answer).toMatchObject({ ok: true, value: { status: 302 } });
    expect(asked).toBe(1);
  });

  test('the deadline covers the body too, and is a timeout', async () => {
    const { request } = await serve((_, response) => {
      response.writeHead(200);
      response.write('begun');
    });
    const answer = await request({ method: 'GET', path: '/', deadlineMs: 200 });
    expect(answer).toMatchObject({ ok: false, error: { kind: 'timeout' } });
  });

  test('an answer that never ends is cut, a stop is a stop, nobody there is unreachable', async () => {
    const { request } = await serve((incoming, response) => {
      if (incoming.url === '/silent') return;
      response.end(Buffer.alloc(5000));
    });
    expect(
      await request({ method: 'GET', path: '/', deadlineMs: 5000, maxAnswerBytes: 4999 }),
    ).toMatchObject({ ok: false, error: { kind: 'answerTooLong' } });
    expect(await request({ method: 'GET', path: '/', deadlineMs: 5000 })).toMatchObject({
      ok: true,
    });
    const stop = new AbortController();
    const stopped = request({
      method: 'GET',
      path: '/silent',
      deadlineMs: 5000,
      signal: stop.signal,
    });
    stop.abort();
    expect(await stopped).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await request({ method: 'GET', path: '/', deadlineMs: 5000 })).toMatchObject({
      ok: false,
      error: { kind: 'unreachable' },
    });
  });
});

describe('file roots', () => {
  test('work files lie on tmpfs, for the owner alone, and what an earlier run left is gone', async ({
    skip,
  }) => {
    if (!(await isTmpfs('/dev/shm'))) {
      console.log('NOT RUN: /dev/shm is not tmpfs here');
      skip();
    }
    const first = await prepareFileRoots(folder);
    const left = join(first.work!, 'left');
    writeFileSync(left, 'x');
    const again = await prepareFileRoots(folder);
    expect(again.work).toBe(first.work);
    expect(existsSync(left)).toBe(false);
    expect(statSync(again.work!).mode & 0o777).toBe(0o700);
    rmSync(again.work!, { recursive: true });
  });

  test('without tmpfs there is no work folder, and that is told', async () => {
    expect(await isTmpfs('/proc')).toBe(false);
    expect((await prepareFileRoots(folder, ['/proc'])).work).toBeUndefined();
  });
});

test('a crash point in production is refused', () => {
  expect(() => createCrashPoint('after-commit', 'production')).toThrow(/BIANMIN_CRASH_AT/);
  expect(() => createCrashPoint(undefined, 'production')('after-commit')).not.toThrow();
});

test('a wrong clock in production is refused; elsewhere wall time is off, and only that', () => {
  expect(() => createClock('1', 'production')).toThrow(/BIANMIN_CLOCK_OFFSET_MS/);
  expect(() => createClock('soon', 'demo')).toThrow(/BIANMIN_CLOCK_OFFSET_MS/);
  expect(createClock(undefined, 'production')).toBe(systemClock);
  const clock = createClock(String(-Date.now()), 'demo');
  expect(new Date(clock.wall()).getUTCFullYear()).toBe(1970);
  expect(Math.abs(clock.now() - systemClock.now())).toBeLessThan(60_000);
});

test('a child process answers with structured values, and its end is told', async () => {
  const entry = join(folder, 'child.ts');
  writeFileSync(
    entry,
    "process.on('message', (m: { bytes: Uint8Array }) => process.send!({ sum: m.bytes.length + Number(process.argv[2]) }));",
  );
  const child = createNodeProcesses().start(entry, ['5']);
  const answer = new Promise((resolve) => child.onMessage(resolve));
  child.send({ bytes: new Uint8Array(3) });
  expect(await answer).toEqual({ sum: 8 });
  const ended = new Promise((resolve) => child.onExit(resolve));
  child.kill();
  expect(await ended).toBe('SIGKILL');
  child.send({ late: true });
});
