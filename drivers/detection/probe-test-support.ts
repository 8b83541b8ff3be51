// Test support: lines that are no device we know. Not part of the product.
import { createServer, type Socket } from 'node:net';
import type { ProbeTimings } from './contract.ts';

/** Long enough for a slow machine; whoever answers ends the wait. */
export const PATIENT: Partial<ProbeTimings> = {
  connectMs: 10_000,
  listenMs: 40,
  answerMs: 1_200,
  settleMs: 40,
  bootMs: 300,
  candidateMs: 60_000,
};

/** For lines on which nothing sensible is to be waited for. */
export const HASTY: Partial<ProbeTimings> = {
  ...PATIENT,
  listenMs: 30,
  answerMs: 60,
  settleMs: 10,
  bootMs: 30,
};

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
