import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { hasProgram, notRun } from '../../tests/support/not-run.ts';
import { printerFileTransport } from './printer-file.ts';
import { PtyBridge } from './pty-test-support.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A device file (the near end of a pty) and what stands at its far end. */
async function deviceFile() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const file = await PtyBridge.to(address.port);
  closers.push(() => file.close());
  await expect.poll(() => sockets.length, { timeout: 60_000 }).toBe(1);
  return { path: file.path, far: () => sockets.at(-1), file };
}

describe('a device file of a printer', () => {
  it('that is none is refused: an ordinary file prints nothing', async () => {
    const path = join(tmpdir(), `bianmin-no-printer-${process.pid}`);
    const connect = (to: string): Promise<unknown> =>
      printerFileTransport({ path: to }).connect({ deadlineMs: 10_000 });
    expect(await connect(path)).toMatchObject({ error: { code: 'device.offline' } });
    writeFileSync(path, '');
    expect(await connect(path)).toMatchObject({ error: { code: 'device.misconfigured' } });
    expect(await connect(tmpdir())).toMatchObject({ error: { code: 'device.misconfigured' } });
  });

  if (!hasProgram('socat')) {
    notRun('the device file of a printer, over a pty', 'socat is not installed');
    return;
  }

  it('carries bytes both ways while it waits for more', async () => {
    const { path, far } = await deviceFile();
    const connected = await printerFileTransport({ path }).connect({ deadlineMs: 10_000 });
    if (!connected.ok) throw new Error(JSON.stringify(connected.error));
    const line = connected.value;
    closers.push(() => line.close());
    const [there, back]: number[][] = [[], []];
    line.onData((bytes) => back?.push(...bytes));
    far()?.on('data', (bytes: Uint8Array) => there?.push(...bytes));
    const sent = Array.from({ length: 20_000 }, (_, i) => i & 0xff);
    expect(await line.write(Uint8Array.from(sent))).toEqual({ ok: true, value: undefined });
    await expect.poll(() => there, { timeout: 60_000 }).toEqual(sent);
    far()?.write(Uint8Array.of(0x12));
    await expect.poll(() => back, { timeout: 60_000 }).toEqual([0x12]);
  });

  it('ends a write that the printer never takes, and the line that is pulled out', async () => {
    const { path, far, file } = await deviceFile();
    const open = async () => {
      const connected = await printerFileTransport({
        path,
        writeTimeoutMs: 50,
        watchMs: 20,
      }).connect({ deadlineMs: 10_000 });
      if (!connected.ok) throw new Error(JSON.stringify(connected.error));
      return connected.value;
    };
    const stuck = await open();
    far()?.pause();
    // more than pty, socat and socket hold
    const write = async (left: number): Promise<unknown> => {
      const result = await stuck.write(new Uint8Array(1_000_000));
      return result.ok && left > 0 ? write(left - 1) : result;
    };
    expect(await write(30)).toMatchObject({ error: { code: 'device.timeout' } });
    await stuck.close();
    const pulled = await open();
    const closed = new Promise((resolve) => pulled.onClose(resolve));
    await file.close();
    await closed;
    expect(await pulled.write(Uint8Array.of(1))).toMatchObject({
      error: { code: 'device.offline' },
    });
  });
});
