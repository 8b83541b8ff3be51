import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { UserRow, UserStore } from '../storage/port.ts';
import type { Now } from '../time.ts';

const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
const LENGTH = 32;
const MOST_FAILURES = 5;
const LOCK_MS = 30 * 60 * 1000;

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, LENGTH, COST, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

/** Hash of a password to be stored: `scrypt:<salt>:<key>`, base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt);
  return `scrypt:${salt.toString('base64url')}:${key.toString('base64url')}`;
}

/** Whether a password is the one of a stored hash. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [, salt = '', key = ''] = stored.split(':');
  const right = Buffer.from(key, 'base64url');
  const given = await derive(password, Buffer.from(salt, 'base64url'));
  return right.length === LENGTH && timingSafeEqual(given, right);
}

/** What came of a login. `locked`: too many wrong ones, whatever was typed now. */
export type Login =
  { readonly kind: 'in'; readonly user: UserRow } | { readonly kind: 'wrong' | 'locked' };

/** Takes a name and a password. After five wrong ones the name is locked for half an hour. */
export async function login(
  users: UserStore,
  now: Now,
  name: string,
  password: string,
): Promise<Login> {
  const user = await users.find(name);
  if (!user) {
    // the same work as for a name that is there
    await derive(password, Buffer.alloc(16));
    return { kind: 'wrong' };
  }
  if (user.lockedUntil > now()) return { kind: 'locked' };
  if (await isPassword(password, user.passwordHash)) {
    await users.setFailures(name, 0, 0);
    return { kind: 'in', user };
  }
  // read again: other wrong ones may have been counted in the meantime
  const failures = ((await users.find(name))?.failures ?? 0) + 1;
  const locked = failures >= MOST_FAILURES;
  await users.setFailures(name, locked ? 0 : failures, locked ? now() + LOCK_MS : 0);
  return { kind: locked ? 'locked' : 'wrong' };
}
