import { chmod, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** What the admin socket answers with; one line of JSON each. */
export type AdminCommands = Readonly<Record<string, () => unknown>>;

/**
 * A Unix socket for the technician's tools, for the terminal's own user only (0600). A line
 * `{"do":"status"}` gets a line of JSON back.
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
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).on('line', (line) => {
      socket.write(`${JSON.stringify(answer(line, commands))}\n`);
    });
  });
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

function answer(line: string, commands: AdminCommands): unknown {
  try {
    const asked = JSON.parse(line) as { readonly do?: unknown } | null;
    const name = typeof asked?.do === 'string' ? asked.do : '';
    const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (run === undefined) return { ok: false, error: 'unknown', known: Object.keys(commands) };
    return { ok: true, value: run() };
  } catch {
    return { ok: false, error: 'malformed' };
  }
}
