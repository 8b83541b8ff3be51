import type { FastifyInstance, FastifyRequest, preParsingHookHandler } from 'fastify';
import { z } from 'zod';
import { sha256Hex } from '../storage/files.ts';
import type { TerminalRow } from '../storage/port.ts';
import { placeOf, terminalOf } from './auth.ts';
import type { PlatformContext } from './context.ts';
import { ProblemError, readAs } from './problem.ts';
import type { Reception } from './reception.ts';

/** Media type of an envelope file. */
export const ENVELOPE_TYPE = 'application/vnd.bianmin.envelope';

/** `{submissionId}` of an address. */
export const submissionParams = z.object({ submissionId: z.string().regex(/^[0-9a-f]{32}$/) });

/** @throws ProblemError malformed unless the body came as an envelope file */
export function envelopeOf(body: unknown): Uint8Array {
  if (!Buffer.isBuffer(body)) throw new ProblemError('malformed', `send ${ENVELOPE_TYPE}`);
  return body;
}

/**
 * Whether what came is what was sent, by its hash in `Content-Digest` (RFC 9530). One that says none, or in words
 * that are not understood, is believed.
 */
function isAsSent(digest: string | string[] | undefined, body: unknown): boolean {
  const said = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec([digest].flat().join())?.[1];
  if (said === undefined) return true;
  const came = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
  return Buffer.from(said, 'base64').toString('hex') === sha256Hex(came);
}

/** PUT /v1/items/{submissionId}. */
export function itemRoutes(
  app: FastifyInstance,
  context: PlatformContext,
  reception: Reception,
): void {
  const { limits } = context;
  app.addContentTypeParser(
    ENVELOPE_TYPE,
    { parseAs: 'buffer', bodyLimit: limits.envelopeBytes },
    (_request, body, done) => done(null, body),
  );

  // who sends it is asked before a byte of it is held
  const senders = new WeakMap<FastifyRequest, TerminalRow>();
  const preParsing: preParsingHookHandler = (request, _reply, payload, done) => {
    terminalOf(context, request).then((sender) => {
      senders.set(request, sender);
      done(null, payload);
    }, done);
  };

  app.put(
    '/v1/items/:submissionId',
    { bodyLimit: limits.envelopeBytes, preParsing },
    async (request, reply) => {
      const early = senders.get(request);
      // it may have been revoked while its bytes came
      const sender = early && (await context.storage.terminals.find(early.terminalId));
      if (!sender) throw new ProblemError('unauthorised');
      if (sender.revokedAt !== null) throw new ProblemError('revoked');
      const { submissionId } = readAs(submissionParams, request.params);
      // a proxy on the way cut it short or changed it: sent once more it may come whole
      if (!isAsSent(request.headers['content-digest'], request.body)) {
        throw new ProblemError('hashMismatch', 'what came is not what was sent');
      }
      const place = placeOf(sender);
      const answer = await reception.takeIn(submissionId, envelopeOf(request.body), {
        place,
        // who brings it is known by its token, and who sealed it by the item's own signature: a terminal that moved
        // still has items of before, and so has one that was enrolled anew at its place
        mayBring(sealer) {
          if (sealer.revokedAt === null || placeOf(sealer) === place) return;
          throw new ProblemError('malformed', 'its terminal was revoked', 'sealerRevoked');
        },
      });
      return reply.code(201).send(answer);
    },
  );
}
