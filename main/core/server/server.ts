import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Logger } from '../log/logger.ts';
import { cookieValue, type PageAccess } from './access.ts';
import { CaptureGate, wantedCapture, type WantedCapture } from './capture.ts';
import { NOT_BUILT, NOT_ENTERED, NOT_FOUND, TOKEN_USED } from './pages.ts';
import { lentTo } from './picture.ts';
import { createRpcHandler, type RpcServices } from './rpc.ts';
import { staticFile } from './static-files.ts';

/** What the server serves, and to whom. */
export interface ServerOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** Folder of the built page. */
  readonly pageRoot: string;
  readonly environment: 'production' | 'demo';
  readonly access: PageAccess;
  readonly services: RpcServices;
  readonly health: () => Readonly<Record<string, unknown>>;
  readonly log: Logger;
}

/** The running server, on 127.0.0.1 only. */
export interface CoreServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  close(): Promise<void>;
}

/** Ink is at most 600 kB of text; nothing else is large. */
const MAX_MESSAGE_BYTES = 1_000_000;
const MAX_CONNECTIONS = 16;
const MAX_MESSAGES_A_SECOND = 200;

/** Starts the HTTP and WebSocket server. Rejects when the port is taken. */
export async function startServer(options: ServerOptions): Promise<CoreServer> {
  const server = createServer();
  await listen(server, options.port);
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const host = `127.0.0.1:${port}`;
  const site = new Site(options, host);
  server.on('request', (request, response) => {
    site.answer(request, response).catch((error: unknown) => {
      options.log.error('a request ended with a bug', {
        bug: error instanceof Error ? error.name : 'unknown',
      });
      response.destroy();
    });
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const rpc = createRpcHandler(options.services);
  server.on('upgrade', (request, socket, head) => {
    if (!site.mayUpgrade(request) || sockets.clients.size >= MAX_CONNECTIONS) {
      refuse(socket);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (connection) => {
      connection.on('error', () => connection.terminate());
      const visitor = {};
      hangUpOnFloods(connection);
      // who came in by a PIN is out with the connection
      connection.on('close', () => {
        options.services.service.leave(visitor);
        options.services.camera.pageGone(visitor);
      });
      rpc.upgrade(connection, { context: { visitor } }).catch(() => connection.terminate());
    });
  });
  return {
    origin: `http://${host}`,
    async close() {
      for (const connection of sockets.clients) connection.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** A page asks a few times a second; what asks so much more is no page, and must not slow the terminal down. */
function hangUpOnFloods(connection: WebSocket): void {
  let since = performance.now();
  let heard = 0;
  connection.on('message', () => {
    const now = performance.now();
    if (now - since >= 1_000) {
      since = now;
      heard = 0;
    }
    heard += 1;
    if (heard > MAX_MESSAGES_A_SECOND) connection.terminate();
  });
}

function refuse(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}

class Site {
  readonly #options: ServerOptions;
  readonly #host: string;
  readonly #cookie: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #captures: CaptureGate;

  constructor(options: ServerOptions, host: string) {
    this.#options = options;
    this.#host = host;
    this.#captures = new CaptureGate(options.services.session);
    // cookies know no ports: two terminals on one machine must not take each other's
    this.#cookie = `bianmin_${host.split(':')[1] ?? ''}`;
    this.#headers = {
      'content-security-policy': [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "media-src 'self'",
        `connect-src 'self' ws://${host}`,
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
      // the document camera for our own page; everything else of the machine for nobody
      'permissions-policy': [
        'camera=(self)',
        ...['microphone', 'geolocation', 'display-capture', 'hid', 'serial', 'usb', 'midi'].map(
          (feature) => `${feature}=()`,
        ),
      ].join(', '),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    };
  }

  /** Only our own page, from our own address, with its cookie. */
  mayUpgrade(request: IncomingMessage): boolean {
    return (
      request.url === '/rpc' &&
      request.headers.host === this.#host &&
      request.headers.origin === `http://${this.#host}` &&
      this.#entered(request)
    );
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { host, origin } = request.headers;
    if (host !== this.#host || (origin !== undefined && origin !== `http://${this.#host}`)) {
      this.#html(response, 403, NOT_ENTERED);
      return;
    }
    const [path = '/', query = ''] = (request.url ?? '/').split('?');
    const wanted = wantedCapture(path, query);
    if (request.method === 'POST' && wanted !== undefined) {
      await this.#capture(request, response, wanted);
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      this.#send(response, 405, 'text/plain; charset=utf-8', 'GET\n', { allow: 'GET, HEAD' });
      return;
    }
    if (path === '/health') {
      this.#send(response, 200, 'application/json', JSON.stringify(this.#options.health()));
    } else if (path === '/enter') {
      this.#enter(response, new URLSearchParams(query).get('token') ?? '');
    } else if (this.#entered(request)) {
      await this.#page(response, path, {});
    } else if (path === '/' && this.#options.environment === 'demo') {
      // a demonstration is opened by hand
      await this.#page(response, path, { 'set-cookie': this.#setCookie() });
    } else {
      this.#html(response, 403, NOT_ENTERED);
    }
  }

  #entered(request: IncomingMessage): boolean {
    return this.#options.access.isCookie(cookieValue(request.headers.cookie, this.#cookie));
  }

  #setCookie(): string {
    const { access } = this.#options;
    return `${this.#cookie}=${access.newCookie()}; Path=/; HttpOnly; SameSite=Strict`;
  }

  /** A picture of the document camera; only our own page, which always names its origin here. */
  async #capture(
    request: IncomingMessage,
    response: ServerResponse,
    wanted: WantedCapture,
  ): Promise<void> {
    if (request.headers.origin === undefined || !this.#entered(request)) {
      request.resume();
      this.#html(response, 403, NOT_ENTERED, { connection: 'close' });
      return;
    }
    const { status, code } = await this.#captures.receive(request, wanted);
    if (code === 'taken') this.#options.services.camera.took();
    // what was not read is not waited for
    const rest = request.complete ? {} : { connection: 'close' };
    request.resume();
    this.#send(response, status, 'application/json', JSON.stringify({ code }), rest);
  }

  #enter(response: ServerResponse, token: string): void {
    if (!this.#options.access.use(token)) {
      this.#html(response, 403, TOKEN_USED);
      return;
    }
    this.#send(response, 303, 'text/plain; charset=utf-8', '', {
      location: '/',
      'set-cookie': this.#setCookie(),
    });
  }

  async #page(
    response: ServerResponse,
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    const previewId = /^\/preview\/([\w-]{10,64})$/.exec(path)?.[1];
    if (previewId !== undefined) {
      const { session } = this.#options.services;
      const page = session.preview(previewId);
      const photo = session.cards.photos.picture(previewId);
      if (page !== undefined) this.#send(response, 200, 'image/jpeg', lentTo(response, page));
      else if (photo !== undefined) {
        this.#send(response, 200, photo.mediaType, lentTo(response, photo.bytes));
      } else this.#html(response, 404, NOT_FOUND);
      return;
    }
    const file = await staticFile(this.#options.pageRoot, path);
    if (file === undefined) {
      if (path === '/') this.#html(response, 503, NOT_BUILT);
      else this.#html(response, 404, NOT_FOUND);
      return;
    }
    const kept = file.immutable
      ? { 'cache-control': 'private, max-age=31536000, immutable' }
      : { 'cache-control': 'no-store' };
    this.#send(response, 200, file.type, file.bytes, { ...kept, ...headers });
  }

  #html(
    response: ServerResponse,
    status: number,
    html: string,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    this.#send(response, status, 'text/html; charset=utf-8', html, headers);
  }

  #send(
    response: ServerResponse,
    status: number,
    type: string,
    body: string | Uint8Array,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    response.writeHead(status, {
      ...this.#headers,
      'content-type': type,
      'content-length': bytes.length,
      ...headers,
    });
    response.end(response.req.method === 'HEAD' ? undefined : bytes);
  }
}
