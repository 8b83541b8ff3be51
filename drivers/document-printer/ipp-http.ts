import type { TLSSocket } from 'node:tls';
import { buildConnector, Client } from 'undici';
import { err, ok, type Result } from '../../domain/result.ts';
import type { DriverClock } from '../device.ts';
import type { IppFailure } from './ipp-faults.ts';

/** One POST of IPP bytes. */
export interface IppPost {
  readonly body: Uint8Array;
  /** Whole time of the call, in ms. */
  readonly limitMs: number;
  readonly maxAnswerBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Where a printer is, by an address of the schemes http, https, ipp or ipps. */
export interface IppAddress {
  /** http or https. */
  readonly url: URL;
  /** The address as the printer knows it, ipp or ipps. */
  readonly printerUri: string;
}

const IPP_PORT = '631';
/** More than any printer needs to accept a connection, in ms. */
const CONNECT_MS = 10_000;

/** Throws a TypeError when the text is no address of a printer. */
export function ippAddress(text: string): IppAddress {
  const given = new URL(text);
  const isSecure = given.protocol === 'https:' || given.protocol === 'ipps:';
  if (!isSecure && given.protocol !== 'http:' && given.protocol !== 'ipp:') {
    throw new TypeError('a printer has an address of http, https, ipp or ipps');
  }
  const url = new URL(text.replace(/^[a-z]+:/i, isSecure ? 'https:' : 'http:'));
  url.username = '';
  url.password = '';
  if (given.protocol.startsWith('ipp') && given.port === '') url.port = IPP_PORT;
  const port = url.port === '' ? (isSecure ? '443' : '80') : url.port;
  const scheme = isSecure ? 'ipps' : 'ipp';
  return { url, printerUri: `${scheme}://${url.hostname}:${port}${url.pathname}` };
}

/**
 * Sends IPP bytes to one printer and gives the bytes of its answer. Never throws and never rejects; one
 * connection for each call, no redirect. `certificateSha256` is the fingerprint of the one certificate
 * that is believed, for printers that sign their own; without it the certificate must be a public one.
 */
export async function postIpp(
  url: URL,
  post: IppPost,
  clock: DriverClock,
  certificateSha256?: string,
): Promise<Result<Uint8Array, IppFailure>> {
  if (post.signal?.aborted) return err({ kind: 'cancelled', connected: false });
  const stop = new AbortController();
  let connected = false;
  let stoppedBy: 'cancelled' | 'timeout' = 'cancelled';
  const cancel = (): void => stop.abort();
  post.signal?.addEventListener('abort', cancel, { once: true });
  const noTimeout = clock.after(post.limitMs, () => {
    stoppedBy = 'timeout';
    stop.abort();
  });
  const client = new Client(url.origin, {
    connect: connector(certificateSha256, () => {
      connected = true;
    }),
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  try {
    const response = await client.request({
      method: 'POST',
      path: url.pathname + url.search,
      headers: { 'content-type': 'application/ipp', connection: 'close' },
      body: post.body,
      signal: stop.signal,
    });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > post.maxAnswerBytes) {
        return err({ kind: 'malformed', detail: `answer above ${post.maxAnswerBytes} bytes` });
      }
      chunks.push(chunk);
    }
    if (response.statusCode !== 200) return err({ kind: 'http', status: response.statusCode });
    return ok(new Uint8Array(Buffer.concat(chunks)));
  } catch (error) {
    if (stop.signal.aborted) return err({ kind: stoppedBy, connected });
    const detail = errorCode(error);
    if (UNTRUSTED.test(detail)) return err({ kind: 'untrusted' });
    return err({ kind: 'unreachable', detail, connected });
  } finally {
    noTimeout();
    post.signal?.removeEventListener('abort', cancel);
    await client.destroy();
  }
}

const UNTRUSTED = /CERT|SELF_SIGNED|ERR_TLS|UNABLE_TO_/;

/** Looks at the certificate before the first byte of a document is sent. */
function connector(
  certificateSha256: string | undefined,
  onConnected: () => void,
): buildConnector.connector {
  const pinned = certificateSha256?.replaceAll(':', '').toUpperCase();
  const connect = buildConnector({
    timeout: CONNECT_MS,
    ...(pinned === undefined ? {} : { rejectUnauthorized: false }),
  });
  return (options, callback) => {
    connect(options, (...[error, socket]) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      if (pinned !== undefined && fingerprint(socket) !== pinned) {
        socket.destroy();
        callback(Object.assign(new Error('certificate'), { code: 'ERR_TLS_PINNED' }), null);
        return;
      }
      onConnected();
      callback(null, socket);
    });
  };
}

function fingerprint(socket: object): string | undefined {
  if (!('getPeerCertificate' in socket)) return undefined;
  return (socket as TLSSocket).getPeerCertificate().fingerprint256.replaceAll(':', '');
}

function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return error instanceof Error ? error.name : 'error';
}
