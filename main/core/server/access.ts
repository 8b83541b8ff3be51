import { createHmac, timingSafeEqual } from 'node:crypto';
import { toBase64Url } from '../../../domain/base64url.ts';
import type { Randomness } from '../ports.ts';

const MAX_TOKENS = 32;

/**
 * Who may speak to the core: a page that came in with a one-time token got a cookie. Cookies are signed,
 * not stored, by a key that outlives a restart of the core: the page goes on after it.
 */
export class PageAccess {
  readonly #randomness: Randomness;
  readonly #key: Uint8Array;
  readonly #tokens = new Set<string>();

  /** @param key 32 bytes that stay the same for this terminal */
  constructor(randomness: Randomness, key: Uint8Array) {
    this.#randomness = randomness;
    this.#key = key;
  }

  /** A token that works once. Of many never used the oldest is forgotten. */
  newToken(): string {
    const token = toBase64Url(this.#randomness.bytes(24));
    this.#tokens.add(token);
    for (const oldest of this.#tokens) {
      if (this.#tokens.size <= MAX_TOKENS) break;
      this.#tokens.delete(oldest);
    }
    return token;
  }

  /** Says whether the token was good; it is used up by it. */
  use(token: string): boolean {
    return this.#tokens.delete(token);
  }

  newCookie(): string {
    const id = toBase64Url(this.#randomness.bytes(16));
    return `${id}.${this.#sign(id)}`;
  }

  isCookie(value: string | undefined): boolean {
    const [id, signature, rest] = value?.split('.') ?? [];
    if (id === undefined || signature === undefined || rest !== undefined) return false;
    const expected = Buffer.from(this.#sign(id));
    const given = Buffer.from(signature);
    return expected.length === given.length && timingSafeEqual(expected, given);
  }

  #sign(id: string): string {
    return createHmac('sha256', this.#key).update(`page-cookie/1\n${id}`).digest('base64url');
  }
}

/** The value of one cookie of a `Cookie` header. */
export function cookieValue(header: string | undefined, name: string): string | undefined {
  for (const part of header?.split(';') ?? []) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}
