import { Client, errors, type Dispatcher } from 'undici';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { HttpAnswer, HttpRequest, Network, NetworkFailure } from '../ports.ts';

/** The link to the platform that can be closed. */
export interface ClosableNetwork extends Network {
  close(): Promise<void>;
}

/** How the platform is reached. */
export interface NetworkOptions {
  /** Address of the platform, for example `https://platform.example`; a path is put before every path. */
  readonly baseUrl: string;
  /** PEM certificates that alone are trusted for this platform. Without it the system's. */
  readonly ca?: string;
}

const DEFAULT_MAX_ANSWER = 1024 * 1024;

function failureOf(error: unknown): NetworkFailure {
  const { code, message } =
    error instanceof Error ? (error as NodeJS.ErrnoException) : { code: undefined, message: '' };
  const tls =
    error instanceof errors.SecureProxyConnectionError ||
    /^(ERR_TLS|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|ERR_SSL)/.test(code ?? '');
  return { kind: tls ? 'tls' : 'unreachable', detail: code ?? message };
}

async function readAll(
  body: Dispatcher.ResponseData['body'],
  max: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > max) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/**
 * HTTP/1.1 to one base address. Redirects are answers, not followed; the deadline covers the whole
 * exchange, body included.
 */
export function createUndiciNetwork(options: NetworkOptions): ClosableNetwork {
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/$/, '');
  // one connection a request at most, no pipelining: an answer never waits behind another
  const clients = new Set<Client>();
  const idle: Client[] = [];
  const take = (): Client => {
    const client =
      idle.pop() ??
      new Client(base.origin, {
        pipelining: 1,
        ...(options.ca === undefined ? {} : { connect: { ca: options.ca } }),
      });
    clients.add(client);
    return client;
  };

  async function exchange(
    client: Client,
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<Result<HttpAnswer, NetworkFailure>> {
    const answer = await client.request({
      method: request.method,
      path: prefix + request.path,
      headers: { ...request.headers },
      body: request.body ?? null,
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const body = await readAll(answer.body, request.maxAnswerBytes ?? DEFAULT_MAX_ANSWER);
    if (!body) return err({ kind: 'answerTooLong', detail: `status ${answer.statusCode}` });
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
    }
    return ok({ status: answer.statusCode, headers, body });
  }

  return {
    async request(request) {
      const deadline = AbortSignal.timeout(request.deadlineMs);
      const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline;
      const client = take();
      try {
        const answer = await exchange(client, request, signal);
        if (answer.ok && !client.destroyed) idle.push(client);
        else await client.destroy();
        return answer;
      } catch (error) {
        await client.destroy();
        if (request.signal?.aborted) return err({ kind: 'cancelled', detail: 'stopped' });
        if (deadline.aborted) {
          return err({ kind: 'timeout', detail: `no answer in ${request.deadlineMs} ms` });
        }
        return err(failureOf(error));
      } finally {
        if (client.destroyed) clients.delete(client);
      }
    },
    async close() {
      await Promise.all([...clients].map((client) => client.destroy()));
      clients.clear();
      idle.length = 0;
    },
  };
}
