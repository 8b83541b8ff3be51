import { closeSync, existsSync, openSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { lockData } from '../../main/core/storage/data-lock.ts';
import { StorageError } from '../../main/core/storage/storage-error.ts';
import type { AdminAnswer } from '../../main/core/server/admin-socket-answers.ts';

/** Asks for something and gets the answers one by one. */
export interface DeviceDesk {
  /** Who holds the devices: the running core, or this process. */
  readonly holder: 'core' | 'self';
  /** Ends with its signal. An answer `gone` says that the core hung up. */
  ask(request: Readonly<Record<string, unknown>>, signal: AbortSignal): AsyncIterable<AdminAnswer>;
  close(): Promise<void>;
}

/** Whether a core runs on a data folder. `locked`, `denied`: one does, and cannot be asked. */
export type CoreFound =
  | { readonly is: 'running'; readonly desk: DeviceDesk }
  | { readonly is: 'none' | 'locked' | 'denied' };

/** A core that accepts and says nothing for so long is no core. */
const CONNECT_MS = 5_000;

function open(path: string): Promise<Socket | string> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const timer = setTimeout(() => {
      socket.destroy();
      resolve('ETIMEDOUT');
    }, CONNECT_MS);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve(error.code ?? 'error');
    });
  });
}

/** Whether this user has no right to write there; on a disk that is read-only nobody has anything to write. */
function isAnothers(dataDir: string): boolean {
  try {
    // by the rights that count: access(2) goes by those of whoever began the program
    closeSync(openSync(join(dataDir, 'lock'), 'r+'));
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EROFS';
  }
}

/** The lock is given back at once: a core that starts goes before this tool. */
function lockState(dataDir: string): 'none' | 'locked' | 'denied' {
  if (!existsSync(join(dataDir, 'lock'))) return 'none';
  try {
    lockData(dataDir, 0).release();
    return 'none';
  } catch (error) {
    const code = error instanceof StorageError ? error.code : undefined;
    if (code === 'inUse') return 'locked';
    // another user's: nobody here can tell; one that is damaged, or on a disk that takes nothing, no core holds
    return code === 'lockNotWritable' && isAnothers(dataDir) ? 'denied' : 'none';
  }
}

/** Looks for a core that runs on a data folder. Never rejects. */
export async function findCore(dataDir: string): Promise<CoreFound> {
  const path = join(dataDir, 'admin.sock');
  const found = await open(path);
  if (typeof found !== 'string') {
    found.destroy();
    return { is: 'running', desk: coreDesk(path) };
  }
  if (found === 'EACCES' || found === 'EPERM') return { is: 'denied' };
  return { is: lockState(dataDir) };
}

function coreDesk(path: string): DeviceDesk {
  return {
    holder: 'core',
    async *ask(request, signal) {
      const socket = await open(path);
      if (typeof socket === 'string') {
        yield { ok: false, error: 'gone' };
        return;
      }
      const hangUp = (): void => void socket.destroy();
      socket.on('error', hangUp);
      signal.addEventListener('abort', hangUp, { once: true });
      if (signal.aborted) hangUp();
      else socket.write(`${JSON.stringify(request)}\n`);
      try {
        for await (const line of createInterface({ input: socket })) {
          const answer = JSON.parse(line) as AdminAnswer;
          yield answer;
          if (!answer.ok || 'value' in answer || 'done' in answer) return;
        }
        if (!signal.aborted) yield { ok: false, error: 'gone' };
      } finally {
        signal.removeEventListener('abort', hangUp);
        hangUp();
      }
    },
    close: () => Promise.resolve(),
  };
}
