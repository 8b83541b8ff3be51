import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
} from 'fastify';
import { consoleRoutes, pageHeaders } from '../console/routes.ts';
import { messagePage } from '../console/pages/message.ts';
import { openApiDocument } from '../contract/openapi.ts';
import { adminRoutes } from './admin-routes.ts';
import { attachmentRoutes } from './attachment-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { payerOf } from './auth.ts';
import type { PlatformContext } from './context.ts';
import { importRoutes } from './import-routes.ts';
import { itemRoutes } from './item-routes.ts';
import { ProblemError, problemOf, sendProblem } from './problem.ts';
import { phoneRoutes } from './phone-routes.ts';
import { createReception } from './reception.ts';
import { receiptRoutes } from './receipt-routes.ts';
import { terminalRoutes } from './terminal-routes.ts';

const DOCS_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
const MAX_JSON = 256 * 1024;
const REQUEST_MS = 10 * 60 * 1000;
const ERROR_PAGE = {
  zh: '出了点问题，请再试一次',
  en: 'Something went wrong, please try again',
};

/** Whether a person, not a program, waits for the answer. */
function isForPeople(request: FastifyRequest): boolean {
  return request.url.startsWith('/console') || request.url.startsWith('/r/');
}

function handleErrors(app: FastifyInstance, context: PlatformContext): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    if (problem.status >= 500) {
      const { name, code, stack } = error as Partial<NodeJS.ErrnoException>;
      // the message of an error may quote input; its place does not
      const place = stack
        ?.split('\n')
        .find((line) => /^\s+at /.test(line))
        ?.trim();
      context.log.error({ name, code, place, route: request.routeOptions.url }, 'request failed');
    }
    if (isForPeople(request)) {
      pageHeaders(reply);
      return reply
        .code(problem.status)
        .type('text/html; charset=utf-8')
        .send(messagePage(ERROR_PAGE, ERROR_PAGE));
    }
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, new ProblemError('notFound').problem),
  );
  app.addHook('onResponse', (request, reply, done) => {
    const { url } = request.routeOptions;
    const ms = Math.round(reply.elapsedTime);
    context.log.debug({ method: request.method, route: url, status: reply.statusCode, ms }, 'http');
    done();
  });
}

/**
 * What programs are told is kept by nobody on the way, unless a route says otherwise: the feed as little as a 404,
 * which is another answer as soon as there is something.
 */
function keepNothing(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.url.startsWith('/v1/')) void reply.header('cache-control', 'no-store');
    done();
  });
}

/** Documentation for people at /docs, for programs at /openapi.json; nothing comes from elsewhere. */
async function docs(app: FastifyInstance): Promise<void> {
  const document = openApiDocument();
  await app.register(swagger, {
    mode: 'static',
    specification: { document: document as never },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_CSP,
    uiConfig: { validatorUrl: null },
  });
  app.get('/favicon.ico', (_request, reply) => reply.code(204).send());
  app.get('/openapi.json', (_request, reply) =>
    reply.type('application/json').send(JSON.stringify(document)),
  );
}

/** Makes the server; it does not listen yet. */
export async function createServer(context: PlatformContext): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = context.log;
  const app: FastifyInstance = fastify({
    loggerInstance,
    // requests are logged by route below: an address may hold a receipt's token
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MAX_JSON,
    routerOptions: { maxParamLength: 500 },
    // the framework's own words would repeat the address, and are not of the contract
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, problemOf(error)),
    // a slow line may need long for its bytes, but who sends one a minute must not hold an upload's turn
    requestTimeout: REQUEST_MS,
    connectionTimeout: 30_000,
    forceCloseConnections: true,
    trustProxy: context.trustedProxies.length > 0 && [...context.trustedProxies],
  });
  handleErrors(app, context);
  keepNothing(app);
  await app.register(rateLimit, {
    max: context.limits.requestsPerMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => payerOf(context, request),
    errorResponseBuilder: () => Object.assign(new ProblemError('slowDown'), { statusCode: 429 }),
  });
  await docs(app);
  await app.register((scope) => consoleRoutes(scope, context));
  await app.register(async (scope) => {
    scope.addHook('onRequest', (_request, reply, done) => {
      pageHeaders(reply);
      done();
    });
    receiptRoutes(scope, context);
    phoneRoutes(scope, context);
    await Promise.resolve();
  });
  terminalRoutes(app, context);
  auditRoutes(app, context);
  // what these take in is large: their types are known at no other address
  await app.register(async (scope) => {
    attachmentRoutes(scope, context);
    await Promise.resolve();
  });
  await app.register(async (scope) => {
    const reception = createReception(context);
    itemRoutes(scope, context, reception);
    importRoutes(scope, context, reception);
    await Promise.resolve();
  });
  adminRoutes(app, context);
  return app;
}
