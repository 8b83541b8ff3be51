import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { answersTo, type AdminCommands } from './admin-socket-answers.ts';

export type { AdminCommands } from './admin-socket-answers.ts';

/** Longest request; who sends more speaks no language of ours. */
const MAX_LINE = 65_536;

/** Requests of one connection that may wait for their turn. */
const MAX_WAITING = 16;

/** Tools that may be connected at once. */
const MAX_CONNECTIONS = 32;

/**
 * A Unix socket for the technician's tools, for the terminal's own user only (0600). A line of JSON
 * `{"do":"status"}` gets a line of JSON back, or several from a command that goes on; the requests of one
 * connection are answered one after the other. What runs for a connection stops when it hangs up.
 * @returns a function that closes and removes it
 */
export async function openAdminSocket(
  path: string,
  commands: AdminCommands,
): Promise<() => Promise<void>> {
  await rm(path, { force: true });
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    serve(socket, commands);
  });
  server.maxConnections = MAX_CONNECTIONS;
  const before = process.umask(0o177);
  try {
    await listen(server, path);
  } finally {
    process.umask(before);
  }
  await chmod(path, 0o600);
  return async () => {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await rm(path, { force: true });
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
}

function serve(socket: Socket, commands: AdminCommands): void {
  const gone = new AbortController();
  let turn: Promise<void> = Promise.resolve();
  let waiting = 0;
  let rest = '';
  socket.on('error', () => socket.destroy());
  socket.once('close', () => gone.abort());
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    waiting += lines.length;
    if (rest.length > MAX_LINE || waiting > MAX_WAITING) {
      socket.destroy();
      return;
    }
    for (const line of lines) {
      turn = turn
        .then(() => answer(socket, line, commands, gone.signal))
        .catch(() => void socket.destroy())
        .finally(() => (waiting -= 1));
    }
  });
}

async function answer(
  socket: Socket,
  line: string,
  commands: AdminCommands,
  signal: AbortSignal,
): Promise<void> {
  for await (const one of answersTo(line, commands, signal)) {
    if (signal.aborted) return;
    if (!socket.write(`${JSON.stringify(one)}\n`)) await drained(socket);
  }
}

/** A tool that reads slowly is waited for, until it hangs up. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
    if (socket.destroyed) done();
  });
}
