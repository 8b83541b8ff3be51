import { createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyBundle } from '../domain/wire/platform.ts';
import {
  BUNDLE_ROOT,
  DamagedKeyFile,
  knownRecipients,
  orNotThere,
  PLATFORM_IDENTITY,
  recipientId,
  RECOVERY_IDENTITY,
  RECOVERY_RECIPIENT,
  UNLOCK_SECRET,
  UNLOCK_SECRET_BYTES,
} from './keys.ts';
import type { PlatformStorage } from './storage/port.ts';
import { sha256Hex } from './storage/files.ts';

/** The folder of keys is not the one with which this platform published; the message says what to do. */
export class KeysRefused extends Error {
  override readonly name = 'KeysRefused';
}

/** Whether a bundle (compact JWS, EdDSA) is signed by this root. */
export function isSignedBy(jws: string, root: KeyObject): boolean {
  const [header = '', payload = '', signature = ''] = jws.split('.');
  return verify(
    null,
    Buffer.from(`${header}.${payload}`),
    root,
    Buffer.from(signature, 'base64url'),
  );
}

const notWhole = (name: string): string =>
  `${name} 坏了：请放回好的那份，确实没有就先把它移走 / ${name} is damaged: put a whole copy in its place; where there is none, take it away first`;

async function rootFault(folder: string, jws: string): Promise<string | undefined> {
  const pem = await readFile(join(folder, BUNDLE_ROOT), 'utf8').catch(orNotThere);
  if (pem === undefined) {
    return `没有 ${BUNDLE_ROOT}：终端认的就是它 / ${BUNDLE_ROOT} is not there, the key that terminals trust`;
  }
  let root: KeyObject;
  try {
    root = createPublicKey(createPrivateKey(pem));
  } catch {
    return notWhole(BUNDLE_ROOT);
  }
  return isSignedBy(jws, root)
    ? undefined
    : `${BUNDLE_ROOT} 不是终端认的那一把 / ${BUNDLE_ROOT} is not the key that terminals trust`;
}

/** The secret's hash is noted at each start; earlier programs had no such file, and noted nothing. */
async function unlockFault(folder: string, noted: string | undefined): Promise<string | undefined> {
  const secret = await readFile(join(folder, UNLOCK_SECRET), 'utf8').catch(orNotThere);
  if (secret === undefined) {
    return noted === undefined
      ? undefined
      : `没有 ${UNLOCK_SECRET}：开锁码由它算出 / ${UNLOCK_SECRET} is not there, of which unlock codes are made`;
  }
  if (Buffer.from(secret, 'base64url').length < UNLOCK_SECRET_BYTES) return notWhole(UNLOCK_SECRET);
  return noted === undefined || noted === sha256Hex(secret)
    ? undefined
    : `${UNLOCK_SECRET} 不是原来那一份 / ${UNLOCK_SECRET} is another one than before`;
}

async function recipientFaults(folder: string, published: KeyBundle): Promise<readonly string[]> {
  let known: Awaited<ReturnType<typeof knownRecipients>>;
  try {
    known = await knownRecipients(folder);
  } catch (error) {
    if (error instanceof DamagedKeyFile) return [notWhole(error.file)];
    throw error;
  }
  const names = (await readdir(folder).catch(orNotThere)) ?? [];
  const faults: string[] = [];
  for (const { id, recipient, purpose } of published.recipients) {
    if (purpose === 'platform' && !known.platform.includes(recipient)) {
      const file = names.includes(PLATFORM_IDENTITY)
        ? `${PLATFORM_IDENTITY} 和 old/ 里都没有平台密钥 ${id}（这个文件夹是更换密钥以前的？） / the platform's key ${id}, which terminals seal to, is neither ${PLATFORM_IDENTITY} nor in old/: is this folder one of before the key was changed?`
        : `没有 ${PLATFORM_IDENTITY}（平台密钥 ${id}） / ${PLATFORM_IDENTITY} is not there, the platform's key ${id}, which terminals seal to`;
      faults.push(file);
    }
    if (purpose !== 'recovery' || known.recovery === recipient) continue;
    faults.push(
      known.recovery === undefined
        ? `没有 ${RECOVERY_RECIPIENT}，也没有 ${RECOVERY_IDENTITY}（恢复密钥 ${id}） / neither ${RECOVERY_RECIPIENT} nor ${RECOVERY_IDENTITY} is there, the recovery key ${id}`
        : `恢复密钥是 ${recipientId(known.recovery)}，应为 ${id} / the recovery key is ${recipientId(known.recovery)}, not ${id}`,
    );
  }
  return faults;
}

type Published = Pick<PlatformStorage, 'bundles' | 'unlockSecretHash'>;

/** `undefined`: it never published. */
async function faultsOf(
  folder: string,
  storage: Published,
): Promise<readonly string[] | undefined> {
  const { bundles } = storage;
  const published = await bundles.latest('keys');
  const signed =
    published ?? (await bundles.latest('catalogue')) ?? (await bundles.latest('policy'));
  if (!signed) return undefined;
  const root = await rootFault(folder, signed.jws);
  const recipients = published
    ? await recipientFaults(folder, JSON.parse(published.contentJson) as KeyBundle)
    : [];
  const unlock = await unlockFault(folder, await storage.unlockSecretHash());
  return [root, ...recipients, unlock].flatMap((fault) => fault ?? []);
}

/**
 * Compares the folder of keys with what was published last, before anything in it is made: a folder that is
 * away, older or not whole would else be filled with other keys, which terminals then seal to. A platform that
 * never published may have any. Secrets of tokens are not looked at: terminals ask for new tokens by themselves.
 *
 * @param makeNew what is missing may be made anew. Of keys that are whole it is refused: where the word stays on a
 *   command line, the next start finds that out, while they are there, and not the one at which they are away
 * @throws KeysRefused when the root that terminals trust, the key they seal to, the recovery key or the secret
 *   of unlock codes is not there, damaged or another one
 */
export async function checkKeys(
  folder: string,
  storage: Published,
  makeNew: boolean,
): Promise<void> {
  const faults = await faultsOf(folder, storage);
  if (faults === undefined) return;
  if (makeNew && faults.length === 0) {
    throw new KeysRefused(
      `${folder}：密钥齐全，什么也不用新建。请去掉 --new-keys 再启动：留着它，以后密钥的磁盘没挂上时，就会悄悄换成别的密钥。The keys are whole, nothing has to be made anew. Take --new-keys away and start again: left there, it would make other keys without a word when the disk of the keys is not mounted one day.`,
    );
  }
  if (makeNew || faults.length === 0) return;
  throw new KeysRefused(
    [
      `${folder}：密钥和这个平台发布过的对不上。平台没有启动，也没有新建密钥 / the keys here are not those with which this platform published. It was not started, and no key was made:`,
      ...faults.map((fault) => `- ${fault}`),
      '请把最近一次拷贝的整个 keys/ 放回原处，再启动（密钥的磁盘挂上了吗？）。Put the newest copy of the whole folder keys/ back and start again (is its disk mounted?).',
      '只有确实找不回来时，才加 --new-keys 启动一次：缺的会新建；用丢失的密钥密封的，只有恢复密钥打得开；信任的根换了，每台终端都要重新登记。Only when it is lost for good, start once with --new-keys: what is missing is made anew, what was sealed to a lost key only the recovery key opens, and where the key that terminals trust is another, each of them is enrolled again.',
    ].join('\n'),
  );
}

/** Notes which secret of unlock codes this start has, for `checkKeys` of the next one. */
export async function noteKeys(
  folder: string,
  storage: Pick<PlatformStorage, 'unlockSecretHash' | 'setUnlockSecretHash'>,
): Promise<void> {
  const hash = sha256Hex(await readFile(join(folder, UNLOCK_SECRET), 'utf8'));
  if (hash !== (await storage.unlockSecretHash())) await storage.setUnlockSecretHash(hash);
}
