import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** Who is at the far end of a line. */
export interface FarEnd {
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void;
  readonly hear: (socket: WebSocket) => void;
}

/**
 * The address at which a page finds its core. It outlives a core: whoever comes after is found at the same
 * port, as a restarted core is, and what the browser already has of the page need not be fetched again.
 */
export class Line {
  readonly #sockets = new Set<WebSocket>();
  #far: FarEnd | undefined;
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** From now on this one answers. */
  async open(far: FarEnd): Promise<void> {
    this.#far = far;
    if (this.#server !== undefined) return;
    const server = createServer((request, response) => {
      if (this.#far === undefined) response.writeHead(503).end();
      else this.#far.answer(request, response);
    });
    const sockets = new WebSocketServer({ server, path: '/rpc' });
    sockets.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      if (this.#far === undefined) socket.terminate();
      else this.#far.hear(socket);
    });
    await new Promise<void>((resolve) => {
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Nobody answers any more; the port is kept for who comes next. */
  leave(): void {
    this.#far = undefined;
    for (const socket of this.#sockets) socket.terminate();
  }

  /** As kill -9 of a core: every line is cut, and nobody listens. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.leave();
    if (server === undefined) return;
    this.#server = undefined;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
