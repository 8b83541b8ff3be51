import { scrypt, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { unlockChallenge } from '../../../domain/wire/unlock.ts';
import type { Clock, Randomness } from '../ports.ts';
import { replaceDurably } from '../storage/durable-files.ts';
import { isUnlockCode, type UnlockKey } from './unlock-code.ts';

/** What a guess costs whoever has the file. */
interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly maxmem: number;
}
const derive = promisify<string, Uint8Array, number, Cost, Buffer>(scrypt);

/** Cost of one guess: about 60 ms and 32 MB (RFC 7914). */
const COST: Cost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const HASH_BYTES = 32;

/** So many wrong ones in a row lock a role… */
export const MAX_FAILURES = 5;
/** …for so long. */
export const LOCK_MS = 30 * 60_000;
/**
 * After a wrong unlock code none is heard for so long. It is a pause and no lock: whoever types nonsense
 * must not keep the technician out, and at this pace nobody guesses eight digits.
 */
export const CODE_PAUSE_MS = 10_000;

/** Who may come in by a PIN. */
export type PinRole = 'staff' | 'technician';

/** What a PIN was worth. */
export type PinCheck =
  | { readonly is: 'right' }
  | { readonly is: 'wrong'; readonly left: number }
  | PinLock
  | { readonly is: 'notSet' };

/** A role is locked. */
export interface PinLock {
  readonly is: 'locked';
  /** ISO 8601 */
  readonly until: string;
  /** What the platform's unlock code is asked for with. */
  readonly challenge: string;
}

/** What an unlock code was worth. */
export type UnlockCheck =
  { readonly is: 'unlocked' | 'wrong' } | { readonly is: 'tooSoon'; readonly seconds: number };

const roleSchema = z.object({
  salt: z.base64(),
  hash: z.base64(),
  failures: z.number().int().min(0),
  /** Milliseconds since 1970; null when not locked. */
  lockedAt: z.number().nullable(),
  /** Of the lock that is on: random, made with it, gone with it. */
  challenge: z.string().nullable().default(null),
  /** When the last unlock code was tried. */
  codeTriedAt: z.number().nullable().default(null),
});
const fileSchema = z.object({
  v: z.literal(1),
  staff: roleSchema.optional(),
  technician: roleSchema.optional(),
});
type PinFile = z.infer<typeof fileSchema>;
type RoleEntry = z.infer<typeof roleSchema>;

/** A PIN has 6 to 12 digits, and is none of those that everybody tries first. */
export function isUsablePin(pin: string): boolean {
  if (!/^\d{6,12}$/.test(pin)) return false;
  const digits = Array.from(pin, Number);
  const step = (digits[1] ?? 0) - (digits[0] ?? 0);
  const even = digits.every((digit, i) => i === 0 || digit - (digits[i - 1] ?? 0) === step);
  return !even || Math.abs(step) > 1;
}

/**
 * The PINs of staff and technician in a file of the data folder (0600), as salted scrypt hashes. A guess is
 * counted on the disk before it is looked at: pulling the plug gives nobody another one. The file is read
 * anew each time, so that a PIN may be set while the core runs.
 */
export class PinStore {
  readonly #path: string;
  readonly #worthless: readonly string[];
  readonly #clock: Pick<Clock, 'wall'>;
  readonly #randomness: Randomness;
  readonly #cost: Cost;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param worthless PINs that everybody knows: they can neither be set nor open anything
   * @param cost of one guess; tests have a lower one
   */
  constructor(
    path: string,
    clock: Pick<Clock, 'wall'>,
    randomness: Randomness,
    worthless: readonly string[] = [],
    cost: Cost = COST,
  ) {
    this.#cost = cost;
    this.#worthless = worthless;
    this.#path = path;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  /**
   * Sets the PIN of a role, and unlocks it.
   * @throws RangeError when it is no usable PIN; errors of the file system
   */
  set(role: PinRole, pin: string): Promise<void> {
    if (!isUsablePin(pin) || this.#worthless.includes(pin))
      return Promise.reject(new RangeError('not a usable PIN'));
    return this.#alone(async () => {
      const salt = this.#randomness.bytes(16);
      const hash = await this.#hash(pin, salt);
      await this.#write({
        ...(await this.#read()),
        [role]: {
          salt: Buffer.from(salt).toString('base64'),
          hash: hash.toString('base64'),
          failures: 0,
          ...UNLOCKED,
        },
      });
    });
  }

  async has(role: PinRole): Promise<boolean> {
    return (await this.#read())[role] !== undefined;
  }

  /** One after the other: two guesses at once count as two. Rejects when the file cannot be read or written. */
  check(role: PinRole, pin: string): Promise<PinCheck> {
    return this.#alone(async (): Promise<PinCheck> => {
      const file = await this.#read();
      const entry = file[role];
      if (entry === undefined) return { is: 'notSet' };
      const now = this.#clock.wall();
      const standing = standingOf(entry, now);
      if (standing.lockedAt !== null) {
        const lock = this.#lockOf(role, standing, standing.lockedAt);
        await this.#write({ ...file, [role]: lock.entry });
        return lock.is;
      }
      const failures = standing.failures + 1;
      const counted = { ...standing, failures };
      const lock = failures < MAX_FAILURES ? undefined : this.#lockOf(role, counted, now);
      await this.#write({ ...file, [role]: lock?.entry ?? counted });
      const hash = await this.#hash(pin, Buffer.from(entry.salt, 'base64'));
      const worth = !this.#worthless.includes(pin);
      if (worth && timingSafeEqual(hash, Buffer.from(entry.hash, 'base64'))) {
        await this.#write({ ...file, [role]: { ...entry, failures: 0, ...UNLOCKED } });
        return { is: 'right' };
      }
      return lock?.is ?? { is: 'wrong', left: MAX_FAILURES - failures };
    });
  }

  /**
   * Ends a lock by the platform's code for its challenge. Each try is written down before it is looked at;
   * a role that is not locked any more counts as unlocked. Rejects when the file cannot be read or written.
   */
  unlock(role: PinRole, code: string, key: UnlockKey): Promise<UnlockCheck> {
    return this.#alone(async (): Promise<UnlockCheck> => {
      const file = await this.#read();
      const now = this.#clock.wall();
      const entry = file[role] && standingOf(file[role], now);
      if (entry === undefined || entry.lockedAt === null || entry.challenge === null) {
        return { is: 'unlocked' };
      }
      const since = entry.codeTriedAt === null ? CODE_PAUSE_MS : now - entry.codeTriedAt;
      // a clock that was set back gives nobody another guess, and keeps nobody waiting for longer
      if (since < CODE_PAUSE_MS) {
        if (since < 0) await this.#write({ ...file, [role]: { ...entry, codeTriedAt: now } });
        const left = CODE_PAUSE_MS - Math.max(since, 0);
        return { is: 'tooSoon', seconds: Math.ceil(left / 1000) };
      }
      await this.#write({ ...file, [role]: { ...entry, codeTriedAt: now } });
      if (!isUnlockCode(code, entry.challenge, key)) return { is: 'wrong' };
      await this.#write({ ...file, [role]: { ...entry, failures: 0, ...UNLOCKED } });
      return { is: 'unlocked' };
    });
  }

  /** The lock of a role; a challenge is made when it has none yet. */
  #lockOf(
    role: PinRole,
    entry: RoleEntry,
    lockedAt: number,
  ): { readonly entry: RoleEntry; readonly is: PinLock } {
    const challenge = entry.challenge ?? unlockChallenge(role, this.#randomness.bytes(6));
    return {
      entry: { ...entry, lockedAt, challenge },
      is: { is: 'locked', until: new Date(lockedAt + LOCK_MS).toISOString(), challenge },
    };
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next;
    return next;
  }

  #hash(pin: string, salt: Uint8Array): Promise<Buffer> {
    return derive(pin, salt, HASH_BYTES, this.#cost);
  }

  async #read(): Promise<PinFile> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { v: 1 };
      throw error;
    }
    return fileSchema.parse(JSON.parse(text));
  }

  #write(file: PinFile): Promise<void> {
    return replaceDurably(this.#path, Buffer.from(`${JSON.stringify(file)}\n`));
  }
}

/** No lock, and nothing left of one. */
const UNLOCKED = { lockedAt: null, challenge: null, codeTriedAt: null } as const;

/** A lock that has run out is none. A clock that was set back begins the time anew: it must not end early. */
function standingOf(entry: RoleEntry, now: number): RoleEntry {
  if (entry.lockedAt === null) return entry;
  if (now < entry.lockedAt) return { ...entry, lockedAt: now };
  return now - entry.lockedAt >= LOCK_MS ? { ...entry, failures: 0, ...UNLOCKED } : entry;
}
