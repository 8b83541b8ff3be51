import type { FastifyInstance, preParsingHookHandler } from 'fastify';
import { z } from 'zod';
import { type reconciliation, reconciliationRequest } from '../contract/admin.ts';
import { holdsWhole, sha256Hex } from '../storage/files.ts';
import { isoTime } from '../time.ts';
import { inTurns } from '../turns.ts';
import { placeOf, requireAdmin } from './auth.ts';
import type { PlatformContext } from './context.ts';
import { envelopeOf, submissionParams } from './item-routes.ts';
import { createReports } from './lost-of.ts';
import { ProblemError, readAs } from './problem.ts';
import type { Reception } from './reception.ts';

/** Media type of a whole sealed attachment. */
export const SEALED_FILE_TYPE = 'application/octet-stream';

const attachmentParams = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const terminalParams = z.object({ terminalId: z.string() });
const MAX_CHAIN = 16 * 1024 * 1024;
/**
 * Items that the chain should name and does not. What is later than its end by either clock is left to the next
 * chain: sealed later it cannot be there, and received later it may have been sealed while the chain was being
 * copied, or under a clock that was set back since.
 */
async function notInChain(
  items: PlatformContext['storage']['items'],
  candidates: z.output<typeof reconciliation>['unknown'],
  until: string | undefined,
): Promise<z.output<typeof reconciliation>['unknown']> {
  if (until === undefined) return candidates;
  const end = Date.parse(until);
  const unknown = [];
  for await (const candidate of inTurns(candidates)) {
    const item = await items.find(candidate.submissionId);
    const isLater = item && (Date.parse(item.createdAt) > end || Date.parse(item.receivedAt) > end);
    if (!isLater) unknown.push(candidate);
  }
  return unknown;
}

const itemQuery = z.object({ alsoRevoked: z.enum(['0', '1']).default('0') });

/**
 * What a person brought on a stick, by the admin token. The same reception as over the line: the item
 * that came both ways is one case, with one answer. `app` is a scope of the items' own: the parser
 * here takes whole attachments into memory.
 */
export function importRoutes(
  app: FastifyInstance,
  context: PlatformContext,
  reception: Reception,
): void {
  const { attachments, limits, storage, now } = context;
  const lostOf = createReports(context);
  // before a byte of a body is held: what comes here is large, and anybody can send it
  const preParsing: preParsingHookHandler = (request, _reply, payload, done) => {
    requireAdmin(context, request);
    done(null, payload);
  };
  app.addContentTypeParser(
    SEALED_FILE_TYPE,
    { parseAs: 'buffer', bodyLimit: limits.attachmentBytes },
    (_request, body, done) => done(null, body),
  );

  app.put(
    '/v1/admin/attachments/:sha256',
    { bodyLimit: limits.attachmentBytes, preParsing },
    async (request) => {
      const { sha256 } = readAs(attachmentParams, request.params);
      const file = request.body;
      if (!Buffer.isBuffer(file)) throw new ProblemError('malformed', `send ${SEALED_FILE_TYPE}`);
      if (sha256Hex(file) !== sha256) throw new ProblemError('hashMismatch');
      // one that was damaged here is written over: the stick may be the last that has it
      if (!(await holdsWhole(attachments, sha256))) await attachments.put(sha256, file);
      return { result: 'stored', sha256, offset: file.length, complete: true };
    },
  );

  app.put(
    '/v1/admin/items/:submissionId',
    { bodyLimit: limits.envelopeBytes, preParsing },
    async (request, reply) => {
      const { submissionId } = readAs(submissionParams, request.params);
      const { alsoRevoked } = readAs(itemQuery, request.query);
      const answer = await reception.takeIn(submissionId, envelopeOf(request.body), {
        mayBring(sealer) {
          // whoever stole a terminal can sign as it: what a revoked one sealed is a person's decision
          if (sealer.revokedAt !== null && alsoRevoked === '0') throw new ProblemError('revoked');
        },
      });
      await storage.accessLog.append({
        at: isoTime(now()),
        actor: 'admin-token',
        role: 'admin',
        action: 'importItem',
        subject: answer.caseNumber,
      });
      return reply.code(201).send(answer);
    },
  );

  app.post(
    '/v1/admin/terminals/:terminalId/reconciliations',
    { bodyLimit: MAX_CHAIN, preParsing },
    async (request) => {
      const { terminalId } = readAs(terminalParams, request.params);
      const terminal = await storage.terminals.find(terminalId);
      if (!terminal) throw new ProblemError('notFound');
      const { since, until, stored } = readAs(reconciliationRequest, request.body);
      const its = await storage.items.ofTerminal(terminalId, since);
      const here = new Map(its.map((item) => [item.submissionId, item.receiptNumber]));
      for await (const { submissionId } of inTurns(stored)) {
        if (here.has(submissionId)) continue;
        // sealed under an earlier enrolment, here or at the place it stood at before, or when its clock went otherwise
        const item = await storage.items.find(submissionId);
        if (!item) continue;
        // what a third place sealed is none of its items: its number says nothing
        const may = item.place === placeOf(terminal) || item.receiptNumber.startsWith(item.place);
        here.set(submissionId, may ? item.receiptNumber : '');
      }
      const told = new Set(stored.map(({ submissionId }) => submissionId));
      const same = stored.filter((item) => here.get(item.submissionId) === item.receiptNumber);
      const settled = new Set((await storage.items.givenUp()).map((item) => item.submissionId));
      const givenUp = same.filter(({ submissionId }) => settled.has(submissionId));
      // who wipes a terminal on this word may wipe the last copy of them
      const lost = await lostOf(same.filter(({ submissionId }) => !settled.has(submissionId)));
      const answer: z.output<typeof reconciliation> = {
        matching: same.length - givenUp.length - lost.length,
        missing: [...stored.filter(({ submissionId }) => !here.has(submissionId)), ...lost],
        differing: stored.filter((item) => {
          const number = here.get(item.submissionId);
          return number !== undefined && number !== item.receiptNumber;
        }),
        unknown: await notInChain(
          storage.items,
          its.filter(({ submissionId }) => !told.has(submissionId)),
          until,
        ),
        ...(givenUp.length > 0 ? { givenUp } : {}),
        ...(lost.length > 0 ? { lost } : {}),
      };
      return answer;
    },
  );
}
