import { createHash } from 'node:crypto';
import { Decrypter, identityToRecipient } from 'age-encryption';
import { parseEnvelope } from '../../domain/envelope/header.ts';
import { RECOVERY_IDENTITY } from '../../platform/keys.ts';
import { envelopeOn } from '../invariants/envelopes.ts';
import type { Files } from '../invariants/files.ts';
import { readPlatform } from '../invariants/index.ts';
import type { Unkept } from './outcome.ts';
import { PEOPLE_MARKS } from './papers.ts';
import { openSimulated } from './simulated-seal.ts';

/** How many items were opened, and how many of them had been sealed with age itself. */
export interface Opened {
  readonly all: number;
  readonly age: number;
  readonly wrong: readonly Unkept[];
}

/** One way to what was sealed; `undefined` when it does not open it. */
type Way = (sealed: Uint8Array) => Promise<Uint8Array | undefined>;

const decoder = new TextDecoder('utf-8', { fatal: true });
const isAge = (sealed: Uint8Array): boolean =>
  Buffer.from(sealed.buffer, sealed.byteOffset, 18).toString('latin1') === 'age-encryption.org';

function ageWay(identities: readonly string[]): Way {
  return (sealed) => {
    const decrypter = new Decrypter();
    for (const identity of identities) decrypter.addIdentity(identity);
    return decrypter.decrypt(sealed).catch(() => undefined);
  };
}

interface Body {
  readonly submissionId: string;
  readonly name: string;
  readonly pages: readonly {
    readonly attachment: string;
    readonly clearSha256: string;
    readonly size: number;
  }[];
}

/**
 * In the end everything that the platform has is opened, bodies and what was scanned: with the keys that the running platform
 * has, those of before a rotation among them, and with the one that is kept for the worst. What was sealed cheaply
 * was sealed to no single key, so it has to open for one of the platform's and that one together.
 * @param identities those that the running platform opens with
 */
export async function openAll(
  disk: string,
  files: Files,
  identities: readonly string[],
): Promise<Opened> {
  const wrong: Unkept[] = [];
  let all = 0;
  let age = 0;
  const recovery =
    /^AGE-SECRET-KEY-1\S+$/m.exec(
      files.read(`${disk}/keys/${RECOVERY_IDENTITY}`).toString('utf8'),
    )?.[0] ?? '';
  const last = await identityToRecipient(recovery);
  const pairs: (readonly string[])[] = [];
  for (const identity of identities) pairs.push([await identityToRecipient(identity), last]);
  const cheap: Way = (sealed) => Promise.resolve(openSimulated(sealed, pairs));
  const withAge = [
    { whose: 'the platform', way: ageWay(identities) },
    { whose: 'the recovery key', way: ageWay([recovery]) },
  ];
  const read = (sha256: string): Buffer | undefined => {
    const path = `${disk}/attachments/${sha256.slice(0, 2)}/${sha256}`;
    return files.exists(path) ? files.read(path) : undefined;
  };
  for (const { submissionId, envelopeSha256 } of readPlatform(disk, files).items.values()) {
    const say = (what: string): void =>
      void wrong.push({ invariant: 'opened', about: submissionId, what });
    const sealed = parseEnvelope(envelopeOn(disk, envelopeSha256, files), (bytes) =>
      decoder.decode(bytes),
    )?.body;
    if (!sealed) {
      say('its envelope is none');
      continue;
    }
    all++;
    if (isAge(sealed)) age++;
    for (const { whose, way } of isAge(sealed) ? withAge : [{ whose: 'anybody', way: cheap }]) {
      const clear = await way(sealed);
      if (!clear) {
        say(`cannot be opened by ${whose}`);
        continue;
      }
      const body = JSON.parse(decoder.decode(clear)) as Body;
      if (body.submissionId !== submissionId || !body.name.startsWith(PEOPLE_MARKS[0])) {
        say('holds something else');
      }
      for (const { attachment, clearSha256, size } of body.pages) {
        const file = read(attachment);
        // whether it has to be there is another promise
        if (!file) continue;
        const page = await way(file);
        if (!page) say(`a page cannot be opened by ${whose}`);
        else if (
          createHash('sha256').update(page.subarray(0, size)).digest('hex') !== clearSha256
        ) {
          say('a page is not what was handed in');
        }
      }
    }
  }
  return { all, age, wrong };
}
