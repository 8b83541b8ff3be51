import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { PlatformContext } from '../server/context.ts';
import { lossCauses } from '../storage/port.ts';
import { isoTime } from '../time.ts';
import type { ShownLoss } from './pages/lost-files.ts';
import { messagePage } from './pages/message.ts';
import type { ConsoleTools } from './terminal-routes.ts';

const giveUpForm = z.object({
  submissionId: z.string().regex(/^[0-9a-f]{32}$/),
  cause: z.enum(lossCauses),
});

const NO_CAUSE = {
  zh: '请选一个原因',
  en: 'Choose why nobody can bring the files again',
};
const NOT_LOST = {
  zh: '没有放弃：最近一次存档没有发现这一件丢文件，或者文件已经又有了，或者已经放弃过',
  en: 'Nothing was given up: the last pass of the archive found no file of this item lost, or they are here again, or were given up before',
};

/** Items that hold the watermark because files of them were lost; not all of them at once. */
export async function shownLosses({
  archive,
  storage,
}: Pick<PlatformContext, 'archive' | 'storage'>): Promise<readonly ShownLoss[]> {
  const shown: ShownLoss[] = [];
  for (const { item, files } of await archive.lost.unsettled()) {
    const row = await storage.items.find(item.submissionId);
    if (row) shown.push({ item: row, files: files.length });
  }
  return shown;
}

/** POST /console/archive/give-up: an operator states that lost files of an item are given up. */
export function consoleLostRoutes(
  app: FastifyInstance,
  context: PlatformContext,
  { only, note, sendPage, formOf }: ConsoleTools,
): void {
  const { storage, archive, now } = context;
  app.post(
    '/console/archive/give-up',
    only(['operator'], async (request, reply, viewer) => {
      const { data } = giveUpForm.safeParse(Object.fromEntries(formOf(request)));
      if (!data) return sendPage(reply, messagePage(NO_CAUSE, NO_CAUSE, viewer), 422);
      const { submissionId, cause } = data;
      const files = await archive.lost.lackingOf(submissionId);
      const item = await storage.items.find(submissionId);
      if (!item || files.length === 0) {
        return sendPage(reply, messagePage(NOT_LOST, NOT_LOST, viewer), 409);
      }
      // nothing is given up that the log does not know
      const names = files.map((sha256) => sha256.slice(0, 16)).join(' ');
      await note(viewer.name, viewer.role, 'giveUpFiles', `${item.caseNumber} ${cause} ${names}`);
      const statement = { cause, by: viewer.name, at: isoTime(now()) };
      await storage.items.giveUp(submissionId, files, statement);
      return reply.redirect('/console/terminals', 303);
    }),
  );
}
