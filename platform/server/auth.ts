import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import { publicKeyOf } from '../keys.ts';
import type { TerminalRow } from '../storage/port.ts';
import { addressOf } from './address.ts';
import type { PlatformContext } from './context.ts';
import { ProblemError } from './problem.ts';

const AUDIENCE = 'bianmin-platform';
const ASSERTION_SECONDS = 5 * 60;
/** How far the clocks of a terminal and of the platform may lie apart. */
const TOLERANCE_SECONDS = 60;

/** region + terminal: how the receipt numbers of a terminal begin. */
export function placeOf(terminal: Pick<TerminalRow, 'region' | 'terminal'>): string {
  return terminal.region + terminal.terminal;
}

async function claimsOf(assertion: string, terminal: TerminalRow, now: number) {
  const key = publicKeyOf(terminal.publicKey);
  if (!key) throw new ProblemError('unauthorised');
  try {
    const { payload } = await jwtVerify(assertion, key, {
      algorithms: ['EdDSA'],
      issuer: terminal.terminalId,
      subject: terminal.terminalId,
      audience: AUDIENCE,
      requiredClaims: ['iat', 'exp', 'jti'],
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: new Date(now),
    });
    const { iat = 0, exp = 0, jti = '' } = payload;
    const timely = exp - iat <= ASSERTION_SECONDS && iat <= now / 1000 + TOLERANCE_SECONDS;
    if (!timely || jti.length < 8 || jti.length > 100) throw new ProblemError('unauthorised');
    return { jti, exp };
  } catch {
    throw new ProblemError('unauthorised');
  }
}

function subjectOf(assertion: string): string {
  try {
    return decodeJwt(assertion).sub ?? '';
  } catch {
    throw new ProblemError('malformed', 'the assertion is no JWS');
  }
}

interface KnownToken {
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
}

const MOST_TOKENS = 10_000;
/** Tokens given out or found good, by the secret that signed them: a terminal shows the same one for minutes. */
const knownTokens = new WeakMap<CryptoKey, Map<string, KnownToken>>();

function tokensOf({
  tokenSecret,
}: Pick<PlatformContext['keys'], 'tokenSecret'>): Map<string, KnownToken> {
  const known = knownTokens.get(tokenSecret) ?? new Map<string, KnownToken>();
  knownTokens.set(tokenSecret, known);
  return known;
}

function noteToken(keys: PlatformContext['keys'], token: string, is: KnownToken): void {
  const known = tokensOf(keys);
  if (known.size >= MOST_TOKENS) known.clear();
  known.set(token, is);
}

/**
 * Takes an assertion of a terminal, once, and gives an access token.
 *
 * @throws ProblemError unauthorised, revoked, malformed
 */
export async function issueToken(context: PlatformContext, assertion: string): Promise<string> {
  const { storage, keys, now, tokenSeconds } = context;
  const terminal = await storage.terminals.find(subjectOf(assertion));
  if (!terminal) throw new ProblemError('unauthorised');
  const { jti, exp } = await claimsOf(assertion, terminal, now());
  // only who holds the key learns that it was revoked
  if (terminal.revokedAt !== null) throw new ProblemError('revoked');
  const expiresAt = (exp + TOLERANCE_SECONDS) * 1000;
  if (!(await storage.terminals.useAssertion(terminal.terminalId, jti, expiresAt, now()))) {
    throw new ProblemError('unauthorised', 'this assertion was used before');
  }
  const issuedAt = Math.floor(now() / 1000);
  const endsAt = issuedAt + tokenSeconds;
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
    .setSubject(terminal.terminalId)
    .setAudience(AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(endsAt)
    .sign(keys.tokenSecret);
  noteToken(keys, token, { subject: terminal.terminalId, endsAt: endsAt * 1000 });
  return token;
}

function bearerOf(request: FastifyRequest): string {
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new ProblemError('unauthorised');
  return token;
}

/** Terminal id of a token that this platform gave out and that has not ended. */
export function tokenSubject(
  { keys, now }: Pick<PlatformContext, 'keys' | 'now'>,
  token: string,
): string | undefined | Promise<string | undefined> {
  const known = tokensOf(keys);
  const found = known.get(token);
  if (!found) return verifiedSubject(keys, now(), token);
  if (now() < found.endsAt) return found.subject;
  known.delete(token);
  return undefined;
}

async function verifiedSubject(
  keys: PlatformContext['keys'],
  now: number,
  token: string,
): Promise<string | undefined> {
  try {
    const { payload } = await jwtVerify(token, keys.tokenSecret, {
      algorithms: ['HS256'],
      audience: AUDIENCE,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(now),
    });
    const { sub = '', exp = 0 } = payload;
    noteToken(keys, token, { subject: sub, endsAt: exp * 1000 });
    return sub;
  } catch {
    return undefined;
  }
}

/**
 * Who pays for a request: a terminal, wherever it is, else the address. A token that was made up pays
 * for nobody, or every guess would come from someone new.
 */
export async function payerOf(context: PlatformContext, request: FastifyRequest): Promise<string> {
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1];
  const terminalId = token === undefined ? undefined : await tokenSubject(context, token);
  return terminalId === undefined ? `address ${addressOf(request)}` : `terminal ${terminalId}`;
}

/**
 * The terminal that a request comes from. Whether it was revoked is asked each time.
 *
 * @throws ProblemError unauthorised, revoked
 */
export async function terminalOf(
  context: PlatformContext,
  request: FastifyRequest,
): Promise<TerminalRow> {
  const subject = await tokenSubject(context, bearerOf(request));
  const terminal = await context.storage.terminals.find(subject ?? '');
  if (!terminal) throw new ProblemError('unauthorised');
  if (terminal.revokedAt !== null) throw new ProblemError('revoked');
  return terminal;
}

/** Compares secrets in a time that does not depend on where they differ. */
export function sameSecret(given: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(right));
}

/** @throws ProblemError unauthorised unless the request carries the admin token */
export function requireAdmin(context: PlatformContext, request: FastifyRequest): void {
  if (!sameSecret(bearerOf(request), context.adminToken)) throw new ProblemError('unauthorised');
}
