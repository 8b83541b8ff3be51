import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PhoneTransfers } from '../phone/transfers.ts';
import type { PlatformContext } from './context.ts';
import { phoneRoutes } from './phone-routes.ts';
import { problemOf, sendProblem } from './problem.ts';

const PAGE = 1000;
const WAIT = { timeout: 60_000 };
/** There is room for two pages, of whatever phone. */
const LIMITS = { lifetimeMs: 600_000, maxPages: 10, maxPageBytes: PAGE, maxBytes: 2 * PAGE };

let app: FastifyInstance;
let phones: PhoneTransfers;

beforeEach(() => {
  phones = new PhoneTransfers(Date.now, LIMITS);
  app = fastify({ forceCloseConnections: true });
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, problemOf(error)));
});
afterEach(() => app.close());

async function listen(): Promise<void> {
  await app.register(async (scope) => {
    phoneRoutes(scope, { phones, publicUrl: () => '' } as unknown as PlatformContext);
    await Promise.resolve();
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
}

function claimed(terminalId: string): { readonly transferId: string; readonly claim: string } {
  const { transferId } = phones.open(terminalId);
  const answer = phones.claim(transferId);
  if (typeof answer === 'string') throw new Error(answer);
  return { transferId, claim: answer.claim };
}

/** Announces a page and sends none of it. */
async function announce({ transferId, claim }: ReturnType<typeof claimed>): Promise<Socket> {
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(
    `POST /p/${transferId}/pages HTTP/1.1\r\nHost: x\r\nX-Bianmin-Claim: ${claim}\r\n` +
      `Content-Type: application/vnd.bianmin.phone-page\r\nContent-Length: ${PAGE}\r\n\r\n`,
  );
  return socket;
}

/** Whether there is room for so many pages, each of another phone. */
function roomFor(pages: number): boolean {
  const rooms = Array.from({ length: pages }, (_, i) => {
    const { transferId, claim } = claimed(`other ${i}`);
    return phones.expect(transferId, claim, () => undefined);
  });
  for (const room of rooms) if (typeof room === 'function') room();
  return rooms.every((room) => typeof room === 'function');
}

describe('room for a page on its way', () => {
  it('is given back also when the connection broke before the page was heard', async () => {
    // as when a bearer is looked at on other threads, and the line breaks meanwhile
    let asked = 0;
    app.addHook('onRequest', (_request, reply, done) => {
      asked++;
      reply.raw.once('close', () => done());
    });
    await listen();
    const announced = vi.spyOn(phones, 'expect');
    const phone = claimed('t1');
    for (const count of [1, 2]) {
      const socket = await announce(phone);
      await vi.waitFor(() => expect(asked).toBe(count), WAIT);
      socket.destroy();
      await vi.waitFor(() => expect(announced).toHaveBeenCalledTimes(count), WAIT);
    }
    announced.mockRestore();
    await vi.waitFor(() => expect(roomFor(2)).toBe(true), WAIT);
  });

  it('ends with its transfer, and with it the request that sends nothing', async () => {
    await listen();
    const announced = vi.spyOn(phones, 'expect');
    const phone = claimed('t1');
    const sockets = [await announce(phone), await announce(phone)];
    await vi.waitFor(() => expect(announced).toHaveBeenCalledTimes(2), WAIT);
    announced.mockRestore();
    expect(roomFor(1)).toBe(false);
    const over = sockets.map((socket) => once(socket, 'close'));
    phones.open('t1');
    expect(roomFor(2)).toBe(true);
    await Promise.all(over);
  });
});
