import { z } from 'zod';
import { CASE_STATES, type CaseState } from '../../domain/application-state.ts';
import type { ReceiptVerification } from '../../domain/wire/platform.ts';

/** What a receipt's code is, by what this terminal knows and the platform says. */
export interface CheckedReceipt extends Omit<ReceiptVerification, 'item'> {
  /** `held`: it lies at this terminal and does not come by itself: somebody of the staff must see to it. */
  readonly item: ReceiptVerification['item'] | 'held';
  /** The platform was not asked, or did not answer. */
  readonly checkedOffline: boolean;
}

/**
 * What a code that was held before the scanner is. Of a receipt nothing is told but whether it is genuine and how
 * far it has come: whoever holds it need not be its owner.
 *
 * - `waiting`: the scanner looks for a code now, for it was told to
 * - `checking`: it is being looked up
 * - `notSeen`: it looked, and no code came
 * - `receipt`: it has the form of a receipt's code
 * - `unknown`: it is no receipt's code
 * - `unreadable`: no whole code came
 */
export const codeViewSchema = z.discriminatedUnion('is', [
  z.object({ is: z.literal('waiting') }),
  z.object({ is: z.literal('checking') }),
  z.object({
    is: z.literal('receipt'),
    signature: z.enum(['valid', 'invalid', 'unknownKey', 'revokedKey']),
    item: z.enum(['arrived', 'notYetArrived', 'held', 'differs', 'unknown']),
    /** Null while nobody knows it, and always when the signature does not hold. */
    caseState: z.enum(Object.keys(CASE_STATES) as [CaseState, ...CaseState[]]).nullable(),
    /** The platform was not asked, or did not answer. */
    checkedOffline: z.boolean(),
  }),
  z.object({ is: z.literal('notSeen') }),
  z.object({ is: z.literal('unknown') }),
  z.object({ is: z.literal('unreadable') }),
]);

/** What a code is, as the page draws it. */
export type CodeView = z.infer<typeof codeViewSchema>;
