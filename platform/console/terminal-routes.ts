import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { heartbeat } from '../contract/wire.ts';
import type { PlatformContext } from '../server/context.ts';
import { chainCauses } from '../storage/audit-port.ts';
import { isoTime } from '../time.ts';
import { unlockCodeFor } from '../unlock.ts';
import type { Viewer } from './layout.ts';
import { shownLosses } from './lost-routes.ts';
import { auditPage } from './pages/audit.ts';
import { messagePage } from './pages/message.ts';
import { type ShownTerminal, terminalsPage, unlockCodePage } from './pages/terminals.ts';

/** What these routes need of the console. */
export interface ConsoleTools {
  /** Runs a handler for who has the role, and asks for the token of the session at a POST. */
  readonly only: (
    roles: readonly Viewer['role'][],
    handle: (request: FastifyRequest, reply: FastifyReply, viewer: Viewer) => Promise<FastifyReply>,
  ) => (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;
  readonly note: (actor: string, role: string, action: string, subject: string) => Promise<void>;
  readonly sendPage: (reply: FastifyReply, text: string, status?: number) => FastifyReply;
  readonly formOf: (request: FastifyRequest) => URLSearchParams;
}

const PAGE_LENGTH = 100;
const eventsQuery = z.object({ before: z.coerce.number().int().min(1).optional() });
const terminalParams = z.object({ terminalId: z.string().max(100) });
const chainParams = terminalParams.extend({ chain: z.coerce.number().int().min(1) });

const NO_CAUSE = { zh: '请选一个原因', en: 'Choose what was found out' };
const NO_TERMINAL = {
  zh: '没有这台终端，或者它已停用',
  en: 'There is no such terminal, or it was revoked',
};
const MISHEARD = {
  zh: '对码不对，请再听一遍：应是 10 位数字',
  en: 'The challenge is wrong; ask for it again: it has 10 digits',
};

/** Who calls first, then by number; a terminal that was replaced by a later one still stands there. */
function inOrder(one: ShownTerminal, other: ShownTerminal): number {
  const since = ({ heard }: ShownTerminal): number =>
    heard?.helpSince === undefined ? Infinity : Date.parse(heard.helpSince);
  const byNumber = one.row.terminalId < other.row.terminalId ? -1 : 1;
  return since(one) === since(other) ? byNumber : since(one) < since(other) ? -1 : 1;
}

/** The pages about terminals under /console/terminals. */
export function consoleTerminalRoutes(
  app: FastifyInstance,
  context: PlatformContext,
  { only, note, sendPage, formOf }: ConsoleTools,
): void {
  const { terminals, audit } = context.storage;

  const heardOf = (at: string, bodyJson: string): ShownTerminal['heard'] => {
    const read = heartbeat.safeParse(JSON.parse(bodyJson));
    if (!read.success) return null;
    const { waitingItems, devices, helpSince, auditSeq } = read.data;
    return { at, waitingItems, devices, helpSince, auditSeq };
  };

  app.get(
    '/console/terminals',
    only(['clerk', 'auditor', 'operator'], async (_request, reply, viewer) => {
      const beats = new Map((await terminals.heartbeats()).map((beat) => [beat.terminalId, beat]));
      const chains = Map.groupBy(await audit.chains(), (chain) => chain.terminalId);
      const shown = (await terminals.all()).map((row): ShownTerminal => {
        const beat = beats.get(row.terminalId);
        return {
          row,
          heard: beat === undefined ? null : heardOf(beat.at, beat.bodyJson),
          chains: chains.get(row.terminalId) ?? [],
        };
      });
      const { archive, review } = context;
      const sorted = shown.toSorted(inOrder);
      const losses = viewer.role === 'operator' ? await shownLosses(context) : [];
      const text = terminalsPage(viewer, sorted, archive, review.withoutKey(), losses);
      return sendPage(reply, text);
    }),
  );

  app.get(
    '/console/terminals/:terminalId/audit',
    only(['auditor', 'operator'], async (request, reply, viewer) => {
      const { data: asked } = terminalParams.safeParse(request.params);
      const { data } = eventsQuery.safeParse(request.query);
      const row = await terminals.find(asked?.terminalId ?? '');
      if (!row) return sendPage(reply, messagePage(NO_TERMINAL, NO_TERMINAL, viewer), 404);
      const { terminalId } = row;
      await note(viewer.name, viewer.role, 'openAudit', terminalId);
      const chains = (await audit.chains()).filter((chain) => chain.terminalId === terminalId);
      const found = await audit.events(terminalId, PAGE_LENGTH + 1, data?.before);
      const shown = found.slice(0, PAGE_LENGTH);
      const older = found.length > PAGE_LENGTH ? shown.at(-1)?.arrival : undefined;
      return sendPage(reply, auditPage(viewer, row, chains, shown, older));
    }),
  );

  app.post(
    '/console/terminals/:terminalId/chains/:chain',
    only(['auditor'], async (request, reply, viewer) => {
      const { data } = chainParams.safeParse(request.params);
      const cause = z.enum(chainCauses).safeParse(formOf(request).get('cause'));
      if (!cause.success) return sendPage(reply, messagePage(NO_CAUSE, NO_CAUSE, viewer), 422);
      const finding = { cause: cause.data, by: viewer.name, at: isoTime(context.now()) };
      if (!data || !(await audit.lookInto(data.terminalId, data.chain, finding))) {
        return sendPage(reply, messagePage(NO_TERMINAL, NO_TERMINAL, viewer), 404);
      }
      const subject = `${data.terminalId} #${data.chain} ${cause.data}`;
      await note(viewer.name, viewer.role, 'lookIntoChain', subject);
      return reply.redirect(`/console/terminals/${data.terminalId}/audit`, 303);
    }),
  );

  app.post(
    '/console/terminals/unlock',
    only(['operator'], async (request, reply, viewer) => {
      const form = formOf(request);
      const terminalId = (form.get('terminalId') ?? '').trim().slice(0, 100);
      const terminal = await terminals.find(terminalId);
      if (!terminal || terminal.revokedAt !== null) {
        return sendPage(reply, messagePage(NO_TERMINAL, NO_TERMINAL, viewer), 404);
      }
      const challenge = (form.get('challenge') ?? '').replaceAll(/\s/g, '');
      const given = unlockCodeFor(context.keys, terminal, challenge);
      if (!given) return sendPage(reply, messagePage(MISHEARD, MISHEARD, viewer), 422);
      // nobody has a code that the log does not know
      await note(viewer.name, viewer.role, 'unlockCode', `${terminalId} ${given.role}`);
      return sendPage(reply, unlockCodePage(viewer, { terminalId, ...given }));
    }),
  );
}
