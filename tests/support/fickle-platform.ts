import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/**
 * What stands between terminal and platform. `honest`: passes everything on. `html`: a captive portal,
 * 200 to everything. `error`: 500 to everything. `silent`: takes the request and never answers.
 */
export type Manner = 'honest' | 'html' | 'error' | 'silent';

/** A way to the platform that can misbehave in one chosen manner. */
export interface FicklePlatform {
  readonly url: string;
  /** Requests that it did not pass on since the manner was set. */
  readonly swallowed: number;
  /** Catalogues that were handed on with a wrong signature. */
  readonly forged: number;
  /** Requests that hang are let go: whoever waits sees the line break. */
  set(manner: Manner): void;
  /** From now on every catalogue is newer and signed by nobody. */
  forgeCatalogue(on: boolean): void;
  close(): Promise<void>;
}

const HTML = '<!doctype html><title>Wi-Fi</title><h1>Please log in</h1>';

/** The version goes up, in header and payload; the signature stays what it was. */
function forge(jws: string): string {
  const [header = '', payload = '', signature = ''] = jws.split('.');
  const newer = (part: string): string => {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as {
      version: number;
    };
    return Buffer.from(JSON.stringify({ ...value, version: value.version + 1 })).toString(
      'base64url',
    );
  };
  return [newer(header), newer(payload), signature].join('.');
}

/** Opens one on loopback before `target`, an http address on loopback. */
export async function openFicklePlatform(target: string): Promise<FicklePlatform> {
  let manner: Manner = 'honest';
  let forging = false;
  let swallowed = 0;
  let forged = 0;
  const open = new Set<Socket>();

  const passOn = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const tamper = forging && incoming.url === '/v1/bundles/catalogue';
    const headers = { ...incoming.headers };
    // the whole bundle is wanted, not the word that it is the same
    if (tamper) delete headers['if-none-match'];
    const onward = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers },
      (answer) => {
        if (!tamper || answer.statusCode !== 200) {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
          return;
        }
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          forged += 1;
          const { 'content-length': _length, etag: _etag, ...rest } = answer.headers;
          outgoing.writeHead(200, rest).end(forge(Buffer.concat(chunks).toString('latin1')));
        });
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  };

  const server = createServer((incoming, outgoing) => {
    if (manner === 'honest') {
      passOn(incoming, outgoing);
      return;
    }
    swallowed += 1;
    incoming.resume();
    if (manner === 'silent') return;
    incoming.on('end', () => {
      outgoing.writeHead(manner === 'html' ? 200 : 500, { 'content-type': 'text/html' }).end(HTML);
    });
  });
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const letGo = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${String(port)}`,
    get swallowed() {
      return swallowed;
    },
    get forged() {
      return forged;
    },
    set(next) {
      if (manner === 'silent') letGo();
      manner = next;
      swallowed = 0;
    },
    forgeCatalogue(on) {
      forging = on;
    },
    async close() {
      letGo();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
