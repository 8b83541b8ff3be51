import type { Logger } from 'pino';
import type { PlatformStorage, TerminalRow } from './storage/port.ts';
import { isoTime, type Now } from './time.ts';

/** A key by its bytes: earlier programs kept it as it was spelt. */
const keyOf = ({ publicKey }: TerminalRow): string =>
  Buffer.from(publicKey, 'base64url').toString('hex');

/** A place's own terminals: whoever enrolled another place's public key there made that terminal no stranger's. */
const placeOf = ({ region, terminal }: TerminalRow): string => `${region}-${terminal}`;

/**
 * Revokes what has a revoked key of its own place and goes on: an earlier program revoked one enrolment of a key and
 * not the others, and who has the key signs as each of them. Done at each start, for such a database may come back
 * from a backup. Each is a line of the access log, as if an operator had revoked it. The same key at another place,
 * which earlier programs took as well, is only told: there it may be the rightful one, and a person must say.
 */
export async function revokeByKey(
  { terminals, accessLog }: Pick<PlatformStorage, 'terminals' | 'accessLog'>,
  now: Now,
  log: Logger,
): Promise<void> {
  const all = await terminals.all();
  const revoked = all.filter(({ revokedAt }) => revokedAt !== null);
  for (const each of all.filter(({ revokedAt }) => revokedAt === null)) {
    const sameKey = revoked.filter((other) => keyOf(other) === keyOf(each));
    if (sameKey.length === 0) continue;
    const { terminalId } = each;
    if (!sameKey.some((other) => placeOf(other) === placeOf(each))) {
      const elsewhere = sameKey.map((other) => other.terminalId);
      log.warn({ terminalId, elsewhere }, 'its key was revoked at another place: is it stolen?');
      continue;
    }
    const at = isoTime(now());
    // before it is done, as with an operator: what happened without a line nobody would find
    await accessLog.append({
      ...{ at, actor: 'platform', role: 'platform', action: 'revokeTerminal', subject: terminalId },
    });
    log.warn({ terminalId }, 'revoked: its key was revoked under another enrolment');
    await terminals.revoke(terminalId, at);
  }
}
