import { toBase64Url, toHex } from '../../../domain/base64url.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import type { Clock, Randomness, TerminalSigner } from '../ports.ts';
import { readJson, tokenResponse } from '../sync/answers.ts';
import type { CallFailure, PlatformClient, Tokens } from '../sync/platform-client.ts';
import type { EnrolmentRecord } from './contract.ts';

const ASSERTION_SECONDS = 120;

/** What tokens need. */
export interface TokenParts {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly signer: TerminalSigner;
  readonly client: PlatformClient;
  readonly enrolment: () => EnrolmentRecord | undefined;
  /** The best guess of the time, milliseconds since 1970. */
  readonly now: () => number;
  readonly onPlatformTime: (iso: string) => void;
  /** Asks the platform for the signed time, once, when an assertion was refused: the clock may be wrong. */
  readonly learnTime: () => Promise<boolean>;
  readonly onRevoked: (revoked: boolean) => void;
}

/** Compact JWS by the terminal's key, which stays in its store: jose would want the key itself. */
function assertionOf(parts: TokenParts, terminalId: string): string {
  const iat = Math.floor(parts.now() / 1000);
  const part = (value: unknown): string => toBase64Url(Buffer.from(JSON.stringify(value)));
  const signed = `${part({ alg: 'EdDSA', typ: 'JWT', kid: parts.signer.keyId })}.${part({
    iss: terminalId,
    sub: terminalId,
    aud: 'bianmin-platform',
    iat,
    exp: iat + ASSERTION_SECONDS,
    jti: toHex(parts.randomness.bytes(16)),
  })}`;
  return `${signed}.${toBase64Url(parts.signer.sign(Buffer.from(signed)))}`;
}

/** Access tokens by signed assertions; one is kept until shortly before its end. */
export function createTokens(parts: TokenParts): Tokens {
  let held: { readonly token: string; readonly until: number } | undefined;
  let running: Promise<Result<string, CallFailure>> | undefined;

  const ask = async (terminalId: string): Promise<Result<string, CallFailure>> => {
    const answer = await parts.client.open(
      {
        method: 'POST',
        path: '/v1/tokens',
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify({ assertion: assertionOf(parts, terminalId) })),
      },
      ({ status, body }) => (status === 201 ? readJson(body, tokenResponse) : undefined),
    );
    if (!answer.ok) return answer;
    parts.onPlatformTime(answer.value.serverTime);
    const lifeMs = answer.value.expiresInSeconds * 1000;
    held = { token: answer.value.accessToken, until: parts.clock.now() + lifeMs * 0.9 };
    return ok(held.token);
  };
  const renew = async (): Promise<Result<string, CallFailure>> => {
    const terminalId = parts.enrolment()?.terminalId;
    if (terminalId === undefined) return err({ kind: 'notEnrolled' });
    let answer = await ask(terminalId);
    if (!answer.ok && answer.error.kind === 'problem' && answer.error.code === 'unauthorised') {
      if (await parts.learnTime()) answer = await ask(terminalId);
    }
    if (answer.ok) parts.onRevoked(false);
    else if (answer.error.kind === 'problem' && answer.error.code === 'revoked') {
      parts.onRevoked(true);
    }
    return answer;
  };
  return {
    async token(refused) {
      if (held && held.token !== refused && parts.clock.now() < held.until) return ok(held.token);
      held = undefined;
      // three uploads that are refused at once ask for one token
      running ??= renew().finally(() => (running = undefined));
      return running;
    },
  };
}
