import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { wipe } from '../seal/give-back.ts';
import { lentTo } from './picture.ts';

/** More than the system takes from a socket at once. */
const LARGE = 16 * 1024 * 1024;

const server = createServer();
afterEach(() => {
  server.removeAllListeners('request');
  server.closeAllConnections();
  server.close();
});

async function asked(): Promise<IncomingMessage> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [answer] = (await once(get({ host: '127.0.0.1', port }), 'response')) as [IncomingMessage];
  return answer;
}

test('a page that is wiped while it is being sent arrives whole, and what was sent is overwritten', async () => {
  const page = new Uint8Array(LARGE).fill(7);
  let lent = new Uint8Array(0) as Uint8Array;
  const over = new Promise<void>((resolve) => {
    server.on('request', (_request, response) => {
      lent = lentTo(response, page);
      response.once('close', resolve);
      response.end(lent);
      wipe(page);
    });
  });
  const answer = await asked();
  expect(page.length).toBe(0);
  let sevens = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    sevens += chunk.every((byte) => byte === 7) ? chunk.length : 0;
  }
  expect(sevens).toBe(LARGE);
  await over;
  expect(lent.length).toBe(LARGE);
  expect(lent.every((byte) => byte === 0)).toBe(true);
});

test('one that is cut off in the middle is overwritten, too', async () => {
  let lent = new Uint8Array(0) as Uint8Array;
  const over = new Promise<void>((resolve) => {
    server.on('request', (_request, response) => {
      lent = lentTo(response, new Uint8Array(LARGE).fill(7));
      response.once('close', resolve);
      response.end(lent);
    });
  });
  (await asked()).destroy();
  await over;
  expect(lent.every((byte) => byte === 0)).toBe(true);
});

test('one that was wiped is not sent as an empty picture', () => {
  const page = new Uint8Array(100).fill(7);
  wipe(page);
  expect(() => lentTo({ once: () => expect.fail() }, page)).toThrow('wiped');
});
