import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CompactSign } from 'jose';
import { parseEnvelope, type EnvelopeHeader } from '../../../domain/envelope/header.ts';
import { err, ok } from '../../../domain/result.ts';
import type { BundleKind, FeedEvent, KeyBundle } from '../../../domain/wire/platform.ts';
import type { Network } from '../ports.ts';

/** How the far end behaves for a request; `undefined` means as the contract says. */
export type Behaviour =
  | {
      readonly status: number;
      readonly type?: string;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    }
  | 'silence'
  | 'loseAnswer';

interface Item {
  readonly file: Buffer;
  readonly header: EnvelopeHeader;
  readonly sha256: string;
  readonly cursor: number;
  readonly answer: string;
}

/** A far end of the wire that speaks the contract from memory, and misbehaves when told to. */
export interface PlatformDouble {
  readonly url: string;
  /** The same far end without a socket between: a silence is a deadline that has passed. */
  readonly network: Network;
  readonly items: Map<string, Item>;
  readonly attachments: Map<string, Buffer>;
  /** How often an item's PUT was answered 201. */
  readonly acknowledged: Map<string, number>;
  readonly log: string[];
  readonly events: FeedEvent[];
  archivedThrough: number;
  /** Left out of the feed while undefined, as older platforms do. */
  lastCursor: number | undefined;
  serverTime: () => number;
  /** Asked for every request. */
  behave: (request: { method: string; path: string }) => Behaviour | undefined;
  publish(kind: BundleKind, version: number, content: unknown, by?: KeyObject): Promise<void>;
  keys: (extra?: Partial<KeyBundle>) => KeyBundle;
  terminalKey: string | undefined;
  lastReceiptNumber: string | null;
  close(): Promise<void>;
}

/** What an answer hangs on. */
type Asked = Pick<IncomingMessage, 'method' | 'headers'>;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const problem = (status: number, code: string): Behaviour => ({
  status,
  type: 'application/problem+json',
  body: JSON.stringify({ type: 'about:blank', title: code, status, code }),
});

/** Starts one on a free port of this machine. */
export async function startPlatformDouble(recipients: readonly string[]): Promise<PlatformDouble> {
  const root = generateKeyPairSync('ed25519');
  const rootPublic = String(root.publicKey.export({ format: 'jwk' }).x);
  const bundles = new Map<string, { jws: string; etag: string }>();
  const uploads = new Map<string, Buffer>();
  const tokens = new Set<string>();
  const double: PlatformDouble = {
    url: '',
    network: {
      request: ({ method, path, headers = {}, body = new Uint8Array() }) => {
        const url = new URL(path, 'http://double');
        double.log.push(`${method} ${url.pathname}`);
        const told = double.behave({ method, path: url.pathname });
        const answer =
          told === undefined || told === 'loseAnswer'
            ? answerTo({ method, headers }, url, Buffer.from(body))
            : told;
        if (answer === 'silence') return Promise.resolve(err({ kind: 'timeout', detail: '' }));
        if (told === 'loseAnswer' || answer === 'loseAnswer') {
          return Promise.resolve(err({ kind: 'unreachable', detail: 'ECONNRESET' }));
        }
        const type = answer.type === undefined ? {} : { 'content-type': answer.type };
        return Promise.resolve(
          ok({
            status: answer.status,
            headers: { ...type, ...answer.headers },
            body: Buffer.from(answer.body ?? ''),
          }),
        );
      },
    },
    items: new Map(),
    attachments: new Map(),
    acknowledged: new Map(),
    log: [],
    events: [],
    archivedThrough: 0,
    lastCursor: undefined,
    serverTime: () => Date.now(),
    behave: () => undefined,
    terminalKey: undefined,
    lastReceiptNumber: null,
    keys: (extra = {}) => ({
      recipients: recipients.map((recipient) => ({
        id: createHash('sha256').update(recipient).digest('hex').slice(0, 16),
        recipient,
        purpose: 'platform',
      })),
      terminals:
        double.terminalKey === undefined
          ? []
          : [
              {
                terminalId: 'T-1',
                keyId: createHash('sha256')
                  .update(Buffer.from(double.terminalKey, 'base64url'))
                  .digest('hex')
                  .slice(0, 8),
                publicKey: double.terminalKey,
                place: '500199001001',
              },
            ],
      ...extra,
    }),
    async publish(kind, version, content, by = root.privateKey) {
      const payload = { kind, version, issuedAt: '2026-01-01T00:00:00Z', content };
      const jws = await new CompactSign(Buffer.from(JSON.stringify(payload)))
        .setProtectedHeader({ alg: 'EdDSA', typ: 'bianmin-bundle+jws', kind, version })
        .sign(by);
      bundles.set(kind, {
        jws,
        etag: `"${kind}-${createHash('sha256').update(jws).digest('hex')}"`,
      });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const time = (): string => new Date(double.serverTime()).toISOString();
  const json = (status: number, value: unknown, headers?: Record<string, string>): Behaviour => ({
    status,
    type: 'application/json',
    body: JSON.stringify(value),
    ...(headers ? { headers } : {}),
  });

  const putItem = (id: string, file: Buffer): Behaviour => {
    const parsed = parseEnvelope(file, (bytes) => Buffer.from(bytes).toString('utf8'));
    if (!parsed || parsed.header.id !== id) return problem(400, 'malformed');
    const sha256 = createHash('sha256').update(file).digest('hex');
    let item = double.items.get(id);
    if (item && item.sha256 !== sha256) return problem(409, 'conflict');
    if (parsed.header.attachments.some((each) => !double.attachments.has(each.sha256))) {
      return problem(422, 'attachmentsMissing');
    }
    if (!item) {
      const cursor = double.items.size + 1;
      const answer = JSON.stringify({
        result: 'received',
        submissionId: id,
        envelopeSha256: sha256,
        caseNumber: `CASE-${cursor}`,
        cursor,
        receivedAt: time(),
      });
      item = { file, header: parsed.header, sha256, cursor, answer };
      double.items.set(id, item);
    }
    double.acknowledged.set(id, (double.acknowledged.get(id) ?? 0) + 1);
    return { status: 201, type: 'application/json', body: item.answer };
  };

  const attachment = (request: Asked, sha256: string, body: Buffer): Behaviour => {
    const whole = double.attachments.get(sha256);
    const held = whole ?? uploads.get(sha256);
    if (request.method === 'HEAD') {
      if (!held) return { status: 404 };
      const length = whole?.length ?? Number(request.headers['x-length'] ?? lengths.get(sha256));
      return {
        status: 200,
        headers: { 'upload-offset': String(held.length), 'upload-length': String(length) },
      };
    }
    const offset = Number(request.headers['upload-offset']);
    const length = Number(request.headers['upload-length']);
    lengths.set(sha256, length);
    if (offset !== (held?.length ?? 0)) return problem(409, 'offsetMismatch');
    const now = Buffer.concat([held ?? Buffer.alloc(0), body]);
    uploads.set(sha256, now);
    const complete = now.length === length;
    if (complete) {
      uploads.delete(sha256);
      if (createHash('sha256').update(now).digest('hex') !== sha256) {
        return problem(422, 'hashMismatch');
      }
      double.attachments.set(sha256, now);
    }
    return json(200, { result: 'stored', sha256, offset: now.length, complete });
  };
  const lengths = new Map<string, number>();

  const answerTo = (request: Asked, url: URL, body: Buffer): Behaviour => {
    const { pathname } = url;
    if (pathname === '/v1/enrolments') {
      const asked = JSON.parse(body.toString()) as { publicKey: string };
      double.terminalKey = asked.publicKey;
      return json(201, {
        terminalId: 'T-1',
        region: '500199001',
        terminal: '001',
        generation: 1,
        lastReceiptNumber: double.lastReceiptNumber,
        bundleRoot: rootPublic,
        verifyBaseUrl: 'https://verify.example',
        serverTime: time(),
      });
    }
    if (pathname === '/v1/time') {
      const text = JSON.stringify({ nonce: url.searchParams.get('nonce'), serverTime: time() });
      return {
        status: 200,
        type: 'application/json',
        body: text,
        headers: {
          'x-bianmin-signature': sign(null, Buffer.from(text), root.privateKey).toString(
            'base64url',
          ),
        },
      };
    }
    if (pathname === '/v1/tokens') {
      const { assertion } = JSON.parse(body.toString()) as { assertion: string };
      const claims = JSON.parse(
        Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString(),
      ) as { iat: number };
      if (Math.abs(claims.iat * 1000 - double.serverTime()) > 60_000) {
        return problem(401, 'unauthorised');
      }
      const accessToken = `token-${tokens.size + 1}`;
      tokens.add(accessToken);
      return json(201, { accessToken, expiresInSeconds: 900, serverTime: time() });
    }
    const bearer = (request.headers.authorization ?? '').replace('Bearer ', '');
    if (!tokens.has(bearer)) return problem(401, 'unauthorised');
    const [, , room, name = ''] = pathname.split('/');
    if (room === 'bundles') {
      const bundle = bundles.get(name);
      if (!bundle) return problem(404, 'notFound');
      if (request.headers['if-none-match'] === bundle.etag) return { status: 304 };
      return {
        status: 200,
        type: 'application/jose',
        body: bundle.jws,
        headers: { etag: bundle.etag },
      };
    }
    if (room === 'items') return putItem(name, body);
    if (room === 'attachments') return attachment(request, name, body);
    if (room === 'heartbeats') return json(202, { result: 'noted', serverTime: time() });
    if (room === 'feed') {
      const after = Number(url.searchParams.get('after'));
      const events = double.events.filter((event) => event.cursor > after);
      return json(200, {
        events,
        cursor: events.at(-1)?.cursor ?? after,
        more: false,
        archivedThrough: double.archivedThrough,
        ...(double.lastCursor === undefined ? {} : { lastCursor: double.lastCursor }),
        serverTime: time(),
      });
    }
    return problem(404, 'notFound');
  };

  const write = (response: ServerResponse, behaviour: Behaviour): void => {
    if (behaviour === 'silence') return;
    if (behaviour === 'loseAnswer') {
      response.destroy();
      return;
    }
    response.writeHead(behaviour.status, {
      ...(behaviour.type === undefined ? {} : { 'content-type': behaviour.type }),
      ...behaviour.headers,
    });
    response.end(behaviour.body);
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://double');
    const method = request.method ?? 'GET';
    double.log.push(`${method} ${url.pathname}`);
    const behaviour = double.behave({ method, path: url.pathname });
    const body = await bodyOf(request);
    if (behaviour === undefined) {
      write(response, answerTo(request, url, body));
      return;
    }
    // the platform did its work, but its answer gets lost
    if (behaviour === 'loseAnswer') answerTo(request, url, body);
    write(response, behaviour);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(double, { url: `http://127.0.0.1:${port}` });
}
