import { createHash, verify } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type ParsedEnvelope, parseEnvelope } from '../../domain/envelope/header.ts';
import { parseReceiptNumber } from '../../domain/receipt/number.ts';
import type { ItemReceived } from '../../domain/wire/platform.ts';
import { publicKeyOf } from '../keys.ts';
import { sha256Hex } from '../storage/files.ts';
import type { TerminalRow } from '../storage/port.ts';
import { createQueues } from '../storage/uploads.ts';
import { dayInChina, isoTime } from '../time.ts';
import { placeOf, terminalOf } from './auth.ts';
import type { PlatformContext } from './context.ts';
import { ProblemError, readAs } from './problem.ts';

/** Media type of an envelope file. */
export const ENVELOPE_TYPE = 'application/vnd.bianmin.envelope';

const params = z.object({ submissionId: z.string().regex(/^[0-9a-f]{32}$/) });

const decodeUtf8 = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(bytes);

/**
 * The terminal that sealed an item: the one that sends it, or an earlier enrolment of the same place,
 * for a terminal that was enrolled anew still has items of before.
 */
async function sealerOf(
  context: PlatformContext,
  sender: TerminalRow,
  envelope: ParsedEnvelope,
): Promise<TerminalRow> {
  const { terminalId, terminalKeyId } = envelope.header;
  const sealer = await context.storage.terminals.find(terminalId);
  if (!sealer || placeOf(sealer) !== placeOf(sender) || sealer.keyId !== terminalKeyId) {
    throw new ProblemError('malformed', 'the item is not of this terminal');
  }
  const key = publicKeyOf(sealer.publicKey);
  if (!key || !verify(null, envelope.signedBytes, key, envelope.signature)) {
    throw new ProblemError('malformed', 'the signature of the header is wrong');
  }
  return sealer;
}

function checkBody({ header, body }: ParsedEnvelope): void {
  const sha256 = createHash('sha256').update(body).digest('hex');
  if (body.length !== header.body.size || sha256 !== header.body.sha256) {
    throw new ProblemError('hashMismatch', 'the sealed body is not the one of the header');
  }
}

function checkReceiptNumber({ header }: ParsedEnvelope, place: string): void {
  if (header.kind !== 'application') return;
  const parts = parseReceiptNumber(header.receiptNumber);
  if (!parts || parts.region + parts.terminal !== place) {
    throw new ProblemError('malformed', 'the receipt number is not of this terminal');
  }
}

/** PUT /v1/items/{submissionId}. */
export function itemRoutes(app: FastifyInstance, context: PlatformContext): void {
  const { storage, envelopes, attachments, crash, limits, now, log } = context;
  const oneByOne = createQueues();
  app.addContentTypeParser(
    ENVELOPE_TYPE,
    { parseAs: 'buffer', bodyLimit: limits.envelopeBytes },
    (_request, body, done) => done(null, body),
  );

  const requireAttachments = async ({ header }: ParsedEnvelope): Promise<void> => {
    const missing: string[] = [];
    for (const { sha256, size } of header.attachments) {
      const there = await attachments.size(sha256);
      if (there === undefined) missing.push(sha256);
      else if (there !== size) throw new ProblemError('malformed', `size of ${sha256} is wrong`);
    }
    if (missing.length > 0) throw new ProblemError('attachmentsMissing', missing.join(' '));
  };

  const receive = async (
    file: Uint8Array,
    envelope: ParsedEnvelope,
    place: string,
  ): Promise<ItemReceived> => {
    const { header } = envelope;
    const envelopeSha256 = sha256Hex(file);
    const before = await storage.items.answer(header.id);
    if (before) {
      if (before.envelopeSha256 === envelopeSha256) return before;
      await envelopes.put(envelopeSha256, file);
      await storage.items.keepConflict(
        header.id,
        envelopeSha256,
        header.terminalId,
        isoTime(now()),
      );
      log.warn({ submissionId: header.id }, 'same id, other content: both kept');
      throw new ProblemError('conflict');
    }
    await requireAttachments(envelope);
    await envelopes.put(envelopeSha256, file);
    crash('item-before-commit');
    const { answer } = await storage.items.receive(
      {
        submissionId: header.id,
        kind: header.kind,
        receiptNumber: header.receiptNumber,
        serviceId: header.service.id,
        handleItemCode: header.service.handleItemCode,
        terminalId: header.terminalId,
        place,
        envelopeSha256,
        attachments: header.attachments,
        createdAt: header.createdAt,
        receivedAt: isoTime(now()),
      },
      dayInChina(now()),
    );
    crash('item-after-commit-before-answer');
    context.review.poke();
    return answer;
  };

  app.put(
    '/v1/items/:submissionId',
    { bodyLimit: limits.envelopeBytes },
    async (request, reply) => {
      const sender = await terminalOf(context, request);
      const { submissionId } = readAs(params, request.params);
      const file = request.body;
      if (!Buffer.isBuffer(file)) throw new ProblemError('malformed', `send ${ENVELOPE_TYPE}`);
      const envelope = parseEnvelope(file, decodeUtf8);
      if (envelope?.header.id !== submissionId) {
        throw new ProblemError('malformed', 'not an envelope of this id');
      }
      const sealer = await sealerOf(context, sender, envelope);
      checkBody(envelope);
      checkReceiptNumber(envelope, placeOf(sealer));
      const answer = await oneByOne(submissionId, () => receive(file, envelope, placeOf(sealer)));
      return reply.code(201).send(answer);
    },
  );
}
