import { createCipheriv, createHash } from 'node:crypto';
import type { Seal } from '../../main/core/ports.ts';
import { ageFile } from '../../main/core/seal/age-file.ts';
import type { Chance } from './chance.ts';
import type { Run } from './machine.ts';

/** Begins what was sealed cheaply; nobody opens it, and nothing in it can be read. */
const MAGIC = Buffer.from('simulated-seal/1\n');

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
      const key = createHash('sha256').update(recipients.join(' ')).digest();
      const nonce = chance.bytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      return new Uint8Array(
        Buffer.concat([MAGIC, nonce, cipher.update(copy), cipher.final(), cipher.getAuthTag()]),
      );
    },
    close: () => Promise.resolve(),
  };
}
