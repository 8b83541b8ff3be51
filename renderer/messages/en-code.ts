import type { CodeMessages } from './zh-code.ts';

/** Words on what a code is that is held before the scanner. */
export const enCode: CodeMessages = {
  offer: 'Have a receipt? Hold its code before the scanner to see how far it has come.',
  title: 'The code you scanned',
  look: 'Scan a receipt’s code',
  waiting: 'Hold the receipt’s code before the scanner',
  waitingHow: 'The scanner is lit. Hold the code flat, a hand’s width away, until it beeps.',
  stop: 'Do not scan',
  notSeen: 'No code was seen',
  notSeenHow: 'The scanner is off again. To try once more, touch “Scan a receipt’s code” again.',
  checking: 'Looking it up, please wait…',
  unknown: 'This is not the code of a receipt',
  unknownHow:
    'Please scan the code on a receipt of this system. For other things, touch the screen.',
  unreadable: 'The code could not be read',
  unreadableHow: 'Please hold it flat and closer to the scanner, and try again.',
  signature: {
    valid: 'This receipt is genuine',
    revokedKey: 'Genuine, but the terminal that printed it is out of service',
    invalid: 'This receipt does not check out',
    unknownKey: 'This receipt is not known here',
  },
  signatureHow: {
    revokedKey: 'Please take the receipt to the counter to have it checked.',
    invalid: 'Its signature is wrong. Please take the receipt to the counter.',
    unknownKey: 'It may come from a terminal elsewhere. Please take the receipt to the counter.',
  },
  item: {
    arrived: 'The platform has the application',
    notYetArrived: 'Handed in, not yet uploaded to the platform',
    held: 'Handed in; the staff must see to it',
    differs: 'It is not what the platform has',
    unknown: 'Whether the platform has it is not known now',
  },
  itemHow: {
    arrived: 'Having it does not mean accepting it. For details, come yourself with your ID card.',
    notYetArrived:
      'It is usually uploaded by itself once that terminal is online: no need to apply again yet. If it stays so for days, ask at the counter.',
    held: 'It is not uploaded by itself now. Please ask at the counter with the receipt.',
    differs: 'Please take the receipt to the counter to have it checked.',
    unknown: 'Please ask at the counter with the receipt, or scan again later.',
  },
  caseState: 'How far it is',
  offline: 'The platform cannot be reached now; only the signature was checked.',
};
