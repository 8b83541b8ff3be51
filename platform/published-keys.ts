import { createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyBundle } from '../domain/wire/platform.ts';
import {
  BUNDLE_ROOT,
  knownRecipients,
  orNotThere,
  PLATFORM_IDENTITY,
  recipientId,
  RECOVERY_IDENTITY,
  RECOVERY_RECIPIENT,
  UNLOCK_SECRET,
} from './keys.ts';
import type { BundleStore } from './storage/port.ts';

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

async function rootFault(folder: string, jws: string): Promise<string | undefined> {
  const pem = await readFile(join(folder, BUNDLE_ROOT), 'utf8').catch(orNotThere);
  if (pem === undefined) {
    return `没有 ${BUNDLE_ROOT}：终端认的就是它 / ${BUNDLE_ROOT} is not there, the key that terminals trust`;
  }
  return isSignedBy(jws, createPublicKey(createPrivateKey(pem)))
    ? undefined
    : `${BUNDLE_ROOT} 不是终端认的那一把 / ${BUNDLE_ROOT} is not the key that terminals trust`;
}

async function recipientFaults(folder: string, published: KeyBundle): Promise<readonly string[]> {
  const known = await knownRecipients(folder);
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

async function faultsOf(folder: string, store: BundleStore): Promise<readonly string[]> {
  const published = await store.latest('keys');
  const signed = published ?? (await store.latest('catalogue')) ?? (await store.latest('policy'));
  if (!signed) return [];
  const root = await rootFault(folder, signed.jws);
  const recipients = published
    ? await recipientFaults(folder, JSON.parse(published.contentJson) as KeyBundle)
    : [];
  const unlock = await readFile(join(folder, UNLOCK_SECRET)).catch(orNotThere);
  return [
    ...(root === undefined ? [] : [root]),
    ...recipients,
    ...(unlock
      ? []
      : [
          `没有 ${UNLOCK_SECRET}：开锁码由它算出 / ${UNLOCK_SECRET} is not there, of which unlock codes are made`,
        ]),
  ];
}

/**
 * Compares the folder of keys with what was published last, before anything in it is made: a folder that is
 * away, older or not whole would else be filled with other keys, which terminals then seal to. A platform that
 * never published may have any. Secrets of tokens are not looked at: terminals ask for new tokens by themselves.
 *
 * @throws KeysRefused when the root that terminals trust, the key they seal to, the recovery key or the secret
 *   of unlock codes is not there
 */
export async function checkKeys(folder: string, store: BundleStore): Promise<void> {
  const faults = await faultsOf(folder, store);
  if (faults.length === 0) return;
  throw new KeysRefused(
    [
      `${folder}：密钥和这个平台发布过的对不上。平台没有启动，也没有新建密钥 / the keys here are not those with which this platform published. It was not started, and no key was made:`,
      ...faults.map((fault) => `- ${fault}`),
      '请把最近一次拷贝的整个 keys/ 放回原处，再启动（密钥的磁盘挂上了吗？）。Put the newest copy of the whole folder keys/ back and start again (is its disk mounted?).',
      '只有确实找不回来时，才加 --new-keys 启动一次：缺的会新建；用丢失的密钥密封的，只有恢复密钥打得开；信任的根换了，每台终端都要重新登记。Only when it is lost for good, start once with --new-keys: what is missing is made anew, what was sealed to a lost key only the recovery key opens, and where the key that terminals trust is another, each of them is enrolled again.',
    ].join('\n'),
  );
}
