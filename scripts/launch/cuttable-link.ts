import { connect, createServer, type Server, type Socket } from 'node:net';

/** A link to the platform that can be cut and mended, as a digger and a repair crew would. */
export interface CuttableLink {
  /** What the terminal takes for the platform's address. */
  readonly url: string;
  /** Breaks what is open and refuses what comes. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Opens a link on loopback that hands bytes on to `target`, an http address on loopback. */
export async function openCuttableLink(target: string): Promise<CuttableLink> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let up = true;
  const server: Server = createServer((near) => {
    if (!up) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    }
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const breakAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${String(address.port)}`,
    cut() {
      up = false;
      breakAll();
    },
    mend() {
      up = true;
    },
    async close() {
      breakAll();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
