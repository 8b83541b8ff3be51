import type { ItemReceived } from '../domain/wire/platform.ts';
import type { PlatformStorage } from './storage/port.ts';
import { isoTime, type Now } from './time.ts';

/**
 * To be called when an item is found whole: what was given up of it is not any more. It stands in the access log
 * before it counts, as the statement that it was given up did.
 *
 * @returns the answer of its reception from now on: whoever read it before may have an older one, for a pass of the
 *   archive and a terminal may find the item whole at once
 */
export async function cameBack(
  storage: Pick<PlatformStorage, 'items' | 'accessLog'>,
  { submissionId, caseNumber }: Pick<ItemReceived, 'submissionId' | 'caseNumber'>,
  now: Now,
): Promise<ItemReceived | undefined> {
  if (!(await storage.items.isGivenUp(submissionId))) return storage.items.answer(submissionId);
  const at = isoTime(now());
  await storage.accessLog.append({
    at,
    actor: 'platform',
    role: '-',
    action: 'filesBack',
    subject: caseNumber,
  });
  return storage.items.comeBack(submissionId, at);
}
