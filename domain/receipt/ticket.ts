/**
 * What became of a printed receipt that a printer holds out.
 *
 * - `waiting`: it hangs in the outlet
 * - `left`: it hung there for so long that nobody is expected any more, and the printer cannot take it back
 * - `taken`, `retracted`: it was seen there, and then a person took it or the printer did
 * - `unknown`: nobody saw it go
 */
export const TICKET_FATES = ['waiting', 'left', 'taken', 'retracted', 'unknown'] as const;

/** What became of a printed receipt that a printer holds out. */
export type TicketFate = (typeof TICKET_FATES)[number];

/**
 * Whether a receipt may be printed again: not while it is under way, nor when it is out and was not drawn in.
 * @param outdated what came out says what is not so any more
 */
export function mayPrintAgain(
  state: 'none' | 'printing' | 'printed' | 'failed' | 'unknown',
  ticket: TicketFate | undefined,
  outdated = false,
): boolean {
  if (state === 'printing') return false;
  return state !== 'printed' || outdated || ticket === 'retracted' || ticket === 'unknown';
}
