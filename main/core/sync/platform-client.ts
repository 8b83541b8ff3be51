import { err, ok, type Result } from '../../../domain/result.ts';
import type { Problem, SealerReason } from '../../../domain/wire/platform.ts';
import type { HttpAnswer, HttpRequest, Network, NetworkFailure } from '../ports.ts';
import { problem, readJson } from './answers.ts';
import type { LinkState } from './contract.ts';

/**
 * Why a call did not give what was asked.
 *
 * - `network`: no answer
 * - `nonsense`: an answer that is not of the contract; a captive portal's page, a proxy's error
 * - `problem`: the platform itself says no
 * - `notEnrolled`: there is nobody to ask as
 */
export type CallFailure =
  | { readonly kind: 'network'; readonly failure: NetworkFailure }
  | { readonly kind: 'nonsense'; readonly status: number }
  | {
      readonly kind: 'problem';
      readonly status: number;
      readonly code: Problem['code'];
      readonly reason?: SealerReason | undefined;
      /** What `Retry-After` says. */
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: 'notEnrolled' };

/** A request without what the client adds. */
export type Call = Omit<HttpRequest, 'deadlineMs' | 'signal'> & {
  readonly deadlineMs?: number;
};

/** Takes what it knows from an answer; `undefined` when the answer is not of the contract. */
export type Reader<T> = (answer: HttpAnswer) => T | undefined;

/** Calls the platform and tells its words from anybody else's. */
export interface PlatformClient {
  /** Without a token. */
  open<T>(call: Call, read: Reader<T>): Promise<Result<T, CallFailure>>;
  /**
   * With a token; renewed once when the platform refuses it.
   * @param about `oneThing`: where a platform that is there may fail at just what is asked for. An answer that
   * is none of the contract's, is too long, or says that the platform is out of order and not for how long, then
   * says nothing of the link; whoever asks learns of it by asking for something else.
   */
  authorised<T>(call: Call, read: Reader<T>, about?: 'oneThing'): Promise<Result<T, CallFailure>>;
}

/** Gives access tokens. */
export interface Tokens {
  /** @param refused the token that the platform did not take */
  token(refused: string | undefined): Promise<Result<string, CallFailure>>;
}

/** What the client needs. */
export interface ClientParts {
  readonly network: Network;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** @param untrusted what was wrong with the certificate of whoever answered, in Node's word */
  readonly onLink: (state: LinkState, untrusted?: string) => void;
  /** The time that certificates are checked at while the machine's clock is known to be wrong. */
  readonly certificateAt: () => number | undefined;
  /**
   * The machine's clock stands before the platform's last word, and no word has come since the start. Who set
   * it back may hold a certificate that was good then.
   */
  readonly clockDoubted: () => boolean;
  /**
   * Asks for the signed time, once, when a certificate is said to be outside its dates: the clock may be
   * what is wrong.
   */
  readonly learnTime: () => Promise<boolean>;
  /** Seconds of `Retry-After` may also be a date. */
  readonly wall: () => number;
}

/** What Node calls a certificate that is not valid yet or no more. */
const CERTIFICATE_DATES: ReadonlySet<string> = new Set(['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED']);

function retryAfter(answer: HttpAnswer, wall: number): number | undefined {
  const text = answer.headers['retry-after'];
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - wall);
}

function failureOf(answer: HttpAnswer, wall: number): CallFailure {
  const said =
    answer.status >= 400 && answer.headers['content-type']?.startsWith('application/problem+json')
      ? readJson(answer.body, problem)
      : undefined;
  return said?.status === answer.status
    ? {
        kind: 'problem',
        status: answer.status,
        code: said.code,
        reason: said.reason,
        retryAfterMs: retryAfter(answer, wall),
      }
    : { kind: 'nonsense', status: answer.status };
}

/** A short code of a failure for rows, audit and logs: from a closed set, nothing personal. */
export function failureCode(failure: CallFailure): string {
  switch (failure.kind) {
    case 'network':
      return failure.failure.kind;
    case 'nonsense':
      return `notThePlatform${failure.status}`;
    case 'problem':
      return failure.code;
    case 'notEnrolled':
      return 'notEnrolled';
  }
}

/** Whether the platform itself says how long not to ask. */
export function isToldToWait(failure: CallFailure): boolean {
  return failure.kind === 'problem' && failure.retryAfterMs !== undefined;
}

/** Reads nothing but a status: for answers without a body. */
export function readEmpty(status: number): Reader<true> {
  return (answer) => (answer.status === status ? true : undefined);
}

/** The client. Every answer of the contract says that the link is there; anything else that it is not. */
export function createPlatformClient(parts: ClientParts, tokens: () => Tokens): PlatformClient {
  const send = (call: Call): Promise<Result<HttpAnswer, NetworkFailure>> => {
    const certificateAt = parts.certificateAt();
    return parts.network.request({
      deadlineMs: parts.deadlineMs,
      ...(certificateAt === undefined ? {} : { certificateAt }),
      ...call,
      signal: parts.signal,
    });
  };
  const once = async <T>(
    call: Call,
    read: Reader<T>,
    about?: 'oneThing',
  ): Promise<Result<T, CallFailure>> => {
    if (call.certificateAt === undefined && parts.clockDoubted() && !(await parts.learnTime())) {
      parts.onLink('offline');
      return err({ kind: 'network', failure: { kind: 'unreachable', detail: 'NO_TIME' } });
    }
    let answer = await send(call);
    if (!answer.ok && answer.error.kind === 'tls' && CERTIFICATE_DATES.has(answer.error.detail)) {
      const learnt = call.certificateAt === undefined && (await parts.learnTime());
      if (learnt && parts.certificateAt() !== undefined) answer = await send(call);
    }
    if (!answer.ok) {
      const { kind, detail } = answer.error;
      const ofTheLink = kind !== 'cancelled' && !(about && kind === 'answerTooLong');
      if (ofTheLink) parts.onLink('offline', kind === 'tls' ? detail : undefined);
      return err({ kind: 'network', failure: answer.error });
    }
    const value = read(answer.value);
    if (value !== undefined) {
      parts.onLink('online');
      return ok(value);
    }
    const failure = failureOf(answer.value, parts.wall());
    const isThere = failure.kind === 'problem' && failure.status < 500;
    if (isThere || !about || isToldToWait(failure)) parts.onLink(isThere ? 'online' : 'offline');
    return err(failure);
  };
  const withToken = <T>(
    call: Call,
    read: Reader<T>,
    token: string,
    about?: 'oneThing',
  ): Promise<Result<T, CallFailure>> =>
    once({ ...call, headers: { ...call.headers, authorization: `Bearer ${token}` } }, read, about);

  return {
    open: (call, read) => once(call, read),
    async authorised(call, read, about) {
      const token = await tokens().token(undefined);
      if (!token.ok) return token;
      const first = await withToken(call, read, token.value, about);
      if (first.ok || !('status' in first.error) || first.error.status !== 401) return first;
      const renewed = await tokens().token(token.value);
      // asked for all the same: whoever asks for tokens learns by it that the terminal was revoked
      if (first.error.kind === 'problem' && first.error.code === 'revoked') return first;
      return renewed.ok ? withToken(call, read, renewed.value, about) : renewed;
    },
  };
}
