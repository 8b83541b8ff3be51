/** Words on a receipt that the printer holds out, in Chinese. */
export const zhTicket = {
  waiting: '请取走回执',
  waitingHow: '回执已经打好，在出纸口。',
  left: '回执还在出纸口，请取走',
  leftHow: '上面有您的回执号码，请不要留在机器上。',
  taken: '回执已取走，请收好',
  retracted: '回执没有取走，打印机已经收回',
  retractedHow: '申请不受影响。还要纸质回执，请点「再打一次」，以后也可以请工作人员补打。',
  staff: {
    waiting: '回执在出纸口，还没有人取走',
    left: '回执没有人取走，还在出纸口。请收好，本人来了再给。',
    taken: '回执已取走',
    retracted: '回执没有人取走，打印机已收回。本人来了，点「补打回执」。',
    unknown: '回执打好了，有没有取走不清楚',
  },
};

/** The same words in every language. */
export type TicketMessages = typeof zhTicket;
