import { createHash } from 'node:crypto';
import type { Submission } from '../../main/core/outbox/contract.ts';
import type { Seal } from '../../main/core/ports.ts';
import type { Visit } from './visit.ts';

/** Faults that are planted on purpose, with what must notice each. */
export const LEAKS = {
  nameInFreePage: 'byReadableText',
  digestInHeader: 'byUnsaltedDigests',
  saltedDigestInAudit: 'bySaltedDigests',
  keyedDigestInAudit: 'byKeyedDigests',
  unpaddedLengths: 'lengthsApart',
  visitOnBirthday: 'byBirthdays',
  placeInListAsId: 'byNumbers',
} as const;

/** The name of a planted fault. */
export type Leak = keyof typeof LEAKS;

const SPACE = 0x20;

/** Clear bytes without what fills them up. */
function stripped(clear: Uint8Array): Uint8Array {
  let end = clear.length;
  while (end > 0 && (clear[end - 1] === 0 || clear[end - 1] === SPACE)) end -= 1;
  return clear.subarray(0, end);
}

/** How the faults are made. */
export const leakOf = {
  /** Seals without padding: lengths say what they say. */
  unpaddedSeal: (seal: Seal): Seal => ({
    seal: (clear, recipients) => seal.seal(stripped(clear), recipients),
    close: () => seal.close(),
  }),
  /** A submission id that is the place in the list. */
  idOfPlace: (place: number): string => place.toString(16).padStart(32, '0'),
  /** The header carries a part of the unsalted hash of the number. */
  marked(submission: Submission, { resident }: Visit): Submission {
    const digest = createHash('sha256').update(resident.idNumber).digest('hex').slice(0, 20);
    const { service } = submission;
    const handleItemCode = `${service.handleItemCode}-${digest}`;
    return { ...submission, service: { ...service, handleItemCode } };
  },
  /** Month and day at the hall, MMDD. */
  dayOf: (ms: number): string =>
    new Date(ms + 8 * 3_600_000).toISOString().slice(5, 10).replace('-', ''),
} as const;
