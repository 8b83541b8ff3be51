import type { TicketMessages } from './zh-ticket.ts';

/** Words on a receipt that the printer holds out, in English. */
export const enTicket: TicketMessages = {
  waiting: 'Please take your receipt',
  waitingHow: 'It is printed and hangs in the outlet.',
  left: 'Your receipt still hangs in the outlet. Please take it',
  leftHow: 'Your receipt number is on it; please do not leave it on the machine.',
  taken: 'You have taken your receipt. Keep it well',
  retracted: 'Nobody took the receipt, and the printer drew it in',
  retractedHow:
    'Your application is not affected. If you want it on paper, touch “Print again”, or ask the staff for it later.',
  staff: {
    waiting: 'The receipt hangs in the outlet; nobody has taken it yet',
    left: 'Nobody took the receipt; it still hangs in the outlet. Keep it for its owner.',
    taken: 'The receipt was taken',
    retracted: 'Nobody took the receipt and the printer drew it in. Print it again for its owner.',
    unknown: 'The receipt was printed; whether it was taken is not known',
  },
};
