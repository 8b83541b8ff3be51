import { hash as digest, verify } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import {
  AUDIT_START,
  auditBreak,
  auditCheckpointText,
  auditSignature,
  type AuditEvent,
  type AuditPlace,
} from '../../domain/wire/audit.ts';
import { auditBatch, auditQuestion } from '../contract/wire.ts';
import { publicKeyOf } from '../keys.ts';
import type { AuditChainRow } from '../storage/audit-port.ts';
import type { TerminalRow } from '../storage/port.ts';
import { isoTime } from '../time.ts';
import { placeOf, terminalOf } from './auth.ts';
import type { PlatformContext } from './context.ts';
import { ProblemError, readAs } from './problem.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const sha256 = (text: string): string => digest('sha256', text);

/** @throws ProblemError hashMismatch when the events are no chain */
function checkChain(events: readonly AuditEvent[]): void {
  const [first] = events;
  if (!first) return;
  let place: AuditPlace = { seq: first.seq - 1, hash: first.prevHash };
  if (place.seq === 0 && place.hash !== AUDIT_START) throw new ProblemError('hashMismatch');
  for (const event of events) {
    const broken = auditBreak(event, place, sha256);
    if (broken) throw new ProblemError('hashMismatch', `event ${event.seq}: ${broken}`);
    place = event;
  }
}

/** Takes the audit chains of terminals, and says how far it holds them. */
export function auditRoutes(app: FastifyInstance, context: PlatformContext): void {
  const { storage, now, uptime } = context;
  /** Until when it was counted how long the platform ran; of a look that goes on, nobody begins another. */
  let countedAt = uptime();

  /**
   * Whose signature it is. `own`: of a key that stood at its place, for a terminal that got a new key signed with the
   * old one before. `elsewhere`: of a key of another place, where it may have stood before; that vouches for nothing.
   */
  const signedBy = async (
    terminal: TerminalRow,
    event: AuditEvent,
  ): Promise<'own' | 'elsewhere' | 'nobody'> => {
    const { keyId, signature } = auditSignature(event);
    const text = Buffer.from(auditCheckpointText(event.seq, event.prevHash));
    const signers = (await storage.terminals.findByKey(keyId)).filter(({ publicKey }) => {
      const key = publicKeyOf(publicKey);
      return key && verify(null, text, key, Buffer.from(signature, 'base64url'));
    });
    if (signers.length === 0) return 'nobody';
    return signers.some((each) => placeOf(each) === placeOf(terminal)) ? 'own' : 'elsewhere';
  };
  const lookAtSignatures = async (
    terminal: TerminalRow,
    events: readonly AuditEvent[],
  ): Promise<Pick<AuditChainRow, 'signedThrough' | 'badCheckpoint'>> => {
    let signedThrough = 0;
    let badCheckpoint: number | null = null;
    for (const event of events) {
      if (event.event !== 'checkpoint') continue;
      const by = await signedBy(terminal, event);
      if (by === 'own') signedThrough = event.seq;
      else if (by === 'nobody') badCheckpoint ??= event.seq;
    }
    return { signedThrough, badCheckpoint };
  };
  const forgetOld = async (): Promise<void> => {
    const ranMs = uptime() - countedAt;
    if (ranMs < HOUR_MS) return;
    countedAt = Number.POSITIVE_INFINITY;
    try {
      await storage.audit.forgetOld(ranMs, context.auditDays * DAY_MS);
    } finally {
      // what came meanwhile may lie below the mark: this time counts for nobody
      countedAt = uptime();
    }
  };

  app.post('/v1/audit/positions', async (request) => {
    const { terminalId } = await terminalOf(context, request);
    const { known } = readAs(auditQuestion, request.body);
    return storage.audit.stand(terminalId, known);
  });

  app.post('/v1/audit/events', async (request, reply) => {
    const terminal = await terminalOf(context, request);
    const { events, begins } = readAs(auditBatch, request.body);
    checkChain(events);
    const signed = await lookAtSignatures(terminal, events);
    const answer = await storage.audit.append(
      terminal.terminalId,
      { events, begins, ...signed },
      isoTime(now()),
    );
    if (answer === 'elsewhere') throw new ProblemError('offsetMismatch');
    await forgetOld();
    return reply.code(201).send(answer);
  });
}
