import { createHmac, timingSafeEqual } from 'node:crypto';
import { unlockCodeOf, unlockMessage } from '../../../domain/wire/unlock.ts';

/** What this terminal checks unlock codes with; undefined while it is not enrolled, or the platform gave no key. */
export interface UnlockKey {
  readonly terminalId: string;
  /** 32 bytes, base64url. */
  readonly key: string;
}

/** Whether a code is the platform's answer to a challenge of this terminal. */
export function isUnlockCode(code: string, challenge: string, unlock: UnlockKey): boolean {
  const mac = createHmac('sha256', Buffer.from(unlock.key, 'base64url'))
    .update(unlockMessage(unlock.terminalId, challenge))
    .digest();
  const right = Buffer.from(unlockCodeOf(mac));
  const given = Buffer.from(code);
  return given.length === right.length && timingSafeEqual(given, right);
}
