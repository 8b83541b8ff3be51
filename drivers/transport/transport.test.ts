import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { serialTransport } from './serial.ts';
import { sleep, systemClock } from './system-clock.ts';
import { tcpTransport } from './tcp.ts';

const open: Server[] = [];

async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

afterEach(async () => {
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

describe('a line over TCP', () => {
  it('carries bytes both ways and tells once that it is gone', async () => {
    const port = await listen((socket) => {
      socket.on('data', (bytes) => socket.write(bytes, () => socket.end()));
    });
    const transport = tcpTransport({ host: '127.0.0.1', port });
    expect(transport.address).toBe(`tcp:127.0.0.1:${port}`);
    const connected = await transport.connect({ deadlineMs: 10_000 });
    if (!connected.ok) throw new Error(connected.error.code);
    const line = connected.value;
    const got: number[] = [];
    line.onData((bytes) => got.push(...bytes));
    let closes = 0;
    const gone = new Promise<string>((resolve) => {
      line.onClose((reason) => {
        closes += 1;
        resolve(reason);
      });
    });
    expect(await line.write(Uint8Array.of(1, 2, 3))).toEqual({ ok: true, value: undefined });
    await gone;
    await line.close();
    expect(got).toEqual([1, 2, 3]);
    expect(closes).toBe(1);
    expect(await line.write(Uint8Array.of(4))).toMatchObject({
      ok: false,
      error: { code: 'device.offline' },
    });
  });

  it('keeps what came before anybody listened, and tells a late listener that it is gone', async () => {
    const port = await listen((socket) => socket.end(Uint8Array.of(7, 8)));
    const connected = await tcpTransport({ host: '127.0.0.1', port }).connect({
      deadlineMs: 10_000,
    });
    if (!connected.ok) throw new Error(connected.error.code);
    await new Promise<void>((resolve) => connected.value.onClose(() => resolve()));
    const got: number[] = [];
    connected.value.onData((bytes) => got.push(...bytes));
    await new Promise<void>((resolve) => connected.value.onClose(() => resolve()));
    expect(got).toEqual([7, 8]);
  });

  it('says offline when refused, misconfigured for an impossible port, cancelled when aborted', async () => {
    const port = await listen(() => undefined);
    await new Promise((resolve) => open.pop()?.close(resolve));
    const refused = await tcpTransport({ host: '127.0.0.1', port }).connect({ deadlineMs: 10_000 });
    expect(refused).toMatchObject({
      ok: false,
      error: { code: 'device.offline', detail: 'ECONNREFUSED' },
    });
    const impossible = tcpTransport({ host: '127.0.0.1', port: 70_000 });
    expect(await impossible.connect({ deadlineMs: 10_000 })).toMatchObject({
      error: { code: 'device.misconfigured' },
    });
    const cancelled = tcpTransport({ host: '127.0.0.1', port: 9 });
    expect(
      await cancelled.connect({ deadlineMs: 10_000, signal: AbortSignal.abort() }),
    ).toMatchObject({ error: { code: 'device.cancelled' } });
  });

  it('ends a write that the far end never takes', async () => {
    const sockets: Socket[] = [];
    const port = await listen((socket) => sockets.push(socket.pause()));
    const connected = await tcpTransport({ host: '127.0.0.1', port, writeTimeoutMs: 300 }).connect({
      deadlineMs: 10_000,
    });
    if (!connected.ok) throw new Error(connected.error.code);
    const result = await connected.value.write(new Uint8Array(64 * 1024 * 1024));
    expect(result).toMatchObject({ ok: false, error: { code: 'device.timeout' } });
    for (const socket of sockets) socket.destroy();
    await connected.value.close();
  });
});

describe('a line over a serial port', () => {
  it('says offline for a port that is not there', async () => {
    const transport = serialTransport({ path: '/dev/tty-that-is-not-there', baudRate: 115_200 });
    expect(transport.address).toBe('serial:/dev/tty-that-is-not-there@115200');
    expect(await transport.connect({ deadlineMs: 10_000 })).toMatchObject({
      ok: false,
      error: { code: 'device.offline' },
    });
  });

  it('says that the library is missing when it does not load', async () => {
    const transport = serialTransport({
      path: '/dev/ttyS0',
      baudRate: 115_200,
      load: () => Promise.reject(new Error('libudev.so.1: cannot open shared object file')),
    });
    expect(await transport.connect({ deadlineMs: 10_000 })).toMatchObject({
      ok: false,
      error: { code: 'device.missingLibrary', cause: 'configuration' },
    });
  });
});

describe('the system clock', () => {
  it('wakes after a while, at once when aborted, and never when cancelled', async () => {
    const before = systemClock.now();
    await sleep(systemClock, 30);
    expect(systemClock.now() - before).toBeGreaterThan(20);
    const aborter = new AbortController();
    const long = sleep(systemClock, 1_000_000, aborter.signal);
    aborter.abort();
    await long;
    await sleep(systemClock, 1_000_000, aborter.signal);
    let called = false;
    systemClock.after(10, () => (called = true))();
    await sleep(systemClock, 50);
    expect(called).toBe(false);
  });
});
