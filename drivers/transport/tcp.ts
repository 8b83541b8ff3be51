import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import { StreamLine, describeError } from './stream-line.ts';
import type { ByteLine, Transport } from './transport.ts';

/** Where a device listens. */
export interface TcpAddress {
  readonly host: string;
  readonly port: number;
  /** Default 5000. */
  readonly writeTimeoutMs?: number;
}

/**
 * Lines over TCP: network printers, and serial servers that pass bytes through.
 * Faults of `connect`: `device.offline` (refused, unreachable, no such name), `device.timeout` (nobody
 * answered by the deadline), `device.misconfigured` (no such port number), `device.cancelled`.
 */
export function tcpTransport(address: TcpAddress): Transport {
  return {
    address: `tcp:${address.host}:${address.port}`,
    connect: (options) => connectTcp(address, options),
  };
}

function connectTcp(
  { host, port, writeTimeoutMs = 5_000 }: TcpAddress,
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal?: AbortSignal },
): Promise<Result<ByteLine, Fault>> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535 || host === '') {
    return Promise.resolve(err(fault('device.misconfigured', { detail: 'host or port' })));
  }
  if (signal?.aborted === true) return Promise.resolve(err(fault('device.cancelled')));
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true });
    const settle = (result: Result<ByteLine, Fault>): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      socket.removeListener('connect', connected);
      socket.removeListener('error', failed);
      if (!result.ok) {
        socket.on('error', () => undefined);
        socket.destroy();
      }
      resolve(result);
    };
    const connected = (): void => {
      const line = new StreamLine(socket, { hangUp: () => destroySocket(socket), writeTimeoutMs });
      settle(ok(line));
    };
    const failed = (error: Error): void => {
      settle(err(fault('device.offline', { detail: describeError(error) })));
    };
    const cancel = (): void => {
      settle(err(fault('device.cancelled')));
    };
    const timer = setTimeout(() => {
      settle(err(fault('device.timeout', { detail: 'connect' })));
    }, deadlineMs);
    socket.once('connect', connected);
    socket.once('error', failed);
    signal?.addEventListener('abort', cancel, { once: true });
  });
}

function destroySocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) {
      resolve();
      return;
    }
    socket.once('close', () => {
      resolve();
    });
    socket.destroy();
  });
}
