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
