import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { DurableCore } from '../durable.ts';
import { AdminRefusal, type AdminCommands } from './admin-socket-answers.ts';

const nothing = z.strictObject({});
const releaseRequest = z.strictObject({ receiptNumber: z.string().min(1).max(64) });
const clockRequest = z.strictObject({ time: z.iso.datetime({ offset: true }) });
const exportRequest = z.strictObject({ folder: z.string().min(1).max(4096).refine(isAbsolute) });

/**
 * The technician's commands about the outbox: `outbox.list` gives every item by number and state, nothing
 * of a person; `outbox.export` `{folder}` copies what waits, sealed, into a new folder there, or is refused
 * with a word of `ExportProblem`; `outbox.release` `{receiptNumber}` sends an item on its way again that was
 * held for a person, or is refused with `notFound` or `notHeld`; `outbox.clockRight` `{time}` says that it is this time
 * (ISO 8601) and the clock right, or is refused with a word of `ConfirmRefusal` (`outbox/confirm-clock.ts`).
 */
export function outboxCommands(
  durable: Pick<DurableCore, 'outbox' | 'exportWaiting' | 'confirmClock'>,
): AdminCommands {
  return {
    'outbox.list': (request) =>
      nothing.safeParse(request).success ? durable.outbox.list() : new AdminRefusal('badRequest'),
    'outbox.export': async (request) => {
      const asked = exportRequest.safeParse(request);
      if (!asked.success) return new AdminRefusal('badRequest');
      const done = await durable.exportWaiting(asked.data.folder);
      return done.ok ? done.value : new AdminRefusal(done.error);
    },
    'outbox.clockRight': (request) => {
      const asked = clockRequest.safeParse(request);
      if (!asked.success) return new AdminRefusal('badRequest');
      const taken = durable.confirmClock('socket', Date.parse(asked.data.time));
      return taken.ok ? { taking: durable.outbox.taking() } : new AdminRefusal(taken.error);
    },
    'outbox.release': (request) => {
      const asked = releaseRequest.safeParse(request);
      if (!asked.success) return new AdminRefusal('badRequest');
      const item = durable.outbox.find(asked.data.receiptNumber);
      if (!item) return new AdminRefusal('notFound');
      if (!durable.outbox.release(item.submissionId)) return new AdminRefusal('notHeld');
      return durable.outbox.find(asked.data.receiptNumber);
    },
  };
}
