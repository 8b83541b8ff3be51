import { createHmac } from 'node:crypto';
import {
  roleOfChallenge,
  unlockCodeOf,
  unlockMessage,
  type UnlockRole,
} from '../domain/wire/unlock.ts';
import type { PlatformKeys } from './keys.ts';
import type { TerminalRow } from './storage/port.ts';

type Whose = Pick<TerminalRow, 'terminalId' | 'publicKey'>;

/**
 * The unlock key of a terminal, base64url: derived, so that nothing more has to be kept. A terminal that
 * is enrolled anew has another one, for it has another key of its own.
 */
export function unlockKeyOf(keys: Pick<PlatformKeys, 'unlockSecret'>, terminal: Whose): string {
  return createHmac('sha256', keys.unlockSecret)
    .update(`bianmin-unlock-key/1 ${terminal.terminalId} ${terminal.publicKey}`)
    .digest('base64url');
}

/** The code for a challenge, and whose PIN it unlocks; `undefined` when the challenge was misheard. */
export function unlockCodeFor(
  keys: Pick<PlatformKeys, 'unlockSecret'>,
  terminal: Whose,
  challenge: string,
): { readonly role: UnlockRole; readonly code: string } | undefined {
  const role = roleOfChallenge(challenge);
  if (role === undefined) return undefined;
  const mac = createHmac('sha256', Buffer.from(unlockKeyOf(keys, terminal), 'base64url'))
    .update(unlockMessage(terminal.terminalId, challenge))
    .digest();
  return { role, code: unlockCodeOf(mac) };
}
