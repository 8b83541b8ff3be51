import { randomBytes } from 'node:crypto';
import cookiePlugin from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import {
  type CaseAction,
  type CaseState,
  caseActions,
  nextCaseState,
} from '../../domain/application-state.ts';
import { firstBrokenLink } from '../access-chain.ts';
import { filesOf } from '../opening.ts';
import { serviceOf } from '../review.ts';
import { sameSecret } from '../server/auth.ts';
import type { PlatformContext } from '../server/context.ts';
import type { ItemRow } from '../storage/port.ts';
import { createQueues } from '../storage/queues.ts';
import { isoTime } from '../time.ts';
import type { Viewer } from './layout.ts';
import { consoleLostRoutes } from './lost-routes.ts';
import { accessPage } from './pages/access.ts';
import { casePage, type OpenedCase, supplementReasons } from './pages/case.ts';
import { casesPage } from './pages/cases.ts';
import { loginPage, type LoginFault } from './pages/login.ts';
import { messagePage } from './pages/message.ts';
import { login } from './passwords.ts';
import { createSessions } from './sessions.ts';
import { STYLE } from './style.ts';
import { consoleTerminalRoutes } from './terminal-routes.ts';

const SESSION = 'bianmin_console';
const BEFORE_LOGIN = 'bianmin_login';
const PAGE_LENGTH = 50;
const CSP =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const listQuery = z.object({ before: z.coerce.number().int().min(1).optional() });
const caseParams = z.object({ caseNumber: z.string().max(60) });
const fileParams = caseParams.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });

const NOT_FOUND = { zh: '没有这个办件', en: 'There is no such case' };
const FORBIDDEN = { zh: '您的岗位不能做这件事', en: 'Your role may not do this' };
const STALE = {
  zh: '页面已过期，或办件已被别人办理。请返回后再看。',
  en: 'The page was too old, or someone else has moved the case. Please go back and look again.',
};
const NO_REASON = {
  zh: '请至少选一项要补正的内容，而且只能选指南里有的。',
  en: 'Choose at least one thing that is needed, and only what the guide asks for.',
};

/** Security headers of every page for people. */
export function pageHeaders(reply: FastifyReply): void {
  void reply
    .header('content-security-policy', CSP)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer');
}

function sendPage(reply: FastifyReply, text: string, status = 200): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').send(text);
}

/** Where a role begins. */
function startOf(role: Viewer['role'] | undefined): string {
  return role === 'operator' ? '/console/terminals' : '/console/cases';
}

function formOf(request: FastifyRequest): URLSearchParams {
  return request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
}

/** The console under /console: who may see what is decided here, what it looks like in pages/. */
export async function consoleRoutes(app: FastifyInstance, context: PlatformContext): Promise<void> {
  const { storage, opening, bundles, now } = context;
  const sessions = createSessions(now);
  const oneByOne = createQueues();
  await app.register(cookiePlugin);
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 64 * 1024 },
    (_request, body, done) => done(null, new URLSearchParams(body.toString())),
  );
  app.addHook('onRequest', (_request, reply, done) => {
    pageHeaders(reply);
    done();
  });
  const cookieOptions = () => ({
    path: '/console',
    httpOnly: true,
    sameSite: 'strict' as const,
    secure: context.publicUrl().startsWith('https:'),
  });

  const note = (actor: string, role: string, action: string, subject: string): Promise<void> =>
    storage.accessLog.append({ at: isoTime(now()), actor, role, action, subject });

  const viewerOf = (request: FastifyRequest): Viewer | undefined =>
    sessions.find(request.cookies[SESSION]);

  /** Runs a handler for who has the role; others go to the login or are told, and it is logged. */
  const only = (
    roles: readonly Viewer['role'][],
    handle: (request: FastifyRequest, reply: FastifyReply, viewer: Viewer) => Promise<FastifyReply>,
  ) =>
    async function guarded(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
      const viewer = viewerOf(request);
      if (!viewer) return reply.redirect('/console/login', 303);
      if (!roles.includes(viewer.role)) {
        await note(viewer.name, viewer.role, 'refused', request.routeOptions.url ?? '');
        return sendPage(reply, messagePage(FORBIDDEN, FORBIDDEN, viewer), 403);
      }
      if (
        request.method === 'POST' &&
        !sameSecret(formOf(request).get('csrf') ?? '', viewer.csrf)
      ) {
        return sendPage(reply, messagePage(STALE, STALE, viewer), 403);
      }
      return handle(request, reply, viewer);
    };

  const openedCase = async (item: ItemRow): Promise<OpenedCase> => {
    const body = item.kind === 'application' ? await opening.application(item) : undefined;
    const wanted = body?.ok === true ? body.value.service : { id: item.serviceId };
    const service = serviceOf(await bundles.catalogues(), wanted);
    return { item, body, service, history: await storage.items.history(item.submissionId) };
  };

  const showLogin = (reply: FastifyReply, fault?: LoginFault, status = 200): FastifyReply => {
    const secret = randomBytes(32).toString('base64url');
    void reply.setCookie(BEFORE_LOGIN, secret, cookieOptions());
    return sendPage(reply, loginPage(secret, fault), status);
  };

  app.get('/console/style.css', (_request, reply) => reply.type('text/css').send(STYLE));
  app.get('/console', (request, reply) => reply.redirect(startOf(viewerOf(request)?.role), 303));
  app.get('/console/login', (_request, reply) => showLogin(reply));

  app.post('/console/login', async (request, reply) => {
    const form = formOf(request);
    const secret = request.cookies[BEFORE_LOGIN] ?? '';
    if (secret === '' || !sameSecret(form.get('csrf') ?? '', secret)) {
      return showLogin(reply, 'stale', 403);
    }
    const name = (form.get('name') ?? '').slice(0, 100);
    // one at a time: of many at once all would be looked at before the first one is counted
    const result = await oneByOne(name, () =>
      login(storage.users, now, name, form.get('password') ?? ''),
    );
    if (result.kind !== 'in') {
      // a name that does not exist may be a password typed into the wrong box: it is not kept
      const known = (await storage.users.find(name)) ? name : '?';
      await note(known, '-', result.kind === 'locked' ? 'loginLocked' : 'loginFailed', '-');
      return showLogin(reply, result.kind, 403);
    }
    await note(name, result.user.role, 'login', '-');
    void reply
      .clearCookie(BEFORE_LOGIN, cookieOptions())
      .setCookie(SESSION, sessions.begin(name, result.user.role), cookieOptions());
    return reply.redirect(startOf(result.user.role), 303);
  });

  app.post(
    '/console/logout',
    only(['clerk', 'auditor', 'operator'], async (request, reply, viewer) => {
      sessions.end(request.cookies[SESSION]);
      await note(viewer.name, viewer.role, 'logout', '-');
      return reply.clearCookie(SESSION, cookieOptions()).redirect('/console/login', 303);
    }),
  );

  app.get(
    '/console/cases',
    only(['clerk', 'auditor'], async (request, reply, viewer) => {
      const query = listQuery.safeParse(request.query);
      const found = await storage.items.list(PAGE_LENGTH + 1, query.data?.before);
      const shown = found.slice(0, PAGE_LENGTH);
      const catalogues = await bundles.catalogues();
      const older = found.length > PAGE_LENGTH ? shown.at(-1)?.cursor : undefined;
      const text = casesPage(
        viewer,
        shown,
        (id) => serviceOf(catalogues, { id })?.name,
        await storage.archivedThrough(),
        older,
      );
      return sendPage(reply, text);
    }),
  );

  app.get(
    '/console/cases/:caseNumber',
    only(['clerk'], async (request, reply, viewer) => {
      const { data } = caseParams.safeParse(request.params);
      const item = await storage.items.findByCase(data?.caseNumber ?? '');
      if (!item) return sendPage(reply, messagePage(NOT_FOUND, NOT_FOUND, viewer), 404);
      await note(viewer.name, viewer.role, 'openCase', item.caseNumber);
      return sendPage(reply, casePage(viewer, await openedCase(item)));
    }),
  );

  app.get(
    '/console/cases/:caseNumber/files/:sha256',
    only(['clerk'], async (request, reply, viewer) => {
      const { data } = fileParams.safeParse(request.params);
      const item = await storage.items.findByCase(data?.caseNumber ?? '');
      const body = item && (await opening.application(item));
      const attached =
        body?.ok === true
          ? filesOf(body.value).find(({ attachment }) => attachment === data?.sha256)
          : undefined;
      if (!item || !attached)
        return sendPage(reply, messagePage(NOT_FOUND, NOT_FOUND, viewer), 404);
      await note(viewer.name, viewer.role, 'openFile', item.caseNumber);
      const file = await opening.file(attached);
      if (!file.ok) return sendPage(reply, messagePage(NOT_FOUND, NOT_FOUND, viewer), 404);
      return reply
        .type(attached.mediaType)
        .header('content-disposition', `inline; filename="${item.caseNumber}"`)
        .send(file.value);
    }),
  );

  app.post(
    '/console/cases/:caseNumber/actions',
    only(['clerk'], async (request, reply, viewer) => {
      const { data } = caseParams.safeParse(request.params);
      const item = await storage.items.findByCase(data?.caseNumber ?? '');
      if (!item) return sendPage(reply, messagePage(NOT_FOUND, NOT_FOUND, viewer), 404);
      const form = formOf(request);
      const from = form.get('from') as CaseState;
      const action = caseActions(item.state).find((known) => known === form.get('action'));
      const to: CaseState | undefined = action && nextCaseState(item.state, action);
      if (from !== item.state || !action || !to) {
        return sendPage(reply, messagePage(STALE, STALE, viewer), 409);
      }
      const reasons = action === 'requestSupplement' ? form.getAll('reason') : [];
      if (!(await reasonsAllowed(item, action, reasons))) {
        return sendPage(reply, messagePage(NO_REASON, NO_REASON, viewer), 422);
      }
      const { submissionId } = item;
      const at = isoTime(now());
      const actor = viewer.name;
      if (!(await storage.items.move({ submissionId, from, to, action, actor, reasons, at }))) {
        return sendPage(reply, messagePage(STALE, STALE, viewer), 409);
      }
      await note(viewer.name, viewer.role, 'moveCase', `${item.caseNumber} ${from} → ${to}`);
      return reply.redirect(`/console/cases/${item.caseNumber}`, 303);
    }),
  );

  const reasonsAllowed = async (
    item: ItemRow,
    action: CaseAction,
    reasons: readonly string[],
  ): Promise<boolean> => {
    if (action !== 'requestSupplement') return true;
    const allowed = new Set(supplementReasons(await openedCase(item)).map(({ value }) => value));
    return reasons.length > 0 && reasons.every((reason) => allowed.has(reason));
  };

  const tools = { only, note, sendPage, formOf };
  consoleTerminalRoutes(app, context, tools);
  consoleLostRoutes(app, context, tools);

  app.get(
    '/console/access',
    only(['auditor'], async (_request, reply, viewer) => {
      const entries = await storage.accessLog.all();
      return sendPage(reply, accessPage(viewer, entries, firstBrokenLink(entries)));
    }),
  );
}
