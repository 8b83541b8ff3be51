import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type {
  EnrolResponse,
  Feed,
  HeartbeatReceived,
  SignedTime,
  TokenResponse,
} from '../../domain/wire/platform.ts';
import { etagOf } from '../bundles.ts';
import { enrolRequest, heartbeat, tokenRequest } from '../contract/wire.ts';
import { publicKeyOf, signText, terminalKeyId } from '../keys.ts';
import { sha256Hex } from '../storage/files.ts';
import { dayInChina, isoTime } from '../time.ts';
import { unlockKeyOf } from '../unlock.ts';
import { addressOf } from './address.ts';
import { issueToken, placeOf, terminalOf } from './auth.ts';
import type { PlatformContext } from './context.ts';
import { createGuesses } from './guesses.ts';
import { ProblemError, readAs } from './problem.ts';

const MAX_FEED = 500;
const feedQuery = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(MAX_FEED).default(100),
});
const timeQuery = z.object({ nonce: z.string().regex(/^[\w-]{8,128}$/) });
const bundleParams = z.object({ kind: z.enum(['catalogue', 'keys', 'policy']) });

/** Enrolment, tokens, bundles, feed, heartbeats and the time. */
export function terminalRoutes(app: FastifyInstance, context: PlatformContext): void {
  const { storage, keys, bundles, now } = context;
  const serverTime = (): string => isoTime(now());
  const guesses = createGuesses(now);

  app.post('/v1/enrolments', async (request, reply) => {
    const wait = guesses.waitOf(addressOf(request));
    if (wait > 0) {
      void reply.header('retry-after', String(wait));
      throw new ProblemError('slowDown');
    }
    const { code, publicKey, softwareVersion } = readAs(enrolRequest, request.body);
    if (!publicKeyOf(publicKey)) throw new ProblemError('malformed', 'wrong: publicKey');
    const enrolled = await storage.terminals.enrol({
      codeSha256: sha256Hex(code),
      publicKey,
      keyId: terminalKeyId(Buffer.from(publicKey, 'base64url')),
      softwareVersion,
      at: serverTime(),
    });
    // a key that somebody else may have does not come back, by whatever code
    if (enrolled.kind === 'revokedKey') throw new ProblemError('revoked');
    if (enrolled.kind === 'keyElsewhere') {
      throw new ProblemError('conflict', 'this key is enrolled at another place');
    }
    if (enrolled.kind !== 'enrolled') {
      guesses.wrong(addressOf(request), sha256Hex(code));
      throw new ProblemError('unauthorised');
    }
    const { terminal } = enrolled;
    context.log.info({ terminalId: terminal.terminalId }, 'terminal enrolled');
    const answer: EnrolResponse = {
      terminalId: terminal.terminalId,
      region: terminal.region,
      terminal: terminal.terminal,
      generation: terminal.generation,
      lastReceiptNumber: await storage.items.lastReceiptNumber(
        placeOf(terminal),
        dayInChina(now()),
      ),
      bundleRoot: keys.bundleRootPublic,
      verifyBaseUrl: context.publicUrl(),
      unlockKey: unlockKeyOf(keys, terminal),
      serverTime: serverTime(),
    };
    return reply.code(201).send(answer);
  });

  // counted by itself: who asks for public pages keeps no terminal of the same address from its token
  app.post('/v1/tokens', { config: { rateLimit: {} } }, async (request, reply) => {
    const { assertion } = readAs(tokenRequest, request.body);
    const answer: TokenResponse = {
      accessToken: await issueToken(context, assertion),
      expiresInSeconds: context.tokenSeconds,
      serverTime: serverTime(),
    };
    return reply.code(201).send(answer);
  });

  app.get('/v1/bundles/:kind', async (request, reply) => {
    await terminalOf(context, request);
    const { kind } = readAs(bundleParams, request.params);
    const row = await bundles.current(kind);
    if (row === undefined) throw new ProblemError('notFound');
    const etag = etagOf(row);
    void reply.header('etag', etag).header('cache-control', 'private, no-cache');
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.type('application/jose').send(row.jws);
  });

  app.get('/v1/feed', async (request) => {
    const terminal = await terminalOf(context, request);
    const { after, limit } = readAs(feedQuery, request.query);
    const place = placeOf(terminal);
    const from = await storage.items.feedFrom(terminal.terminalId, place, after);
    const found = await storage.items.feed(place, from, limit + 1);
    const events = found.slice(0, limit);
    const incomplete = await context.archive.incomplete(place);
    const answer: Feed = {
      events,
      cursor: events.at(-1)?.cursor ?? from,
      more: found.length > limit,
      archivedThrough: await storage.archivedThrough(),
      lastCursor: await storage.items.lastCursor(),
      ...(incomplete.length > 0 ? { incomplete } : {}),
      serverTime: serverTime(),
    };
    return answer;
  });

  app.post('/v1/heartbeats', async (request, reply) => {
    const terminal = await terminalOf(context, request);
    const body = readAs(heartbeat, request.body);
    await storage.terminals.noteHeartbeat(terminal.terminalId, serverTime(), JSON.stringify(body));
    const answer: HeartbeatReceived = {
      result: 'noted',
      serverTime: serverTime(),
      audit: await storage.audit.newest(terminal.terminalId),
      bundles: await bundles.etags(),
    };
    return reply.code(202).send(answer);
  });

  app.get('/v1/time', (request, reply) => {
    const { nonce } = readAs(timeQuery, request.query);
    const answer: SignedTime = { nonce, serverTime: serverTime() };
    const body = JSON.stringify(answer);
    return reply
      .header('x-bianmin-signature', signText(keys.bundleRoot, body))
      .type('application/json; charset=utf-8')
      .send(body);
  });
}
