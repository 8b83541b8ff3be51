import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
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
 * `basic_text`): then the core keeps the key in a file only its user may read, and warns. The core goes on with
 * that file where the terminal was enrolled with it, whatever key is handed over later (`chooseKeyStore`).
 * @throws Error when a key was wrapped before and the key store is not there now: another key would be taken for tampering
 * @returns the seed of the private key (Ed25519, 32 bytes), base64url: what the core takes
 */
export async function terminalKeyFromStorage(
  storage: KeyWrapper,
  file: string,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  const available =
    (await storage.isAsyncEncryptionAvailable()) &&
    !(platform === 'linux' && storage.getSelectedStorageBackend() === 'basic_text');
  const wrapped = existsSync(file);
  if (!available && wrapped) {
    throw new Error(
      `${file} cannot be opened: the key store of the system is not there, or locked.`,
    );
  }
  if (!available) return undefined;
  if (wrapped) return (await storage.decryptStringAsync(await readFile(file))).result;
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = privateKey.export({ format: 'jwk' }).d;
  if (key === undefined) throw new TypeError('an Ed25519 key without a seed');
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, await storage.encryptStringAsync(key), {
    mode: 0o600,
    flush: true,
  });
  await rename(`${file}.new`, file);
  await syncNames(dirname(file), platform);
  return key;
}

/** The terminal is enrolled with the key in a moment: a power cut must not take the name of its file away. */
async function syncNames(folder: string, platform: NodeJS.Platform): Promise<void> {
  // no folder can be opened there
  if (platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
