import { expect, test } from 'vitest';
import type { ItemRow } from '../storage/port.ts';
import { createReports, lostOf, type LookParts } from './lost-of.ts';

/** Items of 100 bytes of papers each, by the cursors of their reception; what was asked of the disk, in order. */
function platformOf(archivedThrough: number, lacking: readonly string[] = [], envelopeBytes = 0) {
  const asked: string[] = [];
  const look = (how: string) => (item: Pick<ItemRow, 'submissionId'>) => {
    asked.push(`${how} ${item.submissionId}`);
    return Promise.resolve(!lacking.includes(item.submissionId));
  };
  const parts: LookParts = {
    storage: {
      items: {
        find: (submissionId) =>
          Promise.resolve({
            ...({ submissionId, cursor: Number(submissionId), givenUp: [] } as unknown as ItemRow),
            attachments: [
              { sha256: 'a', size: 60 },
              { sha256: 'b', size: 40 },
            ],
          }),
      },
      archivedThrough: () => Promise.resolve(archivedThrough),
    },
    archive: {
      lost: {
        lackingOf: (id) => Promise.resolve(id === '9' ? ['a'] : []),
        isWhole: look('reads'),
        isThere: look('measures'),
        envelopeBytes: () => Promise.resolve(envelopeBytes),
      },
    },
  };
  return { parts, asked };
}
const named = (...ids: readonly number[]) => ids.map((id) => ({ submissionId: String(id) }));

test('the newest are read, as far as one report may read, the others are measured; all are looked at', async () => {
  const { parts, asked } = platformOf(0, ['1', '3']);
  expect(await lostOf(parts, named(1, 2, 3, 4), 250)).toEqual(named(1, 3));
  expect(asked).toEqual(['reads 4', 'reads 3', 'measures 2', 'measures 1']);
});

test('envelopes count as papers do', async () => {
  const { parts, asked } = platformOf(0, [], 30);
  await lostOf(parts, named(1, 2, 3), 250);
  expect(asked).toEqual(['reads 3', 'measures 2', 'measures 1']);
});

test('of two reports at once one is looked through after the other, also where the first one fails', async () => {
  const { parts, asked } = platformOf(0);
  const reports = createReports(parts);
  const failing = createReports({
    ...parts,
    archive: { lost: { ...parts.archive.lost, isWhole: () => Promise.reject(new Error('EIO')) } },
  });
  await Promise.all([reports(named(1, 2)), reports(named(3, 4))]);
  expect(asked).toEqual(['reads 2', 'reads 1', 'reads 4', 'reads 3']);
  const both = await Promise.allSettled([failing(named(1)), failing(named())]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

test('what is archived is not read, nor what a pass of the archive found lost already', async () => {
  const { parts, asked } = platformOf(2);
  expect(await lostOf(parts, named(1, 2, 3, 9))).toEqual(named(9));
  expect(asked).toEqual(['reads 3']);
});

test('others have their turn while a long chain is looked through, though all of it is archived', async () => {
  const { parts } = platformOf(10_000);
  let turns = 0;
  let isDone = false;
  const ticking = (): void => {
    turns += 1;
    if (!isDone) setImmediate(ticking);
  };
  setImmediate(ticking);
  const ids = Array.from({ length: 1000 }, (_, at) => at + 100);
  expect(await lostOf(parts, named(...ids))).toEqual([]);
  isDone = true;
  expect(turns).toBeGreaterThanOrEqual(9);
});
