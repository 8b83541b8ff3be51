// Test support: lines that are no device we know. Not part of the product.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProbeTimings } from './contract.ts';

/** Long enough for a slow machine; whoever answers ends the wait. */
export const PATIENT: Partial<ProbeTimings> = {
  connectMs: 10_000,
  listenMs: 40,
  answerMs: 1_200,
  settleMs: 40,
  candidateMs: 60_000,
};

/** For lines on which nothing sensible is to be waited for. */
export const HASTY: Partial<ProbeTimings> = {
  ...PATIENT,
  listenMs: 30,
  answerMs: 60,
  settleMs: 10,
};

/** Whether ptys can be made here. */
export const socatInstalled = spawnSync('socat', ['-V']).status === 0;

/** A TCP server on 127.0.0.1 that does as told with each connection. */
export interface Stranger {
  readonly host: string;
  readonly port: number;
  /** All bytes that it was ever sent. */
  readonly heard: number[];
  /** Connections that are open now. */
  open(): number;
  close(): Promise<void>;
}

/** Starts a server that is no device. */
export async function stranger(
  serve: (socket: Socket, heard: readonly number[]) => void = () => undefined,
  at: { readonly host: string; readonly port: number } = { host: '127.0.0.1', port: 0 },
): Promise<Stranger> {
  const heard: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Uint8Array) => heard.push(...bytes));
    serve(socket, heard);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => resolve());
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    host: at.host,
    port: address.port,
    heard,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Numbers that look random and are the same in every run. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
}

/** A serial port (the near end of a pty) whose other end is a TCP port. */
export interface Pty {
  readonly path: string;
  close(): Promise<void>;
}

/** Makes a pty to a TCP port; a port that closes and opens again is bridged again. */
export async function pty(port: number): Promise<Pty> {
  const folder = mkdtempSync(join(tmpdir(), 'bianmin-probe-'));
  const path = join(folder, 'tty');
  let closed = false;
  let socat: ChildProcess;
  const start = (): void => {
    socat = spawn('socat', [`pty,rawer,link=${path}`, `tcp:127.0.0.1:${String(port)}`], {
      stdio: 'ignore',
    });
    socat.once('exit', () => {
      if (!closed) setTimeout(() => closed || start(), 20);
    });
  };
  start();
  const end = performance.now() + 15_000;
  while (!existsSync(path)) {
    if (performance.now() > end) throw new Error('the pty never came');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    path,
    async close() {
      closed = true;
      if (socat.exitCode === null && socat.signalCode === null) {
        const exited = new Promise((resolve) => socat.once('exit', resolve));
        socat.kill();
        await exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
