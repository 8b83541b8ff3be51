import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { cardDoubts } from '../../domain/identity/card-doubts.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import type { CardReadout } from './contract.ts';
import { PHOTO_BYTES, SDT, SW3, TEXT_BYTES } from './sdt-commands.ts';
import type { SdtLink } from './sdt-link.ts';
import { parseNewestAddress, parseSdtText } from './sdt-text.ts';

/** What came of reading a card that had been found. */
export type CardReading =
  | {
      readonly type: 'read';
      readonly readout: CardReadout;
      /** How the question for the newest address ended; unanswered, reader and driver are out of step. */
      readonly newestAddress: 'answered' | 'unanswered' | 'notAsked';
    }
  | { readonly type: 'failed'; readonly fault: Fault; readonly lies: boolean }
  /** The reader stopped answering, or its line is gone. */
  | { readonly type: 'silent' | 'gone' };

/** How to read. */
export interface CardReadingOptions {
  readonly commandMs: number;
  readonly readMs: number;
  /** YYYYMMDD */
  readonly today: string;
  /** Whether to ask for the newest address too. */
  readonly newestAddress: boolean;
}

const ATTEMPTS = 3;

/**
 * Reads the card that a find has just told of: select, then text and photo; when the reader says no, from
 * find on again, three times in all. Everything of the readout comes from one answer (and the newest
 * address from the next): nothing is kept from card to card.
 */
export async function readCard(link: SdtLink, options: CardReadingOptions): Promise<CardReading> {
  let code = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (attempt > 1) {
      const found = await link.exchange(SDT.find, options.commandMs);
      if (found.type === 'silent' || found.type === 'gone') return { type: found.type };
      if (found.type === 'refused') {
        if (found.sw3 === SW3.noCard) return removedEarly(code);
        code = found.code;
        continue;
      }
    }
    const selected = await link.exchange(SDT.select, options.commandMs);
    const answer =
      selected.type === 'good'
        ? await link.exchange(SDT.readTextAndPhoto, options.readMs)
        : selected;
    if (answer.type === 'silent' || answer.type === 'gone') return { type: answer.type };
    if (answer.type === 'good') return complete(link, answer.data, options);
    code = answer.code;
    if (answer.sw3 === SW3.unknownCardType) {
      const unknown = fault('idCard.unknownKind', { vendorCode: code });
      return { type: 'failed', fault: unknown, lies: true };
    }
  }
  return {
    type: 'failed',
    fault: fault('idCard.unreadable', { vendorCode: code }),
    lies: true,
  };
}

function removedEarly(vendorCode: string): CardReading {
  return { type: 'failed', fault: fault('idCard.removedEarly', { vendorCode }), lies: false };
}

async function complete(
  link: SdtLink,
  answer: Uint8Array,
  options: CardReadingOptions,
): Promise<CardReading> {
  const readout = interpretReadAnswer(answer, options.today);
  if (!readout.ok) return { type: 'failed', fault: readout.error, lies: true };
  const { kind } = readout.value.data;
  const hasAddress = kind === 'resident' || kind === 'hkMoTwResidence';
  if (!options.newestAddress || !hasAddress) {
    return { type: 'read', readout: readout.value, newestAddress: 'notAsked' };
  }
  // Many cards have none and some readers cannot ask; the printed address stands then.
  const newest = await link.exchange(SDT.readNewestAddress, options.commandMs);
  // "no" is an answer too: the card has none, or the reader does not know the question
  const newestAddress =
    newest.type === 'good' || newest.type === 'refused' ? 'answered' : 'unanswered';
  const address = newest.type === 'good' ? parseNewestAddress(newest.data) : undefined;
  if (address === undefined) return { type: 'read', readout: readout.value, newestAddress };
  const data = { ...readout.value.data, address };
  return { type: 'read', readout: { ...readout.value, data }, newestAddress };
}

/**
 * Reads the data of an answer to "read text and photo": two lengths (big-endian), text, photo.
 * `today` is YYYYMMDD. Faults: `idCard.invalidContent`, `idCard.unknownKind`.
 */
export function interpretReadAnswer(data: Uint8Array, today: string): Result<CardReadout, Fault> {
  const textLength = ((data[0] ?? 0) << 8) | (data[1] ?? 0);
  const photoLength = ((data[2] ?? 0) << 8) | (data[3] ?? 0);
  const right = textLength === TEXT_BYTES && photoLength === PHOTO_BYTES;
  if (!right || data.length !== 4 + TEXT_BYTES + PHOTO_BYTES) {
    return err(fault('idCard.invalidContent', { detail: `lengths ${textLength}, ${photoLength}` }));
  }
  const card = parseSdtText(data.subarray(4, 4 + TEXT_BYTES));
  if (!card.ok) return card;
  return ok({
    data: card.value,
    doubts: cardDoubts(card.value, today),
    photo: data.slice(4 + TEXT_BYTES),
  });
}
