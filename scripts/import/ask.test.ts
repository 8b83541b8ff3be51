import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Agent, fetch } from 'undici';
import { trusting } from '../../main/core/adapters/certificate.ts';
import { temporaryFolder } from '../../tests/platform-kit/platform.ts';
import { createAuthority, hasOpenssl } from '../../tests/support/certificates.ts';
import { createAsk } from './ask.ts';

/** Where a request for `path` goes. */
async function addressOf(platform: string, path: string): Promise<string | undefined> {
  const went: string[] = [];
  const ask = createAsk({
    platform,
    token: 'token',
    fetch: (url) => {
      went.push(url.href);
      return Promise.resolve(Response.json({}));
    },
  });
  expect(await ask('PUT', path)).toEqual({ status: 200, body: {} });
  expect(went).toHaveLength(1);
  return went[0];
}

test.each([
  ['https://gov.example', 'https://gov.example'],
  ['https://gov.example/', 'https://gov.example'],
  ['https://gov.example:8443/bianmin', 'https://gov.example:8443/bianmin'],
  ['https://gov.example/a/bianmin/', 'https://gov.example/a/bianmin'],
  ['https://gov.example//other.example/', 'https://gov.example//other.example'],
])('of a platform at %s, all is asked below it and of no other host', async (platform, below) => {
  expect(await addressOf(platform, '/v1/admin/items/1?alsoRevoked=1')).toBe(
    `${below}/v1/admin/items/1?alsoRevoked=1`,
  );
});

/** What was opened by a test. */
const opened: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

async function portOf(server: Server | HttpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  opened.push({ close: () => server.close() });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test('who points elsewhere is not followed: what is sealed goes to the platform only', async () => {
  const asked: string[] = [];
  const elsewhere = createHttpServer((request, response) => {
    asked.push(String(request.url));
    response.end('{}');
  });
  const other = await portOf(elsewhere);
  const platform = createHttpServer((_request, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${String(other)}/taken` }).end();
  });
  const ask = createAsk({
    platform: `http://127.0.0.1:${String(await portOf(platform))}`,
    token: 'token',
  });
  const body = new Uint8Array([1, 2, 3]);
  expect(await ask('PUT', '/v1/admin/items/1', 'application/octet-stream', body)).toEqual({
    status: 307,
    body: undefined,
  });
  expect(asked).toEqual([]);
});

/** A TLS alert, fatal: internal_error. */
const ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 80]);
/** On the line: the first connection ends with an alert, in the next what the platform says is spoiled, the others are left alone. */
function openMiddlebox(target: number): Promise<number> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const middlebox = createServer((near) => {
    connections += 1;
    const count = connections;
    const far = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => other.destroy());
    }
    near.on('data', (bytes) => {
      if (count === 1) near.end(ALERT);
      else far.write(bytes);
    });
    far.on('data', (bytes) => {
      const last = bytes.length - 1;
      if (count === 2) bytes.writeUInt8(bytes.readUInt8(last) ^ 1, last);
      near.write(bytes);
    });
  });
  opened.push({ close: () => sockets.forEach((socket) => socket.destroy()) });
  return portOf(middlebox);
}

/** Asks as the command does, and tells what went wrong on the way, by Node's words. */
function asking(port: number, ca?: string) {
  const dispatcher = new Agent({ connect: ca === undefined ? {} : trusting(ca) });
  opened.push({ close: () => dispatcher.destroy() });
  const codes: unknown[] = [];
  const rests: number[] = [];
  const ask = createAsk({
    platform: `https://localhost:${String(port)}`,
    token: 'token',
    fetch: (url, init) =>
      fetch(url, { ...init, dispatcher }).catch((error: unknown) => {
        codes.push(((error as Error).cause as NodeJS.ErrnoException).code);
        throw error;
      }),
    pause: (ms) => Promise.resolve(rests.push(ms)),
  });
  return { ask, codes, rests };
}

describe.skipIf(!hasOpenssl())('over TLS', () => {
  test('a connection that a middlebox spoils has dropped and is tried again: that says nothing of the platform', async () => {
    const folder = await temporaryFolder();
    opened.push({ close: () => folder.remove() });
    const authority = createAuthority(join(folder.path, 'authority'));
    const valid = [new Date('2024-01-01'), new Date('2070-01-01')] as const;
    const platform = createHttpsServer(
      authority.issue('localhost', ...valid),
      (request, response) => {
        request.resume().on('end', () => response.end('{}'));
      },
    );
    const port = await openMiddlebox(await portOf(platform));
    const { ask, codes, rests } = asking(port, authority.ca);
    expect(await ask('PUT', '/v1/admin/items/1', 'text/plain', 'sealed')).toEqual({
      status: 200,
      body: {},
    });
    expect(codes).toEqual([
      'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
      expect.stringMatching(/^ERR_SSL_/),
    ]);
    expect(rests).toEqual([1000, 2000]);
  });
});
if (!hasOpenssl()) console.log('NOT RUN: a spoiled connection (scripts/import): no openssl');

test('what speaks no TLS is asked once', async () => {
  const port = await portOf(createHttpServer());
  const { ask, codes, rests } = asking(port);
  expect(await ask('GET', '/')).toEqual({ notTrusted: 'ERR_SSL_WRONG_VERSION_NUMBER' });
  expect([codes.length, rests]).toEqual([1, []]);
});
