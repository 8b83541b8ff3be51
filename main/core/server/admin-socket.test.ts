import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AdminRefusal, type AdminCommands } from './admin-socket-answers.ts';
import { Channel } from './admin-socket-channel.ts';
import { jpegSize } from '../devices/trial/jpeg-size.ts';
import { openAdminSocket } from './admin-socket.ts';

let folder: string;
let path: string;
let close: () => Promise<void> = () => Promise.resolve();
const stopped: string[] = [];
const sockets: Socket[] = [];

const commands: AdminCommands = {
  status: () => ({ fine: true }),
  later: async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return 'late';
  },
  refuse: () => new AdminRefusal('notNow', { until: 'noon' }),
  bug: () => {
    throw new Error('secret of the house');
  },
  echo: (request) => request,
  async *three() {
    yield await Promise.resolve(1);
    yield 2;
    yield 3;
  },
  async *halfway() {
    yield await Promise.resolve(1);
    yield new AdminRefusal('notNow');
    yield 3;
  },
  ticks: (_request, signal) => {
    const told = new Channel<number>(signal);
    told.push(1);
    signal.addEventListener('abort', () => stopped.push('ticks'));
    return told;
  },
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bianmin-admin-'));
  path = join(folder, 'admin.sock');
  close = await openAdminSocket(path, commands);
  stopped.length = 0;
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await close();
  await rm(folder, { recursive: true, force: true });
});

async function until(is: () => boolean): Promise<void> {
  const end = performance.now() + 60_000;
  while (!is()) {
    if (performance.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A tool on the socket, with all it heard so far. */
async function tool() {
  const socket = connect(path);
  sockets.push(socket);
  let text = '';
  let ended = false;
  socket.setEncoding('utf8');
  socket.on('data', (more: string) => (text += more));
  socket.on('error', () => undefined);
  socket.on('close', () => (ended = true));
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  const lines = (): string[] => text.split('\n').filter((line) => line !== '');
  return {
    socket,
    isEnded: () => ended,
    async hear(count: number): Promise<unknown[]> {
      await until(() => lines().length >= count);
      return lines().map((line) => JSON.parse(line) as unknown);
    },
  };
}

async function ask(line: string, count = 1): Promise<unknown[]> {
  const { socket, hear } = await tool();
  socket.write(`${line}\n`);
  return hear(count);
}

describe('the admin socket', () => {
  it("is for the terminal's own user only, and gone when it is closed", async () => {
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await close();
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('answers a value, also a late one, and says no in words', async () => {
    expect(await ask('{"do":"status"}')).toEqual([{ ok: true, value: { fine: true } }]);
    expect(await ask('{"do":"later"}')).toEqual([{ ok: true, value: 'late' }]);
    expect(await ask('{"do":"refuse"}')).toEqual([{ ok: false, error: 'notNow', until: 'noon' }]);
    expect(await ask('{"do":"echo","a":[1]}')).toEqual([{ ok: true, value: { a: [1] } }]);
  });

  it('gives several answers one by one, and says when it was the last or none follows', async () => {
    expect(await ask('{"do":"three"}', 4)).toEqual([
      { ok: true, event: 1 },
      { ok: true, event: 2 },
      { ok: true, event: 3 },
      { ok: true, done: true },
    ]);
    expect(await ask('{"do":"halfway"}', 2)).toEqual([
      { ok: true, event: 1 },
      { ok: false, error: 'notNow' },
    ]);
  });

  it('answers whatever else it is sent, and tells nothing of a bug', async () => {
    const known = Object.keys(commands);
    for (const [line, answer] of [
      ['{"do":"toString"}', { ok: false, error: 'unknown', known }],
      ['{"do":7}', { ok: false, error: 'unknown', known }],
      ['{}', { ok: false, error: 'unknown', known }],
      ['{"do":', { ok: false, error: 'malformed' }],
      ['null', { ok: false, error: 'malformed' }],
      ['["status"]', { ok: false, error: 'malformed' }],
      ['', { ok: false, error: 'malformed' }],
      ['{"do":"bug"}', { ok: false, error: 'failed' }],
    ] as const) {
      expect(await ask(line), line).toEqual([answer]);
    }
  });

  it('answers the requests of one connection in their order, however they are cut', async () => {
    const { socket, hear } = await tool();
    socket.write('{"do":"later"}\n{"do":"sta');
    socket.write('tus"}\n');
    expect(await hear(2)).toEqual([
      { ok: true, value: 'late' },
      { ok: true, value: { fine: true } },
    ]);
  });

  it('stops what runs for a tool that hangs up', async () => {
    const { socket, hear } = await tool();
    socket.write('{"do":"ticks"}\n');
    await hear(1);
    expect(stopped).toEqual([]);
    socket.destroy();
    await until(() => stopped.length > 0);
  });

  it('hangs up on a tool that sends no end of a line, or far too many', async () => {
    const endless = await tool();
    endless.socket.write('x'.repeat(100_000));
    await until(endless.isEnded);
    const many = await tool();
    many.socket.write('{"do":"ticks"}\n'.repeat(40));
    await until(many.isEnded);
    expect(await ask('{"do":"status"}')).toEqual([{ ok: true, value: { fine: true } }]);
  });
});

describe('the size of a JPEG', () => {
  it('is read from its frame, and unknown for anything else', () => {
    const sof = [0xff, 0xc2, 0, 11, 8, 0x0d, 0xb4, 0x09, 0xb0, 1, 1, 0x11, 0];
    const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, ...sof);
    expect(jpegSize(jpeg)).toEqual({ width: 2480, height: 3508 });
    for (const cut of [0, 2, 4, 10, 15]) expect(jpegSize(jpeg.subarray(0, cut))).toBeUndefined();
    expect(jpegSize(new Uint8Array(1_000))).toBeUndefined();
    expect(jpegSize(new Uint8Array(1_000).fill(0xff))).toBeUndefined();
  });
});
