import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SafeStorage } from 'electron';

/** What this needs of Electron's safeStorage. */
export type KeyWrapper = Pick<
  SafeStorage,
  | 'isAsyncEncryptionAvailable'
  | 'encryptStringAsync'
  | 'decryptStringAsync'
  | 'getSelectedStorageBackend'
>;

/**
 * The terminal's key, wrapped by the operating system's key store: unwrapped here and handed to the
 * core. `undefined` where there is no real key store (Linux falls back to a password known to all,
 * `basic_text`): then the core keeps the key in a file only its user may read, and warns.
 * @returns the seed of the private key (Ed25519, 32 bytes), base64url: what the core takes
 */
export async function terminalKeyFromStorage(
  storage: KeyWrapper,
  file: string,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  if (!(await storage.isAsyncEncryptionAvailable())) return undefined;
  if (platform === 'linux' && storage.getSelectedStorageBackend() === 'basic_text')
    return undefined;
  if (existsSync(file)) return (await storage.decryptStringAsync(await readFile(file))).result;
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = privateKey.export({ format: 'jwk' }).d;
  if (key === undefined) throw new TypeError('an Ed25519 key without a seed');
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, await storage.encryptStringAsync(key), {
    mode: 0o600,
    flush: true,
  });
  await rename(`${file}.new`, file);
  return key;
}
