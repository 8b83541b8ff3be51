import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { HttpAnswer, HttpRequest } from '../../main/core/ports.ts';

/** One connection for all: nobody closes it. */
const SOCKET = Object.assign(new EventEmitter(), { remoteAddress: '127.0.0.1' });

/** A request as Node's server would hand it over, as far as the platform's server asks. */
class Incoming extends Readable {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly httpVersion = '1.1';
  readonly aborted = false;
  readonly socket = SOCKET;
  #body: Uint8Array | undefined;

  constructor({ method, path, headers, body }: HttpRequest) {
    super();
    this.method = method;
    this.url = path;
    this.headers = { host: 'platform.example' };
    for (const [name, value] of Object.entries(headers ?? {})) {
      this.headers[name.toLowerCase()] = value;
    }
    if (body) this.headers['content-length'] = String(body.length);
    this.#body = body;
  }

  override _read(): void {
    if (this.#body && this.#body.length > 0) this.push(this.#body);
    this.#body = undefined;
    this.push(null);
  }
}

type Said = string | number | readonly string[];

/** The answer, as far as the platform's server says anything. */
class Outgoing extends EventEmitter {
  statusCode = 200;
  headersSent = false;
  writableEnded = false;
  readonly destroyed = false;
  readonly #headers = new Map<string, string>();
  readonly #parts: Uint8Array[] = [];
  readonly #told: (answer: HttpAnswer) => void;

  constructor(told: (answer: HttpAnswer) => void) {
    super();
    this.#told = told;
  }

  setHeader(name: string, value: Said): void {
    this.#headers.set(name.toLowerCase(), String(value));
  }

  getHeader(name: string): string | undefined {
    return this.#headers.get(name.toLowerCase());
  }

  getHeaders(): Record<string, string> {
    return Object.fromEntries(this.#headers);
  }

  hasHeader(name: string): boolean {
    return this.#headers.has(name.toLowerCase());
  }

  removeHeader(name: string): void {
    this.#headers.delete(name.toLowerCase());
  }

  writeHead(status: number, headers: Readonly<Record<string, Said>> = {}): this {
    this.statusCode = status;
    for (const name in headers) {
      const value = headers[name];
      if (value !== undefined) this.setHeader(name, value);
    }
    this.headersSent = true;
    return this;
  }

  write(part: Uint8Array | string): boolean {
    this.headersSent = true;
    this.#parts.push(typeof part === 'string' ? Buffer.from(part) : part);
    return true;
  }

  end(part?: Uint8Array | string | null): void {
    if (this.writableEnded) return;
    if (part !== undefined && part !== null) this.write(part);
    this.headersSent = true;
    this.writableEnded = true;
    this.#told({
      status: this.statusCode,
      headers: this.getHeaders(),
      body: Buffer.concat(this.#parts),
    });
    this.emit('finish');
  }
}

/**
 * Hands a request to a server that does not listen. Fastify's own `inject` makes whole HTTP messages of both,
 * which costs more than what the platform does with them.
 */
export async function handOver(app: FastifyInstance, request: HttpRequest): Promise<HttpAnswer> {
  await app.ready();
  return new Promise((resolve) => {
    app.routing(
      new Incoming(request) as unknown as IncomingMessage,
      new Outgoing(resolve) as unknown as ServerResponse,
    );
  });
}
