import type { SheetMessages } from './zh-sheet.ts';

/** Words on the summary of an application on A4. */
export const enSheet: SheetMessages = {
  title: 'Print what you applied for',
  offer:
    'What you filled in can be printed on A4 paper for you to keep. Once you leave this screen, it cannot.',
  print: 'Print it on A4',
  again: 'Print it on A4 again',
  printing: 'Printing on A4…',
  printingHow: 'Please wait for it. Leaving this screen cancels the print.',
  printed: 'The printer says it is done: please take the paper from the A4 printer',
  printedHow: 'It has your personal data on it. Please do not leave it behind.',
  failed: 'It was not printed',
  failedHow: 'Your application and receipt are not affected.',
  unknown: 'It is not certain whether it was printed; please look at the A4 printer',
  unknownHow:
    'If there is paper, take it: it has your personal data on it. Your application is not affected.',
  away: 'The A4 printer cannot be used now',
  awayHow: 'Your application and receipt are not affected. For a paper copy, ask at the counter.',
};
