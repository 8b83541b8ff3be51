import { lstat, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fromBase64Url, toBase64Url } from '../../../domain/base64url.ts';
import type { KeyStore, Randomness, TerminalSigner } from '../ports.ts';
import { ENROLMENT_FILE } from '../enrolment/contract.ts';
import { replaceDurably } from '../storage/durable-files.ts';
import { signerFromSeed } from './ed25519.ts';

/** The key cannot be trusted or read. `message` names the file and the remedy. */
export class KeyStoreError extends Error {
  override readonly name = 'KeyStoreError';
}

/** Others may have the key: it never comes back into use. */
const leaked = (file: string): string =>
  `Have the terminal revoked, move ${file} away, and enrol it anew.`;

async function refuseWide(path: string, allowed: number, remedy: string): Promise<void> {
  const stat = await lstat(path);
  if (stat.isSymbolicLink()) {
    throw new KeyStoreError(`${path} is a symbolic link. Put the real folder or file there.`);
  }
  if ((stat.mode & 0o777 & ~allowed) !== 0) {
    throw new KeyStoreError(`Others can get at ${path}. ${remedy}`);
  }
  if (process.getuid && stat.uid !== process.getuid()) {
    throw new KeyStoreError(`${path} belongs to another user. Run the terminal as its owner.`);
  }
}

const keyFileOf = (dataFolder: string): string => join(dataFolder, 'keys', 'terminal.ed25519');

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

const recordShape = z.object({ keyProtection: z.literal('protected') });

/** What cannot be read says nothing: then the key that is made is another than the record's, and that is told. */
const enrolledByProtectedKey = (record: string): Promise<boolean> =>
  readFile(record, 'utf8')
    .then((text) => recordShape.safeParse(JSON.parse(text)).success)
    .catch(() => false);

/** Whether the key of a terminal lies in its data folder. Asking makes none; `rootOnlyFileKeyStore` would. */
export function hasKeyFile(dataFolder: string): Promise<boolean> {
  return isThere(keyFileOf(dataFolder));
}

/**
 * A key guarded by file permissions alone: `<data>/keys/terminal.ed25519`, mode 0600 in a folder of mode
 * 0700. Anything wider is refused, not repaired: someone may have read it. Where a terminal
 * was enrolled with a protected key none is made: what another key signs would look like tampering.
 */
export function rootOnlyFileKeyStore(dataFolder: string, randomness: Randomness): KeyStore {
  const folder = join(dataFolder, 'keys');
  const file = keyFileOf(dataFolder);
  const enrolment = join(dataFolder, ENROLMENT_FILE);
  const load = async (): Promise<TerminalSigner> => {
    // also where a file lies there: a start without the protected key may have left it
    if (await enrolledByProtectedKey(enrolment)) {
      throw new KeyStoreError(
        `This terminal was enrolled with a protected key (${enrolment}), which was not handed over. ` +
          'Start it the way it was set up: with the credential of its unit, or with the keyring unlocked. ' +
          `If the key is lost, move ${enrolment} away and enrol the terminal anew.`,
      );
    }
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await refuseWide(folder, 0o700, `Run: chmod 700 ${folder}`);
    let bytes: Buffer;
    try {
      await refuseWide(file, 0o600, leaked(file));
      bytes = await readFile(file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      const seed = randomness.bytes(32);
      await replaceDurably(file, seed);
      return signerFromSeed(seed);
    }
    if (bytes.length !== 32) {
      throw new KeyStoreError(
        `${file} is not a terminal key. Restore it, or move it away and enrol the terminal anew.`,
      );
    }
    const signer = signerFromSeed(bytes);
    bytes.fill(0);
    return signer;
  };
  let signer: Promise<TerminalSigner> | undefined;
  return { protection: 'rootOnlyFile', signer: () => (signer ??= load()) };
}

/**
 * A key that the shell unwrapped by the operating system's key store and handed over; it lies on no disk
 * in the clear.
 * @param unwrapped 32 bytes of seed as base64url
 */
export function handedOverKeyStore(unwrapped: string): KeyStore {
  const seed = fromBase64Url(unwrapped.trim());
  if (seed?.length !== 32)
    throw new KeyStoreError('The key that the shell handed over is not one.');
  const signer = signerFromSeed(seed);
  seed.fill(0);
  return { protection: 'protected', signer: () => Promise.resolve(signer) };
}

const enrolledShape = z.object({ publicKey: z.string() });

/**
 * The key handed over, else the one in the file. A terminal that was enrolled with the one in its file goes on
 * with that when another is handed over: a key store of the system that appears later makes a new key, of
 * which the platform knows nothing. To use the new one the terminal is enrolled anew.
 * @param unwrapped what was handed over
 * @throws KeyStoreError when what was handed over is no key
 */
export async function chooseKeyStore(
  dataFolder: string,
  randomness: Randomness,
  unwrapped: string | undefined,
): Promise<KeyStore> {
  const inFile = rootOnlyFileKeyStore(dataFolder, randomness);
  if (unwrapped === undefined) return inFile;
  const handedOver = handedOverKeyStore(unwrapped);
  const enrolled = await readFile(join(dataFolder, ENROLMENT_FILE), 'utf8')
    .then((text) => enrolledShape.parse(JSON.parse(text)).publicKey)
    .catch(() => undefined);
  const isEnrolled = async (store: KeyStore): Promise<boolean> =>
    toBase64Url((await store.signer()).publicKey) === enrolled;
  if (enrolled === undefined || (await isEnrolled(handedOver))) return handedOver;
  // asked first: reading makes a key where there is none
  if (!(await hasKeyFile(dataFolder))) return handedOver;
  // a file that cannot be trusted is not used: the record is then told to be of another key
  return (await isEnrolled(inFile).catch(() => false)) ? inFile : handedOver;
}

/** Name of the credential that holds the key, for systemd units. */
export const CREDENTIAL_NAME = 'bianmin-terminal-key';

/**
 * The key that systemd unsealed for this service (`LoadCredentialEncrypted=`, bound to the machine's TPM or
 * to its own host key): a file on a memory-only file system that only this service sees.
 * @param folder `$CREDENTIALS_DIRECTORY`
 * @returns the seed as base64url; `undefined` when this unit was given no such credential
 * @throws KeyStoreError when it is there and cannot be used
 */
export async function systemdCredential(folder: string | undefined): Promise<string | undefined> {
  if (folder === undefined) return undefined;
  const file = join(folder, CREDENTIAL_NAME);
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new KeyStoreError(
      `${file} cannot be read. Look at LoadCredentialEncrypted= of the unit.`,
    );
  }
  if (fromBase64Url(text)?.length !== 32) {
    throw new KeyStoreError(`${file} is not a terminal key: 32 bytes as base64url.`);
  }
  return text;
}
