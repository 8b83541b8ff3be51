import type { IncomingMessage } from 'node:http';
import type { CaptureCode } from '../../contract/camera.ts';
import { wipe } from '../seal/give-back.ts';
import { NotNow } from '../session/parts.ts';
import type { SessionService } from '../session/session.ts';

/** What of the session takes pictures in. */
export interface CapturingSession {
  readonly assurance: SessionService['assurance'];
  readonly papers: { readonly captures: Pick<SessionService['papers']['captures'], 'expect'> };
  touch(): void;
}

/** The answer to a picture: a status of HTTP, and the code that the page turns into words. */
export interface CaptureAnswer {
  readonly status: number;
  readonly code: CaptureCode;
}

/** Limits of what the page may send. */
export interface CaptureLimits {
  /** A frame of 13 megapixels as JPEG is about 5 MB. */
  readonly maxBytes: number;
  /** A hand that turns pages is slower. */
  readonly perMinute: number;
  /** So long may one picture be under way. */
  readonly deadlineMs: number;
}

const LIMITS: CaptureLimits = { maxBytes: 16_000_000, perMinute: 40, deadlineMs: 20_000 };

const STATUS: Readonly<Record<CaptureCode, number>> = {
  taken: 200,
  wrongStep: 409,
  notFound: 404,
  busy: 409,
  full: 409,
  unreadable: 422,
  tooLarge: 413,
  tooMany: 429,
  cutOff: 400,
};

const answer = (code: CaptureCode): CaptureAnswer => ({ status: STATUS[code], code });

/** What a picture is to become. */
export interface WantedCapture {
  readonly materialId: string;
  /** A page that it stands in for. */
  readonly replaces?: string;
}

/** What the address of a capture asks for: `/capture/<materialId>`, with `?replaces=<pageId>` for one taken again. */
export function wantedCapture(path: string, query: string): WantedCapture | undefined {
  const materialId = /^\/capture\/([\w.-]{1,80})$/.exec(path)?.[1];
  if (materialId === undefined) return undefined;
  const replaces = /^replaces=([\w-]{10,64})$/.exec(query)?.[1];
  return { materialId, ...(replaces === undefined ? {} : { replaces }) };
}

/**
 * Takes pictures of the document camera in: `POST /capture/<materialId>` with a JPEG. Nothing is read
 * before it is certain that it may be; what was read lies in one buffer that the session overwrites.
 */
export class CaptureGate {
  readonly #session: CapturingSession;
  readonly #limits: CaptureLimits;
  readonly #now: () => number;
  #receiving = false;
  #times: readonly number[] = [];

  constructor(
    session: CapturingSession,
    limits: Partial<CaptureLimits> = {},
    now: () => number = () => performance.now(),
  ) {
    this.#session = session;
    this.#limits = { ...LIMITS, ...limits };
    this.#now = now;
  }

  /** Receives one picture. Never rejects for what a page or its user does. */
  async receive(
    request: IncomingMessage,
    { materialId, replaces }: WantedCapture,
  ): Promise<CaptureAnswer> {
    const length = Number(request.headers['content-length']);
    if (request.headers['content-type'] !== 'image/jpeg' || !Number.isSafeInteger(length)) {
      return answer('unreadable');
    }
    if (length > this.#limits.maxBytes) return answer('tooLarge');
    if (this.#session.assurance !== 'L2') return answer('wrongStep');
    if (this.#receiving) return answer('busy');
    if (!this.#mayAgain()) return answer('tooMany');
    this.#receiving = true;
    let bytes: Uint8Array | undefined;
    try {
      const take = this.#session.papers.captures.expect(materialId, { replaces });
      // who turns pages is there, though nobody touches the screen
      this.#session.touch();
      bytes = await readBody(request, length, this.#limits.deadlineMs);
      if (bytes === undefined) return answer('cutOff');
      if (!looksLikeJpeg(bytes)) return answer('unreadable');
      const outcome = await take(bytes);
      return answer(outcome === 'gone' ? 'wrongStep' : outcome);
    } catch (error) {
      if (!(error instanceof NotNow)) throw error;
      return answer(
        error.reason === 'NOT_FOUND'
          ? 'notFound'
          : error.reason === 'DEVICE'
            ? 'busy'
            : 'wrongStep',
      );
    } finally {
      if (bytes !== undefined) wipe(bytes);
      this.#receiving = false;
    }
  }

  #mayAgain(): boolean {
    const now = this.#now();
    this.#times = this.#times.filter((at) => now - at < 60_000);
    if (this.#times.length >= this.#limits.perMinute) return false;
    this.#times = [...this.#times, now];
    return true;
  }
}

const looksLikeJpeg = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/** The whole body in one buffer; undefined, with everything overwritten, when it does not come whole. */
function readBody(
  request: IncomingMessage,
  length: number,
  deadlineMs: number,
): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const bytes = new Uint8Array(length);
    let at = 0;
    const end = (whole: boolean): void => {
      clearTimeout(timer);
      request.removeAllListeners('data');
      if (!whole) wipe(bytes);
      resolve(whole ? bytes : undefined);
    };
    const timer = setTimeout(() => {
      request.destroy();
      end(false);
    }, deadlineMs);
    request.on('data', (chunk: Buffer) => {
      bytes.set(chunk.subarray(0, length - at), at);
      at += chunk.length;
      chunk.fill(0);
    });
    request.once('end', () => end(at === length));
    request.once('error', () => end(false));
    request.once('close', () => end(at === length));
  });
}
