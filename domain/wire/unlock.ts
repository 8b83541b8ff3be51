import { mod11_10 } from '../receipt/number.ts';

/**
 * Unlocking a PIN that was locked by too many wrong ones. The terminal shows a challenge, a person reads
 * it to whoever runs the platform, the platform answers with a code that counts once: for this terminal,
 * this role and this lock. Both compute it from a key that only these two have, so that it also works
 * without a line. docs/platform-contract.md tells the same.
 */

/** Whose PIN it is; the first digit of a challenge says it. */
export const UNLOCK_ROLES = { '1': 'staff', '2': 'technician' } as const;

/** Whose PIN can be unlocked. */
export type UnlockRole = (typeof UNLOCK_ROLES)[keyof typeof UNLOCK_ROLES];

/** Digits of a code. */
export const UNLOCK_CODE_DIGITS = 8;
const RANDOM_DIGITS = 8;

/** Digits out of random bytes: six of them, as a number. */
function digitsOf(bytes: Uint8Array, digits: number): string {
  const number = bytes.slice(0, 6).reduce((sum, byte) => sum * 256 + byte, 0);
  return String(number % 10 ** digits).padStart(digits, '0');
}

/**
 * A challenge: the digit of the role, eight random digits, a check digit that catches what was misheard.
 * @param random at least six random bytes
 */
export function unlockChallenge(role: UnlockRole, random: Uint8Array): string {
  const first = role === 'staff' ? '1' : '2';
  const body = first + digitsOf(random, RANDOM_DIGITS);
  return body + mod11_10(body);
}

/** Whose PIN a challenge is about; `undefined` when it was misheard or is none. */
export function roleOfChallenge(challenge: string): UnlockRole | undefined {
  if (!/^[12]\d{9}$/.test(challenge)) return undefined;
  if (mod11_10(challenge.slice(0, 9)) !== challenge[9]) return undefined;
  return challenge.startsWith('1') ? UNLOCK_ROLES['1'] : UNLOCK_ROLES['2'];
}

/** What the HMAC-SHA256 under the terminal's unlock key is made over. */
export function unlockMessage(terminalId: string, challenge: string): string {
  return `bianmin-unlock/1 ${terminalId} ${challenge}`;
}

/**
 * The code: the first 48 bits of the HMAC, big-endian, modulo 10^8.
 * @param mac HMAC-SHA256 of `unlockMessage` under the unlock key
 */
export function unlockCodeOf(mac: Uint8Array): string {
  return digitsOf(mac, UNLOCK_CODE_DIGITS);
}

/** Two groups, for reading aloud. */
export function groupDigits(digits: string): string {
  const half = Math.ceil(digits.length / 2);
  return `${digits.slice(0, half)} ${digits.slice(half)}`;
}

/** A known answer; both ends are tried against it. */
export const UNLOCK_EXAMPLE = {
  key: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8',
  terminalId: '500199001001-g1',
  challenge: '2314159265',
  code: '40456032',
} as const;
