import type { SecurityCardMessages } from './zh-security-card.ts';

/** The same in English. */
export const enSecurityCard: SecurityCardMessages = {
  how: 'Your social security card with you? Put it in; no scan is needed',
  howIn:
    'Put your own social security card into its reader, chip first and up. If it is in already, pull it out and put it in again.',
  reading: 'Reading the social security card, please leave it in…',
  failed: 'The social security card was not read',
  other: 'This is not your own social security card, and it was not used',
  otherNext: 'Please put in your own card, or scan it.',
  read: 'Your social security card was read, the number is yours. You can take it out',
  readNote:
    'Number, name and expiry on the card go with your application, encrypted, and the staff will check them.',
  drop: 'Do not use this card, scan instead',
  away: 'The reader of social security cards is not working. Please scan the card.',
  leftBehind: 'Your social security card is still in its reader. Please take it',
  leftBehindOther: '社保卡还插在读卡口里，请拔走',
};
