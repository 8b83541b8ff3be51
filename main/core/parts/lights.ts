import type { LightMode, LightPlace } from '../../../drivers/terminal-parts/contract.ts';
import type { SessionView } from '../../contract/session-view.ts';

/** How every guide light should shine. */
export type Lights = Readonly<Record<LightPlace, LightMode>>;

/** Nothing shines. */
export const DARK: Lights = {
  cardReader: 'off',
  receiptPrinter: 'off',
  scanner: 'off',
  keypad: 'off',
};

/** Where a session wants the hand or the eye to go: at the card reader, the papers, the receipt, the keypad. */
export function lightsOf(session: SessionView | null, headphones: boolean): Lights {
  if (session === null) return { ...DARK, keypad: headphones ? 'steady' : 'off' };
  const { step, card, scan, receipt } = session;
  const cardWanted = step === 'identify' && card.state !== 'reading';
  const cardForgotten = step === 'goodbye' && card.state === 'leftBehind';
  const papersWanted =
    step === 'materials' &&
    session.materials.some(({ means, given }) => means === 'paper' && given === 'notYet');
  const print = receipt?.print.state;
  return {
    cardReader: cardWanted || cardForgotten ? 'blink' : 'off',
    scanner: scan?.state === 'scanning' ? 'blink' : papersWanted ? 'steady' : 'off',
    receiptPrinter:
      step !== 'receipt'
        ? 'off'
        : print === 'printing'
          ? 'blink'
          : print === 'printed'
            ? 'steady'
            : 'off',
    keypad: headphones && step !== 'goodbye' ? 'steady' : 'off',
  };
}
