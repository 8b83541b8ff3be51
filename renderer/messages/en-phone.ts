import type { PhoneMessages } from './zh-phone.ts';

/** Words on sending photographs from a phone, in English. */
export const enPhone: PhoneMessages = {
  open: 'Send pictures from a phone',
  title: 'Send pictures from a phone',
  steps: {
    scan: 'Scan this code with the phone.',
    take: 'Photograph your papers on the phone, one page in each picture.',
    look: 'Then see on this screen whether they have come.',
  },
  code: 'Code to scan with the phone',
  opening: 'The code is being made, please wait…',
  waiting: 'Waiting for a phone. The code is good for ten minutes and for one phone.',
  connected: 'The phone is connected. Take the pictures there.',
  got: '{{n}} received.',
  unreadable: '{{n}} could not be opened. Please take them again on the phone.',
  done: 'Everything from the phone has come.',
  expired: 'The code is too old. Please open a new one.',
  failed:
    'The platform cannot be reached, so the phone cannot send. Use the scanner, or try again later.',
  again: 'Open a new code',
  close: 'Done, close',
  safe: 'Your phone encrypts the pictures; only this machine can open them, and it forgets them afterwards.',
};
