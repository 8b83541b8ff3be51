import { TLSSocket } from 'node:tls';
import { buildConnector, Client, errors, type Dispatcher } from 'undici';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { HttpAnswer, HttpRequest, Network, NetworkFailure } from '../ports.ts';
import { isProvedAt, isTlsCode, trusting } from './certificate.ts';

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
  const tls = error instanceof errors.SecureProxyConnectionError || isTlsCode(code);
  return { kind: tls ? 'tls' : 'unreachable', detail: code ?? message };
}

async function readAll(
  body: Dispatcher.ResponseData['body'],
  max: number,
  onBytes: () => void,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    onBytes();
    length += chunk.length;
    if (length > max) return undefined;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** One byte a millisecond: a line so slow still counts as one, 2G on a bad day. */
const SLOWEST_MS_PER_BYTE = 1;

/** Aborts when nothing came for too long, and in any case when it all took too long. */
function patience(request: HttpRequest): {
  readonly signal: AbortSignal;
  readonly ranOut: () => boolean;
  readonly more: () => void;
  readonly end: () => void;
} {
  const { deadlineMs, body, maxAnswerBytes = DEFAULT_MAX_ANSWER } = request;
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const sending = deadlineMs + (body?.length ?? 0) * SLOWEST_MS_PER_BYTE;
  const whole = setTimeout(abort, sending + deadlineMs + maxAnswerBytes * SLOWEST_MS_PER_BYTE);
  let quiet = setTimeout(abort, sending);
  return {
    signal: request.signal
      ? AbortSignal.any([request.signal, controller.signal])
      : controller.signal,
    ranOut: () => controller.signal.aborted,
    more() {
      clearTimeout(quiet);
      quiet = setTimeout(abort, deadlineMs);
    },
    end() {
      clearTimeout(quiet);
      clearTimeout(whole);
    },
  };
}

type CertificateAt = HttpRequest['certificateAt'];

/** Connects; where the certificate is not to be checked by the machine's clock it is checked here. */
function connector(ca: string | undefined, at: CertificateAt): buildConnector.connector {
  const pinned = ca === undefined ? {} : trusting(ca);
  if (at === undefined) return buildConnector(pinned);
  const open = buildConnector({ ...pinned, rejectUnauthorized: false });
  return (options, callback) => {
    open(options, (...[error, socket]: Parameters<buildConnector.Callback>) => {
      const proved =
        error !== null ||
        at === 'any' ||
        !(socket instanceof TLSSocket) ||
        isProvedAt(socket, options.hostname, at, ca);
      if (proved) {
        callback(...([error, socket] as Parameters<buildConnector.Callback>));
        return;
      }
      socket.destroy();
      callback(Object.assign(new Error('not proved'), { code: 'CERT_NOT_PROVED' }), null);
    });
  };
}

/**
 * HTTP/1.1 to one base address. Redirects are answers, not followed; the deadline covers every part of the
 * exchange, the body included.
 */
export function createUndiciNetwork(options: NetworkOptions): ClosableNetwork {
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/$/, '');
  // one connection a request at most, no pipelining: an answer never waits behind another
  const clients = new Set<Client>();
  const idle: Client[] = [];
  const take = (at: CertificateAt): Client => {
    // what was checked in another way is not used for others
    const client =
      (at === undefined ? idle.pop() : undefined) ??
      new Client(base.origin, { pipelining: 1, connect: connector(options.ca, at) });
    clients.add(client);
    return client;
  };

  async function exchange(
    client: Client,
    request: HttpRequest,
    { signal, more }: Pick<ReturnType<typeof patience>, 'signal' | 'more'>,
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
    more();
    const most = request.maxAnswerBytes ?? DEFAULT_MAX_ANSWER;
    const body = await readAll(answer.body, most, more);
    if (!body) return err({ kind: 'answerTooLong', detail: `status ${answer.statusCode}` });
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
    }
    return ok({ status: answer.statusCode, headers, body });
  }

  return {
    async request(request) {
      const wait = patience(request);
      const client = take(request.certificateAt);
      try {
        const answer = await exchange(client, request, wait);
        const again = answer.ok && !client.destroyed && request.certificateAt === undefined;
        if (again) idle.push(client);
        else await client.destroy();
        return answer;
      } catch (error) {
        await client.destroy();
        if (request.signal?.aborted) return err({ kind: 'cancelled', detail: 'stopped' });
        if (wait.ranOut()) {
          return err({ kind: 'timeout', detail: `no answer in ${request.deadlineMs} ms` });
        }
        return err(failureOf(error));
      } finally {
        wait.end();
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
