import type { zhUnlock } from './zh-unlock.ts';

/** Words of unlocking a PIN in English. */
export const enUnlock: Readonly<Record<keyof typeof zhUnlock, string>> = {
  title: 'The PIN is locked',
  until: 'Too many wrong ones: locked until {{until}}. Wait, or unlock it now by a code.',
  how: 'Call the operators of the district’s platform, read them the two numbers below, then type the code of 8 digits that they give you.',
  terminal: 'Terminal',
  challenge: 'Challenge',
  code: 'Please enter the unlock code',
  unlock: 'Unlock',
  otherWay: 'Back to the PIN',
  done: 'Unlocked. Please enter the PIN.',
  wrong: 'Wrong code. Compare the two numbers with the operator and try again.',
  tooSoon: 'Please wait {{seconds}} seconds and try again.',
};
