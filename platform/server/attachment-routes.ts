import type { FastifyInstance, FastifyRequest, onResponseHookHandler } from 'fastify';
import { z } from 'zod';
import type { AttachmentProgress } from '../../domain/wire/platform.ts';
import type { UploadFault } from '../storage/uploads.ts';
import { arrivingBytes, type ArrivingBytes } from './arriving-bytes.ts';
import { terminalOf } from './auth.ts';
import type { PlatformContext } from './context.ts';
import { ProblemError, readAs } from './problem.ts';

const CHUNK_TYPE = 'application/offset+octet-stream';
const params = z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const bytes = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number);
const uploadHeaders = z.object({ 'upload-offset': bytes, 'upload-length': bytes });

const PROBLEM_OF = {
  offsetMismatch: 'offsetMismatch',
  hashMismatch: 'hashMismatch',
  lengthDiffers: 'malformed',
} as const satisfies Record<UploadFault, string>;

/** Resumable uploads of sealed attachments. */
export function attachmentRoutes(app: FastifyInstance, context: PlatformContext): void {
  const { uploads, limits } = context;
  // the body goes to the disk as it comes, whatever its size
  const arriving = new WeakMap<FastifyRequest, ArrivingBytes>();
  app.addContentTypeParser(CHUNK_TYPE, (request, payload, done) => {
    const body = arrivingBytes(payload);
    arriving.set(request, body);
    done(null, body);
  });

  app.head('/v1/attachments/:sha256', async (request, reply) => {
    const terminal = await terminalOf(context, request);
    const { sha256 } = readAs(params, request.params);
    const state = await uploads.state(terminal.terminalId, sha256);
    if (!state) throw new ProblemError('notFound');
    return reply
      .header('upload-offset', String(state.offset))
      .header('upload-length', String(state.length))
      .send();
  });

  // an answer may come before the body was read: who is not heard, or whose token has ended
  const onResponse: onResponseHookHandler = (request, _reply, done) => {
    arriving.get(request)?.drop();
    done();
  };
  app.patch('/v1/attachments/:sha256', { onResponse }, async (request, reply) => {
    const terminal = await terminalOf(context, request);
    const { sha256 } = readAs(params, request.params);
    const headers = readAs(uploadHeaders, request.headers);
    const length = headers['upload-length'];
    if (length > limits.attachmentBytes) throw new ProblemError('tooLarge');
    if (length === 0 || request.headers['content-type'] !== CHUNK_TYPE) {
      throw new ProblemError('malformed', `send ${CHUNK_TYPE}`);
    }
    const result = await uploads.append({
      terminalId: terminal.terminalId,
      sha256,
      offset: headers['upload-offset'],
      length,
      bytes: request.body as AsyncIterable<Uint8Array>,
    });
    if (!result.ok) {
      // nobody reads the rest of this body: the connection ends after the answer
      void reply.header('connection', 'close');
      throw new ProblemError(PROBLEM_OF[result.error]);
    }
    const { offset, complete } = result.value;
    const answer: AttachmentProgress = { result: 'stored', sha256, offset, complete };
    return reply.header('upload-offset', String(offset)).send(answer);
  });
}
