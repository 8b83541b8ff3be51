import { open } from 'node:fs/promises';
import {
  attachmentTransition,
  type AttachmentEvent,
} from '../../../domain/outbox/attachment-progress.ts';
import type { HeldCode } from '../../../domain/outbox/transition.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { AttachmentProgress } from '../../../domain/wire/platform.ts';
import type { Clock } from '../ports.ts';
import { sha256Hex, type BlobFolder } from '../outbox/blob-folder.ts';
import type { IndexDb } from '../storage/index-db.ts';
import { saveProgress, type AttachmentRow } from '../storage/item-rows.ts';
import { attachmentProgress, readJson } from './answers.ts';
import type { ChunkPace } from './chunk-pace.ts';
import { failureCode, type CallFailure, type PlatformClient } from './platform-client.ts';

/** Why an item did not get through. */
export type SendFailure =
  | { readonly kind: 'retry'; readonly code: string; readonly retryAfterMs?: number | undefined }
  | { readonly kind: 'held'; readonly code: HeldCode };

/** What sending needs. */
export interface SendParts {
  readonly db: IndexDb;
  readonly blobs: BlobFolder;
  readonly client: PlatformClient;
  /** Bytes in one request: what the line carries within a deadline. */
  readonly pace: ChunkPace;
  readonly clock: Clock;
}

const MAX_STEPS_BACK = 3;

/** A failure that is the same for every kind of request. */
export function asSendFailure(failure: CallFailure): SendFailure {
  if (failure.kind === 'problem') {
    if (failure.code === 'tooLarge') return { kind: 'held', code: 'tooLarge' };
    if (failure.code === 'malformed') {
      return { kind: 'held', code: failure.reason ?? 'malformed' };
    }
    return { kind: 'retry', code: failure.code, retryAfterMs: failure.retryAfterMs };
  }
  return { kind: 'retry', code: failureCode(failure) };
}

async function readChunk(path: string, offset: number, length: number): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const chunk = new Uint8Array(length);
    const { bytesRead } = await handle.read(chunk, 0, length, offset);
    return chunk.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Where the platform stands; 0 when it has nothing. */
export async function askOffset(
  client: PlatformClient,
  attachment: AttachmentRow,
): Promise<Result<number, SendFailure>> {
  // a HEAD has no body, so 404 cannot name itself; what comes after would fail on a captive portal
  const answer = await client.authorised(
    { method: 'HEAD', path: `/v1/attachments/${attachment.sha256}` },
    ({ status, headers }) => {
      if (status === 404) return { offset: 0 };
      const offset = headers['upload-offset'];
      const length = headers['upload-length'];
      return status === 200 &&
        offset !== undefined &&
        /^\d{1,12}$/.test(offset) &&
        length === String(attachment.size)
        ? { offset: Number(offset) }
        : undefined;
    },
  );
  return answer.ok ? ok(answer.value.offset) : err(asSendFailure(answer.error));
}

async function sendChunk(
  parts: SendParts,
  attachment: AttachmentRow,
  offset: number,
  chunk: Uint8Array,
): Promise<Result<AttachmentProgress, CallFailure>> {
  return parts.client.authorised(
    {
      method: 'PATCH',
      path: `/v1/attachments/${attachment.sha256}`,
      headers: {
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(offset),
        'upload-length': String(attachment.size),
      },
      body: chunk,
    },
    ({ status, body }) => {
      const progress = status === 200 ? readJson(body, attachmentProgress) : undefined;
      return progress?.sha256 === attachment.sha256 ? progress : undefined;
    },
  );
}

/**
 * Brings one sealed file to the platform, from where the platform stands. Ends well only when the
 * platform said that it is whole.
 * @param untried as far as this index knows nothing of it was ever sent: its first bytes go without asking where
 *   the platform stands, which would keep the line idle for as long as an answer takes; a platform that stands
 *   elsewhere says so, and is asked then
 */
export async function sendAttachment(
  parts: SendParts,
  submissionId: string,
  attachment: AttachmentRow,
  untried = false,
): Promise<Result<true, SendFailure>> {
  const path = parts.blobs.pathOf(attachment.sha256);
  let state = { size: attachment.size, offset: attachment.offset, complete: attachment.complete };
  const note = (event: AttachmentEvent): boolean => {
    const next = attachmentTransition(state, event);
    if (!next.ok) return false;
    state = { ...next.value };
    saveProgress(parts.db, submissionId, { position: attachment.position, ...state });
    return true;
  };
  const nonsense: SendFailure = { kind: 'retry', code: 'attachmentAnswerNonsense' };

  for (let stepsBack = 0; stepsBack < MAX_STEPS_BACK; stepsBack++) {
    if (!untried || stepsBack > 0) {
      const stands = await askOffset(parts.client, attachment);
      if (!stands.ok) return stands;
      const whole = stands.value === attachment.size;
      const event: AttachmentEvent = whole
        ? { type: 'platformComplete' }
        : { type: 'platformStands', offset: stands.value };
      if (!note(event)) return err(nonsense);
    }
    while (!state.complete) {
      let chunk: Uint8Array;
      try {
        const wanted = Math.min(parts.pace.bytes(), attachment.size - state.offset);
        chunk = await readChunk(path, state.offset, wanted);
        if (chunk.length < wanted) {
          return err({ kind: 'held', code: 'fileDamaged' });
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        return err({ kind: 'held', code: 'filesMissing' });
      }
      const since = parts.clock.now();
      const sent = await sendChunk(parts, attachment, state.offset, chunk);
      if (!sent.ok) {
        // a proxy on the way that takes less, or gives up sooner, answers in words of its own
        if (sent.error.kind === 'network' || sent.error.kind === 'nonsense') parts.pace.failed();
        if (sent.error.kind !== 'problem') return err(asSendFailure(sent.error));
        if (sent.error.code === 'offsetMismatch') break;
        if (sent.error.code === 'hashMismatch') {
          note({ type: 'begunAnew' });
          const damaged =
            (await sha256Hex(await parts.blobs.read(attachment.sha256))) !== attachment.sha256;
          return err(
            damaged
              ? { kind: 'held', code: 'fileDamaged' }
              : { kind: 'retry', code: 'hashMismatch' },
          );
        }
        return err(asSendFailure(sent.error));
      }
      parts.pace.went(chunk.length, since);
      const { offset, complete } = sent.value;
      const forward = complete
        ? offset === attachment.size
        : offset > state.offset && offset < attachment.size;
      if (
        !forward ||
        !note(complete ? { type: 'platformComplete' } : { type: 'platformStands', offset })
      ) {
        return err(nonsense);
      }
    }
    if (state.complete) return ok(true);
  }
  return err({ kind: 'retry', code: 'offsetMismatch' });
}
