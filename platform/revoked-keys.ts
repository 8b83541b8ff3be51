import type { Logger } from 'pino';
import type { PlatformStorage, TerminalRow } from './storage/port.ts';
import { isoTime, type Now } from './time.ts';

/** A key by its bytes: earlier programs kept it as it was spelt. */
const keyOf = ({ publicKey }: TerminalRow): string =>
  Buffer.from(publicKey, 'base64url').toString('hex');

/**
 * Revokes what has a revoked key and goes on: an earlier program revoked one enrolment of a key and not the others,
 * and who has the key signs as each of them. Done at each start, for such a database may come back from a backup.
 * Each is a line of the access log, as if an operator had revoked it.
 */
export async function revokeByKey(
  { terminals, accessLog }: Pick<PlatformStorage, 'terminals' | 'accessLog'>,
  now: Now,
  log: Logger,
): Promise<void> {
  const all = await terminals.all();
  const revoked = new Set(all.filter(({ revokedAt }) => revokedAt !== null).map(keyOf));
  const goOn = all.filter((each) => each.revokedAt === null && revoked.has(keyOf(each)));
  for (const { terminalId } of goOn) {
    const at = isoTime(now());
    // before it is done, as with an operator: what happened without a line nobody would find
    await accessLog.append({
      ...{ at, actor: 'platform', role: 'platform', action: 'revokeTerminal', subject: terminalId },
    });
    log.warn({ terminalId }, 'revoked: its key was revoked under another enrolment');
    await terminals.revoke(terminalId, at);
  }
}
