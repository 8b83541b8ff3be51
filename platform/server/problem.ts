import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import type { Problem, SealerReason } from '../../domain/wire/platform.ts';
import { PROBLEMS } from '../contract/wire.ts';

const TITLES: Readonly<Record<Problem['code'], string>> = {
  unauthorised: 'Not authorised',
  revoked: 'This terminal was revoked',
  malformed: 'The request is not of this contract',
  conflict: 'The same id with other content; both are kept',
  offsetMismatch: 'The upload stands elsewhere',
  hashMismatch: 'Bytes and hash differ',
  tooLarge: 'Too large',
  slowDown: 'Too many requests',
  notFound: 'Not found',
  attachmentsMissing: 'Attachments are missing',
  internal: 'Internal error',
};

/** Thrown by a route to answer with a problem. `detail` never holds personal data. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(code: Problem['code'], detail?: string, reason?: SealerReason) {
    super(code);
    this.problem = {
      type: 'about:blank',
      title: TITLES[code],
      status: PROBLEMS[code].status,
      code,
      ...(detail === undefined ? {} : { detail }),
      ...(reason === undefined ? {} : { reason }),
    };
  }
}

/** Answers with a problem as application/problem+json. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem));
}

/** Makes a problem of anything that was thrown; the reason of a bug stays inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const status = (error as { readonly statusCode?: unknown } | null)?.statusCode;
  if (status === 413) return new ProblemError('tooLarge').problem;
  if (status === 429) return new ProblemError('slowDown').problem;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ProblemError('malformed').problem;
  }
  return new ProblemError('internal').problem;
}

/**
 * Reads a value by a schema.
 *
 * @throws ProblemError malformed, naming the members that are wrong and not what they hold
 */
export function readAs<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const members = new Set(read.error.issues.map((issue) => issue.path.join('.')));
  throw new ProblemError('malformed', `wrong: ${[...members].join(', ') || 'body'}`);
}
