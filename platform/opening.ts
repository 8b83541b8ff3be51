import { Decrypter } from 'age-encryption';
import type { ApplicationBody, AttachedFile } from '../domain/envelope/body.ts';
import { parseEnvelope } from '../domain/envelope/header.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { applicationBody } from './contract/body.ts';
import type { PlatformKeys } from './keys.ts';
import { type HashedFiles, isUnreadable, type SealedStore, sha256Hex } from './storage/files.ts';
import type { ItemRow } from './storage/port.ts';

/**
 * Why something sealed could not be opened or is not what it says. `noKey`: it is sealed to none of the keys that
 * are here now, which says nothing of it; `fileMissing`: the platform has lost it, wholly or in part; `cannotOpen`: it
 * came damaged, or is nothing sealed.
 */
export type OpeningFault =
  'noKey' | 'cannotOpen' | 'notJson' | 'bodyShape' | 'fileMissing' | 'fileDiffers';

/** What the age library throws where no key fits; it has no other sign of it. */
const NO_KEY_FITS = 'no identity matched';

/** Opens what terminals sealed. Lives in the platform process only; nothing opened touches a disk. */
export interface Opening {
  /** The sealed body as text, padding taken off; of any kind of item. */
  bodyText(item: ItemRow): Promise<Result<string, OpeningFault>>;
  application(item: ItemRow): Promise<Result<ApplicationBody, OpeningFault>>;
  /** A page or document, checked against the hash and size in the body. */
  file(attached: AttachedFile): Promise<Result<Buffer, OpeningFault>>;
}

const decodeUtf8 = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(bytes);

/** What came had this hash: what has another one now was lost here, whatever the library says of what is left. */
const unlessLost = (sealed: Uint8Array, sha256: string, fault: OpeningFault): OpeningFault =>
  sha256Hex(sealed) === sha256 ? fault : 'fileMissing';

/** What lies there sealed; `undefined` when it is not here, or the disk does not give it back. */
async function sealedHere(store: SealedStore, sha256: string): Promise<Buffer | undefined> {
  if ((await store.size(sha256)) === undefined) return undefined;
  return store.read(sha256).catch((error: unknown) => {
    if (isUnreadable(error)) return undefined;
    throw error;
  });
}

/** Every page and document that a body names. */
export function filesOf(body: ApplicationBody): readonly AttachedFile[] {
  return [...body.materials.flatMap(({ pages }) => pages), body.signature.image, body.summary];
}

/** Opens envelopes with the platform's age identities, the one in force and those of before. */
export function createOpening(
  keys: PlatformKeys,
  envelopes: SealedStore,
  attachments: HashedFiles,
): Opening {
  const decrypt = async (
    sealed: Uint8Array,
  ): Promise<Result<Uint8Array, 'noKey' | 'cannotOpen'>> => {
    const decrypter = new Decrypter();
    for (const identity of keys.ageIdentities) decrypter.addIdentity(identity);
    try {
      return ok(await decrypter.decrypt(sealed));
    } catch (error) {
      const noKey = error instanceof Error && error.message.startsWith(NO_KEY_FITS);
      return err(noKey ? 'noKey' : 'cannotOpen');
    }
  };

  const bodyText = async (item: ItemRow): Promise<Result<string, OpeningFault>> => {
    const sealed = await sealedHere(envelopes, item.envelopeSha256);
    if (!sealed) return err('fileMissing');
    const parsed = parseEnvelope(sealed, decodeUtf8);
    const clear = parsed ? await decrypt(parsed.body) : err('cannotOpen' as const);
    if (!clear.ok) return err(unlessLost(sealed, item.envelopeSha256, clear.error));
    try {
      return ok(decodeUtf8(clear.value).trimEnd());
    } catch {
      return err('notJson');
    }
  };

  return {
    bodyText,
    async application(item) {
      const text = await bodyText(item);
      if (!text.ok) return text;
      let value: unknown;
      try {
        value = JSON.parse(text.value);
      } catch {
        return err('notJson');
      }
      const read = applicationBody.safeParse(value);
      return read.success ? ok(read.data) : err('bodyShape');
    },
    async file(attached) {
      const sealed = await sealedHere(attachments, attached.attachment);
      if (!sealed) return err('fileMissing');
      const clear = await decrypt(sealed);
      if (!clear.ok) return err(unlessLost(sealed, attached.attachment, clear.error));
      // zero bytes follow the file
      const file = clear.value.subarray(0, attached.size);
      const same = file.length === attached.size && sha256Hex(file) === attached.clearSha256;
      return same ? ok(Buffer.from(file.buffer, file.byteOffset, file.length)) : err('fileDiffers');
    },
  };
}
