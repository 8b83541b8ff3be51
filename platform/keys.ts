import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
  sign,
} from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { KeyBundle } from '../domain/wire/platform.ts';
import { fsyncFolder } from './storage/files.ts';

/** Private half of the bundle root, in the folder of keys. */
export const BUNDLE_ROOT = 'bundle-root.pem';
/** Every terminal's unlock key is derived from it. */
export const UNLOCK_SECRET = 'unlock-secret.txt';
/** Random bytes in it, which stands in base64url. */
export const UNLOCK_SECRET_BYTES = 32;
/** Private half of the key in force, in the folder of keys. */
export const PLATFORM_IDENTITY = 'platform.age.txt';
/** Private half of the recovery key, until it was taken offline. */
export const RECOVERY_IDENTITY = 'recovery.age.txt';
/** Public half of the recovery key, once its private one was taken offline. */
export const RECOVERY_RECIPIENT = 'recovery.recipient.txt';
/** Folder with the identities that were in force before. */
export const OLD_IDENTITIES = 'old';

/** The platform's own keys. Private halves never leave this process and the folder of keys. */
export interface PlatformKeys {
  /** Signs bundles and the time. */
  readonly bundleRoot: KeyObject;
  /** Raw 32 bytes, base64url. */
  readonly bundleRootPublic: string;
  /** Open envelopes, the one in force first, then those of before: `AGE-SECRET-KEY-1…`. */
  readonly ageIdentities: readonly string[];
  /** File with the age identity in force, in the format of the age program. */
  readonly ageIdentityFile: string;
  readonly recipients: KeyBundle['recipients'];
  /** Signs access tokens; random, symmetric. */
  readonly tokenSecret: CryptoKey;
  /** Every terminal's unlock key is derived from it; random, symmetric. */
  readonly unlockSecret: Uint8Array;
}

/** What cannot be read is not taken for what is not there: else another key would be made in its place. */
export function orNotThere(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException | null)?.code !== 'ENOENT') throw error;
  return undefined;
}

/** Reads a secret file; makes it (mode 0600, fsynced) when it is not there. */
export async function secretFile(
  folder: string,
  name: string,
  make: () => string | Promise<string>,
): Promise<string> {
  const file = join(folder, name);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const text = await make();
  const handle = await open(`${file}.part`, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.part`, file);
  await fsyncFolder(folder);
  return text;
}

/** A file of keys that is there and holds none. */
export class DamagedKeyFile extends Error {
  override readonly name = 'DamagedKeyFile';
  readonly file: string;
  constructor(file: string, what: string) {
    super(`${file} holds no age ${what}`);
    this.file = file;
  }
}

async function identityIn(name: string, text: string) {
  const identity = /^AGE-SECRET-KEY-1\S+$/m.exec(text)?.[0];
  if (identity === undefined) throw new DamagedKeyFile(name, 'identity');
  try {
    return { identity, recipient: await identityToRecipient(identity) };
  } catch {
    throw new DamagedKeyFile(name, 'identity');
  }
}

/** Reads an age identity file; makes it when it is not there. @throws Error when it holds none */
export async function ageIdentity(folder: string, name: string) {
  const text = await secretFile(folder, name, async () => {
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    return `# public key: ${recipient}\n${identity}\n`;
  });
  return identityIn(name, text);
}

/** Reads an age identity file. @throws Error when it holds none */
async function identityIfThere(folder: string, name: string) {
  const text = await readFile(join(folder, name), 'utf8').catch(orNotThere);
  return text === undefined ? undefined : identityIn(name, text);
}

/** The recovery key's public half, when its private one was taken offline; else of both; makes nothing. */
async function recoveryIfThere(folder: string): Promise<string | undefined> {
  const offline = await readFile(join(folder, RECOVERY_RECIPIENT), 'utf8').catch(orNotThere);
  if (offline === undefined) return (await identityIfThere(folder, RECOVERY_IDENTITY))?.recipient;
  const recipient = /^age1[a-z0-9]{58}$/m.exec(offline)?.[0];
  if (recipient === undefined) throw new DamagedKeyFile(RECOVERY_RECIPIENT, 'recipient');
  return recipient;
}

/** Identities that were in force before: terminals that were offline since still seal to them. */
async function oldIdentities(folder: string) {
  const names = (await readdir(join(folder, OLD_IDENTITIES)).catch(orNotThere)) ?? [];
  const found: Awaited<ReturnType<typeof identityIn>>[] = [];
  for (const name of names.filter((each) => each.endsWith('.age.txt')).sort()) {
    found.push(await ageIdentity(join(folder, OLD_IDENTITIES), name));
  }
  return found;
}

/** Recipients whose keys lie in a folder of keys, the platform's own and those of before; makes nothing. */
export async function knownRecipients(folder: string) {
  const current = await identityIfThere(folder, PLATFORM_IDENTITY);
  const all = [...(current ? [current] : []), ...(await oldIdentities(folder))];
  return {
    platform: all.map(({ recipient }) => recipient),
    recovery: await recoveryIfThere(folder),
  };
}

/** Id of a recipient's key: the first 16 hex digits of the SHA-256 of its text. */
export function recipientId(recipient: string): string {
  return createHash('sha256').update(recipient).digest('hex').slice(0, 16);
}

/** Id of a terminal's key: the first 8 hex digits of the SHA-256 of the raw public key. */
export function terminalKeyId(rawPublicKey: Uint8Array): string {
  return createHash('sha256').update(rawPublicKey).digest('hex').slice(0, 8);
}

const MOST_KEYS = 10_000;
/** Keys by their text: a terminal shows the same one with every token it asks for. */
const publicKeys = new Map<string, KeyObject>();

/**
 * An Ed25519 public key from raw bytes as base64url; `undefined` when it is none. The last character of 43
 * has two bits that stand for nothing: only zeros there, or a key that was revoked came back as another text.
 */
export function publicKeyOf(raw: string): KeyObject | undefined {
  const known = publicKeys.get(raw);
  if (known) return known;
  if (Buffer.from(raw, 'base64url').toString('base64url') !== raw) return undefined;
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw }, format: 'jwk' });
    if (publicKeys.size >= MOST_KEYS) publicKeys.clear();
    publicKeys.set(raw, key);
    return key;
  } catch {
    return undefined;
  }
}

/** Reads the keys in a folder; what is missing is made, and kept. */
export async function openKeys(folder: string): Promise<PlatformKeys> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined) await fsyncFolder(dirname(folder));
  const pem = await secretFile(folder, BUNDLE_ROOT, () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  const bundleRoot = createPrivateKey(pem);
  const platform = await ageIdentity(folder, PLATFORM_IDENTITY);
  const recovery =
    (await recoveryIfThere(folder)) ?? (await ageIdentity(folder, RECOVERY_IDENTITY)).recipient;
  const old = (await oldIdentities(folder)).map(({ identity }) => identity);
  const random = (): string => randomBytes(UNLOCK_SECRET_BYTES).toString('base64url');
  const secret = await secretFile(folder, 'token-secret.txt', random);
  const unlock = await secretFile(folder, UNLOCK_SECRET, random);
  return {
    bundleRoot,
    bundleRootPublic: createPublicKey(bundleRoot).export({ format: 'jwk' }).x ?? '',
    ageIdentities: [platform.identity, ...old.filter((each) => each !== platform.identity)],
    ageIdentityFile: join(folder, PLATFORM_IDENTITY),
    recipients: (['platform', 'recovery'] as const).map((purpose) => {
      const recipient = purpose === 'platform' ? platform.recipient : recovery;
      return { id: recipientId(recipient), recipient, purpose };
    }),
    tokenSecret: await crypto.subtle.importKey(
      'raw',
      Buffer.from(secret, 'base64url'),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign', 'verify'],
    ),
    unlockSecret: Buffer.from(unlock, 'base64url'),
  };
}

/** Ed25519 signature, base64url. */
export function signText(key: KeyObject, text: string): string {
  return sign(null, Buffer.from(text), key).toString('base64url');
}
