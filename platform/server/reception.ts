import { type ParsedEnvelope, parseEnvelope } from '../../domain/envelope/header.ts';
import { parseReceiptNumber } from '../../domain/receipt/number.ts';
import type { ItemReceived } from '../../domain/wire/platform.ts';
import { cameBack } from '../came-back.ts';
import { publicKeyOf } from '../keys.ts';
import { holdsWhole, sha256Hex } from '../storage/files.ts';
import type { TerminalRow } from '../storage/port.ts';
import { createQueues } from '../storage/queues.ts';
import { dayInChina, isoTime } from '../time.ts';
import type { VerifySignature } from '../verify.ts';
import { placeOf } from './auth.ts';
import type { PlatformContext } from './context.ts';
import { ProblemError } from './problem.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const decodeUtf8 = (bytes: Uint8Array): string => utf8.decode(bytes);

async function checkSignature(
  verify: VerifySignature,
  { signedBytes, signature }: ParsedEnvelope,
  sealer: TerminalRow,
): Promise<void> {
  const key = publicKeyOf(sealer.publicKey);
  if (!key || !(await verify(signedBytes, key, signature))) {
    throw new ProblemError('malformed', 'the signature of the header is wrong');
  }
}

function checkBody({ header, body }: ParsedEnvelope): void {
  if (body.length !== header.body.size || sha256Hex(body) !== header.body.sha256) {
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

/** Who brings an item. */
export interface Bringer {
  /** Of a terminal: what it hands over it is told of, also where another place sealed it. */
  readonly place?: string;
  /**
   * Asked before something new is taken in, not about what was received with these very bytes.
   * @throws ProblemError unless it may bring what this terminal sealed
   */
  readonly mayBring: (sealer: TerminalRow) => void;
}

/** Takes items in, however they came: over the line or on a stick. */
export interface Reception {
  /**
   * Stores an item durably and once; the same bytes again give the same answer, but for the cursor of what was lost
   * and given up meanwhile.
   * @throws ProblemError malformed, hashMismatch, attachmentsMissing, conflict, and what `mayBring` throws
   */
  takeIn(submissionId: string, file: Uint8Array, bringer: Bringer): Promise<ItemReceived>;
}

/** The reception of a platform. */
export function createReception(context: PlatformContext): Reception {
  const { storage, envelopes, attachments, verify, crash, now, log } = context;
  const oneByOne = createQueues();

  /** How long an attachment is that is here. One of another length than it should have may have lost its end since. */
  const sizeHere = async (sha256: string, should: number): Promise<number | undefined> => {
    const there = await attachments.size(sha256);
    if (there === undefined || there === should) return there;
    await attachments.setAsideDamaged(sha256, true);
    return attachments.size(sha256);
  };

  const requireAttachments = async ({ header }: ParsedEnvelope): Promise<void> => {
    const missing: string[] = [];
    for (const { sha256, size } of header.attachments) {
      const there = await sizeHere(sha256, size);
      if (there === undefined) missing.push(sha256);
      else if (there !== size) throw new ProblemError('malformed', `size of ${sha256} is wrong`);
    }
    if (missing.length > 0) throw new ProblemError('attachmentsMissing', missing.join(' '));
  };

  /**
   * Of an item that was received nothing may have been lost since: what lacks of its attachments is asked for again,
   * and its envelope is at hand.
   */
  const requireWhole = async (
    file: Uint8Array,
    sha256: string,
    envelope: ParsedEnvelope,
  ): Promise<void> => {
    // also where only its bytes have changed: who handed it in may be the last who has it
    if (!(await holdsWhole(envelopes, sha256))) await envelopes.put(sha256, file);
    return requireAttachments(envelope);
  };

  /**
   * Whoever sealed it, by name and key. A platform that came back from a backup may have forgotten the
   * generation of then, or given it to another key since: then by the key, which signs, at the place named.
   */
  const sealerOf = async ({ header }: ParsedEnvelope): Promise<TerminalRow | undefined> => {
    const { terminalId, terminalKeyId } = header;
    const named = await storage.terminals.find(terminalId);
    if (named?.keyId === terminalKeyId) return named;
    const holders = (await storage.terminals.findByKey(terminalKeyId)).filter((each) =>
      terminalId.startsWith(`${placeOf(each)}-`),
    );
    return holders.find(({ revokedAt }) => revokedAt === null) ?? holders[0];
  };

  const receive = async (
    file: Uint8Array,
    envelope: ParsedEnvelope,
    sealer: TerminalRow,
    genuine: Promise<void>,
    mayBring: Bringer['mayBring'],
  ): Promise<ItemReceived> => {
    const { header } = envelope;
    const envelopeSha256 = sha256Hex(file);
    const before = await storage.items.answer(header.id);
    if (before) {
      await genuine;
      if (before.envelopeSha256 === envelopeSha256) {
        await requireWhole(file, envelopeSha256, envelope);
        // below the watermark of before nothing says that these files are archived
        const anew = await cameBack(storage, before, now);
        // what could not be looked through because files were lost
        context.review.poke();
        return anew ?? before;
      }
      mayBring(sealer);
      await envelopes.put(envelopeSha256, file);
      await storage.items.keepConflict(
        header.id,
        envelopeSha256,
        sealer.terminalId,
        isoTime(now()),
      );
      log.warn({ submissionId: header.id }, 'same id, other content: both kept');
      throw new ProblemError('conflict');
    }
    mayBring(sealer);
    await requireAttachments(envelope);
    await envelopes.put(envelopeSha256, file, genuine);
    crash('item-before-commit');
    const { answer } = await storage.items.receive(
      {
        submissionId: header.id,
        kind: header.kind,
        receiptNumber: header.receiptNumber,
        serviceId: header.service.id,
        handleItemCode: header.service.handleItemCode,
        terminalId: sealer.terminalId,
        place: placeOf(sealer),
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

  return {
    async takeIn(submissionId, file, { place, mayBring }) {
      context.review.arriving();
      const envelope = parseEnvelope(file, decodeUtf8);
      if (envelope?.header.id !== submissionId) {
        throw new ProblemError('malformed', 'not an envelope of this id');
      }
      const sealer = await sealerOf(envelope);
      if (!sealer) {
        throw new ProblemError('malformed', 'nobody known here sealed it', 'sealerUnknown');
      }
      const genuine = checkSignature(verify, envelope, sealer);
      // whoever waits for it hears of it; that nobody waits yet is no error
      genuine.catch(() => undefined);
      return oneByOne(submissionId, async () => {
        try {
          checkBody(envelope);
          checkReceiptNumber(envelope, placeOf(sealer));
          const answer = await receive(file, envelope, sealer, genuine, mayBring);
          if (place !== undefined && place !== placeOf(sealer)) {
            await storage.items.noteBroughtBy(submissionId, place);
          }
          return answer;
        } catch (error) {
          // who could not sign hears of nothing else
          await genuine;
          throw error;
        }
      });
    },
  };
}
