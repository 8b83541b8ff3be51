import { err, ok, type Result } from '../../../domain/result.ts';
import type { AuditChain } from '../audit/chain.ts';
import type { Clock, TerminalSigner } from '../ports.ts';
import type { ClockBelief, MayConfirm } from './clock-belief.ts';

/** Where a technician said it: on the service page, behind the PIN, or on the machine itself. */
export type ConfirmedAt = 'page' | 'socket';

/** Why it was not taken. `differs`: the machine shows another time than the one that was said. */
export type ConfirmRefusal = Exclude<MayConfirm, 'yes'> | 'differs';

/** Between looking at a watch and saying so. */
const SAID_WITHIN_MS = 10 * 60_000;

/**
 * A technician says that the clock is right now. A clock that ran ahead while an item was stored is else believed to be
 * wrong once it is set right, until the platform's next word, which a terminal without a line does not hear.
 *
 * The word is nothing but an event of the chain, signed at once: it tells where it was said and what time it set aside,
 * and its own time is the one that was said to be right. It outweighs the times of items stored before it, and nothing
 * that others said: the platform's last word, the bundles and the program's date bound it from below, and the
 * platform's next word is believed in its place. Numbers of receipts go on from the last of each day, as ever.
 *
 * @param said the time that the technician says it is, milliseconds: what the page showed, or what was typed
 */
export function confirmClock(
  parts: {
    readonly belief: ClockBelief;
    readonly audit: AuditChain;
    readonly signer: TerminalSigner;
    readonly clock: Clock;
  },
  where: ConfirmedAt,
  said: number,
): Result<true, ConfirmRefusal> {
  const { belief, audit, signer, clock } = parts;
  const may = belief.mayConfirm();
  if (may !== 'yes') return err(may);
  // also when it is no time at all
  if (!(Math.abs(said - clock.wall()) <= SAID_WITHIN_MS)) return err('differs');
  audit.record('clockConfirmed', { detail: `${where} ${belief.newestStored() ?? 'none'}` });
  audit.checkpoint(signer);
  return ok(true);
}
