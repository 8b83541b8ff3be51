import { readFile } from 'node:fs/promises';
import { Decrypter } from 'age-encryption';
import type { ApplicationBody } from '../../domain/envelope/body.ts';

/** Opens sealed bytes with the platform's age identity file, as only the platform can. */
export async function openSealed(sealed: Uint8Array, identityFile: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  for (const line of (await readFile(identityFile, 'utf8')).split('\n')) {
    if (line.startsWith('AGE-SECRET-KEY-')) decrypter.addIdentity(line.trim());
  }
  return decrypter.decrypt(sealed);
}

/** Opens the sealed body of an envelope. */
export async function openBody(body: Uint8Array, identityFile: string): Promise<ApplicationBody> {
  return JSON.parse(
    new TextDecoder().decode(await openSealed(body, identityFile)),
  ) as ApplicationBody;
}
