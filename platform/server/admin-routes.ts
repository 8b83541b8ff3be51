import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  type adminItem,
  type adminItemList,
  enrolmentCode,
  type unlockCodeAnswer,
  unlockCodeRequest,
} from '../contract/admin.ts';
import { sha256Hex } from '../storage/files.ts';
import { isArchived, type ItemRow } from '../storage/port.ts';
import { isoTime } from '../time.ts';
import { unlockCodeFor } from '../unlock.ts';
import { requireAdmin } from './auth.ts';
import type { PlatformContext } from './context.ts';
import { ProblemError, readAs } from './problem.ts';

const itemParams = z.object({ submissionId: z.string() });
const itemQuery = z.object({ clear: z.enum(['0', '1']).default('0') });
const listQuery = z.object({
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});
const archiveQuery = z.object({ new: z.enum(['0', '1']).default('0') });
const terminalParams = z.object({ terminalId: z.string() });

/** Routes for whoever runs the platform, by the admin token. */
export function adminRoutes(app: FastifyInstance, context: PlatformContext): void {
  const { storage, envelopes, attachments, opening, archive, now } = context;

  const note = (action: string, subject: string): Promise<void> =>
    storage.accessLog.append({
      at: isoTime(now()),
      actor: 'admin-token',
      role: 'admin',
      action,
      subject,
    });

  const clearOf = async (item: ItemRow): Promise<unknown> => {
    await note('openCase', item.caseNumber);
    const text = await opening.bodyText(item);
    return text.ok ? (JSON.parse(text.value) as unknown) : { error: text.error };
  };

  app.get('/v1/admin/items', async (request) => {
    requireAdmin(context, request);
    const { before, limit } = readAs(listQuery, request.query);
    const rows = await storage.items.list(limit, before);
    const answer: z.output<typeof adminItemList> = {
      items: rows.map(({ submissionId, receiptNumber, state, cursor }) => ({
        submissionId,
        receiptNumber,
        state,
        cursor,
      })),
    };
    return answer;
  });

  app.get('/v1/admin/items/:submissionId', async (request) => {
    requireAdmin(context, request);
    const { submissionId } = readAs(itemParams, request.params);
    const { clear } = readAs(itemQuery, request.query);
    const item = await storage.items.find(submissionId);
    if (!item) throw new ProblemError('notFound');
    const twins = await storage.items.findByReceipt(item.receiptNumber);
    const givenUp = item.givenUp.map(({ sha256 }) => sha256);
    const hashes: string[] = [];
    for (const { sha256 } of item.attachments) {
      if (givenUp.includes(sha256)) continue;
      hashes.push(sha256Hex(await attachments.read(sha256)));
    }
    const answer: z.output<typeof adminItem> = {
      copies: new Set([item.submissionId, ...twins.map((twin) => twin.submissionId)]).size,
      conflicts: item.conflicts.length,
      submissionId,
      receiptNumber: item.receiptNumber,
      service: item.serviceId,
      state: item.state,
      reviewed: item.reviewedAt !== null,
      problems: [...item.problems],
      caseNumber: item.caseNumber,
      receivedAt: item.receivedAt,
      archived: isArchived(item, await storage.archivedThrough()),
      envelopeSha256: givenUp.includes(item.envelopeSha256)
        ? ''
        : sha256Hex(await envelopes.read(item.envelopeSha256)),
      attachmentSha256: hashes,
      ...(givenUp.length > 0 ? { givenUp } : {}),
      ...(clear === '1' ? { clear: await clearOf(item) } : {}),
    };
    return answer;
  });

  app.post('/v1/admin/archive', async (request) => {
    requireAdmin(context, request);
    const isNew = readAs(archiveQuery, request.query).new === '1';
    if (isNew) await note('newArchive', 'archive');
    return archive.run(isNew);
  });

  app.get('/v1/admin/terminals', async (request) => {
    requireAdmin(context, request);
    return { terminals: await storage.terminals.all() };
  });

  app.post('/v1/admin/terminals/:terminalId/revoke', async (request) => {
    requireAdmin(context, request);
    const { terminalId } = readAs(terminalParams, request.params);
    if (!(await storage.terminals.find(terminalId))) throw new ProblemError('notFound');
    await note('revokeTerminal', terminalId);
    const terminalIds = await storage.terminals.revoke(terminalId, isoTime(now()));
    for (const other of terminalIds.filter((each) => each !== terminalId)) {
      await note('revokeTerminal', other);
    }
    return { revoked: terminalIds.length > 0, terminalIds };
  });

  app.post('/v1/admin/terminals/:terminalId/unlock-codes', async (request, reply) => {
    requireAdmin(context, request);
    const { terminalId } = readAs(terminalParams, request.params);
    const { challenge } = readAs(unlockCodeRequest, request.body);
    const terminal = await storage.terminals.find(terminalId);
    if (!terminal) throw new ProblemError('notFound');
    if (terminal.revokedAt !== null) throw new ProblemError('revoked');
    const answer: z.output<typeof unlockCodeAnswer> | undefined = unlockCodeFor(
      context.keys,
      terminal,
      challenge,
    );
    if (!answer) throw new ProblemError('malformed', 'wrong: challenge');
    await note('unlockCode', `${terminalId} ${answer.role}`);
    return reply.code(201).send(answer);
  });

  app.post('/v1/admin/enrolment-codes', async (request, reply) => {
    requireAdmin(context, request);
    const { code, region, terminal, reusable } = readAs(enrolmentCode, request.body);
    await note('addEnrolmentCode', region + terminal);
    await storage.terminals.addCode({ sha256: sha256Hex(code), region, terminal, reusable });
    return reply.code(201).send({ result: 'added' });
  });
}
