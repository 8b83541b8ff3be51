import { Decrypter } from 'age-encryption';
import type { AttachedFile } from '../../domain/envelope/body.ts';
import { parseEnvelope } from '../../domain/envelope/header.ts';
import type { Submission } from '../../main/core/outbox/contract.ts';
import { envelopeOn } from '../invariants/envelopes.ts';
import type { Files } from '../invariants/files.ts';
import { readPlatform } from '../invariants/index.ts';
import { chanceOf } from './chance.ts';
import type { Unkept } from './outcome.ts';
import type { StoryEvent } from './story.ts';

/** Parts of every name and number that is handed in; none may be readable anywhere. */
export const PEOPLE_MARKS = ['龚䶮测试', '500199198509'] as const;
const SERVICE = {
  id: 'unemployment-reg',
  handleItemCode: '11500151DEMA000135550201490100001',
  basicCode: '502014901000',
};

/** What somebody hands in: the same bytes each time it is asked for. */
export function submissionOf(
  seed: string,
  event: StoryEvent & { readonly type: 'submit' },
): (submissionId: string) => Submission {
  const chance = chanceOf(`${seed}/papers/${event.terminal}/${event.at}`);
  const files = event.papers.map((size, n) => ({
    name: `page-${n}`,
    mediaType: 'image/jpeg' as const,
    bytes: chance.bytes(size),
  }));
  return (submissionId: string): Submission => ({
    submissionId,
    kind: 'application',
    service: SERVICE,
    compose: (draft) =>
      Promise.resolve({
        files,
        body: (sealed: ReadonlyMap<string, AttachedFile>) => ({
          ...draft,
          name: `${PEOPLE_MARKS[0]}${event.at}`,
          idNumber: `${PEOPLE_MARKS[1]}260043`,
          pages: [...sealed.values()],
        }),
      }),
  });
}

/** What was sealed with age opens with the key that is kept for the worst, and is what was handed in. */
export async function openSamples(
  disk: string,
  files: Files,
): Promise<{ readonly count: number; readonly wrong: readonly Unkept[] }> {
  const wrong: Unkept[] = [];
  let count = 0;
  const identity = /^AGE-SECRET-KEY-1\S+$/m.exec(
    files.read(`${disk}/keys/recovery.age.txt`).toString('utf8'),
  )?.[0];
  for (const { submissionId, envelopeSha256 } of readPlatform(disk, files).items.values()) {
    const file = envelopeOn(disk, envelopeSha256, files);
    const body = parseEnvelope(file, (bytes) => Buffer.from(bytes).toString('utf8'))?.body;
    if (!body || !Buffer.from(body).toString('latin1', 0, 18).startsWith('age-encryption'))
      continue;
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity ?? '');
    const clear = Buffer.from(await decrypter.decrypt(body)).toString('utf8');
    count++;
    if (!clear.includes(submissionId) || !clear.includes(PEOPLE_MARKS[0])) {
      wrong.push({ invariant: 'opened', about: submissionId, what: 'holds something else' });
    }
  }
  return { count, wrong };
}
