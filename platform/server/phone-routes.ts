import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest, preParsingHookHandler } from 'fastify';
import { z } from 'zod';
import type { PhoneTransfer } from '../../domain/wire/phone.ts';
import { phonePage } from '../phone/phone-page.ts';
import type { PhoneRefusal } from '../phone/transfers.ts';
import { isoTime } from '../time.ts';
import { terminalOf } from './auth.ts';
import type { PlatformContext } from './context.ts';
import { ProblemError, readAs } from './problem.ts';

const transferId = z.string().regex(/^[A-Za-z0-9_-]{22}$/);
const params = z.object({ transferId });
const pageParams = z.object({ transferId, number: z.coerce.number().int().min(1).max(1000) });
const claimHeader = z.object({ 'x-bianmin-claim': z.string().max(100) });
const SEALED_TYPE = 'application/vnd.bianmin.phone-page';
/** Beside what other pages may: pictures that the phone itself made for its preview. */
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src blob:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

const PROBLEM_OF = {
  gone: 'notFound',
  taken: 'conflict',
  full: 'tooLarge',
  noPage: 'malformed',
} as const satisfies Record<PhoneRefusal, string>;

function refuse(refusal: PhoneRefusal): never {
  throw new ProblemError(PROBLEM_OF[refusal]);
}

/** Photographs from phones: begun and fetched by terminals, sent by the page at /p. */
export function phoneRoutes(app: FastifyInstance, context: PlatformContext): void {
  const { phones, publicUrl } = context;
  const script = readFileSync(join(import.meta.dirname, '..', 'phone', 'phone-page.js'));
  const bodyLimit = phones.limits.maxPageBytes;
  app.addContentTypeParser(
    SEALED_TYPE,
    { parseAs: 'buffer', bodyLimit },
    (_request, body, done) => {
      done(null, body);
    },
  );
  const noStore = (reply: FastifyReply): FastifyReply => reply.header('cache-control', 'no-store');

  app.post('/v1/phone-transfers', async (request, reply) => {
    const { terminalId } = await terminalOf(context, request);
    const opened = phones.open(terminalId);
    const answer: PhoneTransfer = {
      transferId: opened.transferId,
      pageUrl: `${publicUrl().replace(/\/$/, '')}/p/${opened.transferId}`,
      expiresAt: isoTime(opened.expiresAt),
    };
    return noStore(reply).code(201).send(answer);
  });

  app.get('/v1/phone-transfers/:transferId', async (request, reply) => {
    const { terminalId } = await terminalOf(context, request);
    const state = phones.state(terminalId, readAs(params, request.params).transferId);
    if (state === undefined) throw new ProblemError('notFound');
    return noStore(reply).send(state);
  });

  app.get('/v1/phone-transfers/:transferId/pages/:number', async (request, reply) => {
    const { terminalId } = await terminalOf(context, request);
    const asked = readAs(pageParams, request.params);
    const page = phones.page(terminalId, asked.transferId, asked.number);
    if (page === undefined) throw new ProblemError('notFound');
    return noStore(reply).type(SEALED_TYPE).send(page);
  });

  app.post('/v1/phone-transfers/:transferId/close', async (request, reply) => {
    const { terminalId } = await terminalOf(context, request);
    phones.close(terminalId, readAs(params, request.params).transferId);
    return reply.code(204).send();
  });

  app.get('/p/:transferId', async (_request, reply) =>
    noStore(reply)
      .header('content-security-policy', CSP)
      .type('text/html; charset=utf-8')
      .send(phonePage()),
  );

  app.get('/p/phone-page.js', async (_request, reply) =>
    noStore(reply).type('text/javascript; charset=utf-8').send(script),
  );

  app.post('/p/:transferId/claim', async (request, reply) => {
    const claimed = phones.claim(readAs(params, request.params).transferId);
    if (typeof claimed === 'string') refuse(claimed);
    return noStore(reply).code(201).send(claimed);
  });

  // anybody can send one: who it is and whether there is room is asked before a byte of it is held
  const expected = new WeakMap<FastifyRequest, () => void>();
  const preParsing: preParsingHookHandler = (request, reply, payload, done) => {
    const { 'x-bianmin-claim': claim } = readAs(claimHeader, request.headers);
    const announced = request.headers['content-length'];
    const room = phones.expect(
      readAs(params, request.params).transferId,
      claim,
      () => request.raw.destroy(),
      announced === undefined ? undefined : Number(announced),
    );
    if (typeof room === 'string') refuse(room);
    expected.set(request, room);
    reply.raw.once('close', room);
    // of a connection that broke before (a bearer is looked at on other threads) the answer tells no more
    finished(request.raw, (broken) => {
      if (broken) room();
    });
    done(null, payload);
  };

  app.post('/p/:transferId/pages', { preParsing }, async (request, reply) => {
    expected.get(request)?.();
    const { 'x-bianmin-claim': claim } = readAs(claimHeader, request.headers);
    const sealed = request.body;
    if (!Buffer.isBuffer(sealed)) throw new ProblemError('malformed', `send ${SEALED_TYPE}`);
    const added = phones.add(readAs(params, request.params).transferId, claim, sealed);
    if (typeof added === 'string') refuse(added);
    return noStore(reply).code(201).send(added);
  });

  app.post('/p/:transferId/finish', async (request, reply) => {
    const { 'x-bianmin-claim': claim } = readAs(claimHeader, request.headers);
    const refusal = phones.finish(readAs(params, request.params).transferId, claim);
    if (refusal !== undefined) refuse(refusal);
    return reply.code(204).send();
  });
}
