import { scrypt, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { Clock, Randomness } from '../ports.ts';
import { replaceDurably } from '../storage/durable-files.ts';

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

/** Who may come in by a PIN. */
export type PinRole = 'staff' | 'technician';

/** What a PIN was worth. */
export type PinCheck =
  | { readonly is: 'right' }
  | { readonly is: 'wrong'; readonly left: number }
  /** ISO 8601 */
  | { readonly is: 'locked'; readonly until: string }
  | { readonly is: 'notSet' };

const roleSchema = z.object({
  salt: z.base64(),
  hash: z.base64(),
  failures: z.number().int().min(0),
  /** Milliseconds since 1970; null when not locked. */
  lockedAt: z.number().nullable(),
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
  #last: Promise<unknown> = Promise.resolve();

  /** @param worthless PINs that everybody knows: they can neither be set nor open anything */
  constructor(
    path: string,
    clock: Pick<Clock, 'wall'>,
    randomness: Randomness,
    worthless: readonly string[] = [],
  ) {
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
          lockedAt: null,
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
        if (standing.lockedAt !== entry.lockedAt) await this.#write({ ...file, [role]: standing });
        return locked(standing.lockedAt);
      }
      const failures = standing.failures + 1;
      const counted = { ...standing, failures, lockedAt: failures >= MAX_FAILURES ? now : null };
      await this.#write({ ...file, [role]: counted });
      const hash = await this.#hash(pin, Buffer.from(entry.salt, 'base64'));
      const worth = !this.#worthless.includes(pin);
      if (worth && timingSafeEqual(hash, Buffer.from(entry.hash, 'base64'))) {
        await this.#write({ ...file, [role]: { ...entry, failures: 0, lockedAt: null } });
        return { is: 'right' };
      }
      if (counted.lockedAt !== null) return locked(counted.lockedAt);
      return { is: 'wrong', left: MAX_FAILURES - failures };
    });
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next;
    return next;
  }

  #hash(pin: string, salt: Uint8Array): Promise<Buffer> {
    return derive(pin, salt, HASH_BYTES, COST);
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

function locked(at: number): PinCheck {
  return { is: 'locked', until: new Date(at + LOCK_MS).toISOString() };
}

/** A lock that has run out is none. A clock that was set back begins the time anew: it must not end early. */
function standingOf(entry: RoleEntry, now: number): RoleEntry {
  if (entry.lockedAt === null) return entry;
  if (now < entry.lockedAt) return { ...entry, lockedAt: now };
  return now - entry.lockedAt >= LOCK_MS ? { ...entry, failures: 0, lockedAt: null } : entry;
}
