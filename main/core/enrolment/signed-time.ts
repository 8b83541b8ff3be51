import { fromBase64Url, toBase64Url } from '../../../domain/base64url.ts';
import { verifyEd25519 } from '../keys/ed25519.ts';
import type { Randomness } from '../ports.ts';
import { readJson, signedTime } from '../sync/answers.ts';
import type { PlatformClient } from '../sync/platform-client.ts';

/**
 * Asks for the platform's time, signed by the pinned bundle root over a nonce of ours, so that nobody
 * on the way can set this terminal's clock.
 * @returns ISO 8601; `undefined` when no answer came that holds
 */
export async function askSignedTime(
  client: PlatformClient,
  randomness: Randomness,
  bundleRoot: string,
): Promise<string | undefined> {
  const nonce = toBase64Url(randomness.bytes(18));
  const root = fromBase64Url(bundleRoot);
  const answer = await client.open(
    // the signature proves it: a clock that is wrong makes every certificate look so
    { method: 'GET', path: `/v1/time?nonce=${nonce}`, certificateAt: 'any' },
    ({ status, headers, body }) => {
      const signature = fromBase64Url(headers['x-bianmin-signature'] ?? '');
      const said = status === 200 ? readJson(body, signedTime) : undefined;
      return root && signature && said?.nonce === nonce && verifyEd25519(root, body, signature)
        ? said
        : undefined;
    },
  );
  return answer.ok ? answer.value.serverTime : undefined;
}
