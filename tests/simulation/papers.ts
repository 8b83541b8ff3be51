import type { AttachedFile } from '../../domain/envelope/body.ts';
import type { Submission } from '../../main/core/outbox/contract.ts';
import { chanceOf } from './chance.ts';
import type { StoryEvent } from './story.ts';

/** Parts of every name and number that is handed in; none may be readable anywhere. */
export const PEOPLE_MARKS = ['龚䶮测试', '500199198509'] as const;
const SERVICE = {
  id: 'unemployment-reg',
  handleItemCode: '11500151DEMA000135550201490100001',
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
