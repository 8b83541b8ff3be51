import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { Seal } from '../../main/core/ports.ts';
import { ageFile } from '../../main/core/seal/age-file.ts';
import type { Chance } from './chance.ts';
import type { Run } from './machine.ts';

/** Begins what was sealed cheaply; nothing in it can be read. */
const MAGIC = Buffer.from('simulated-seal/1\n');
const NONCE = 12;
const TAG = 16;

/** The key is that of all recipients together, in their order. */
const keyOf = (recipients: readonly string[]): Buffer =>
  createHash('sha256').update(recipients.join(' ')).digest();

/** Opens what was sealed cheaply to one of these sets of recipients; `undefined` when it was to none of them. */
export function openSimulated(
  sealed: Uint8Array,
  sets: readonly (readonly string[])[],
): Uint8Array | undefined {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const nonce = bytes.subarray(MAGIC.length, MAGIC.length + NONCE);
  for (const recipients of sets) {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(recipients), nonce, {
      authTagLength: TAG,
    });
    decipher.setAuthTag(bytes.subarray(-TAG));
    try {
      const clear = decipher.update(bytes.subarray(MAGIC.length + NONCE, -TAG));
      decipher.final();
      return clear;
    } catch {
      // not to these
    }
  }
  return undefined;
}

/**
 * A seal that costs little (AES-256-GCM), and age itself while `age` says so. Either bytes follow from the
 * seed.
 */
export function simulatedSeal(run: Run, chance: Chance, age: () => boolean): Seal {
  return {
    async seal(clear, recipients) {
      const copy = Uint8Array.from(clear);
      await run.machine.scheduler.gate(run, 'seal');
      if (!run.instant('seal')) return new Promise(() => undefined);
      if (recipients.length === 0) throw new Error('no recipients');
      if (age()) return ageFile(copy, recipients);
      const nonce = chance.bytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', keyOf(recipients), nonce);
      return new Uint8Array(
        Buffer.concat([MAGIC, nonce, cipher.update(copy), cipher.final(), cipher.getAuthTag()]),
      );
    },
    close: () => Promise.resolve(),
  };
}
