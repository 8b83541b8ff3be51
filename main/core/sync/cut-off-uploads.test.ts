import { expect, test } from 'vitest';
import { submissionOf } from '../outbox/submission.test-helper.ts';
import { until } from './line.test-helper.ts';
import { beats, core, disk, platform, started, useCore } from './platform-side.test-helper.ts';

useCore();

const PIECE = 4096;

/** A line that carries so many pieces and is cut off then, until the terminal's round finds it there again. */
const carries = (pieces: number): void => {
  let left = pieces;
  platform.behave = ({ method, path }) => {
    if (path === '/v1/heartbeats') left = pieces;
    return method === 'PATCH' && left-- <= 0 ? 'silence' : undefined;
  };
};
const states = (): readonly string[] => core.outbox.list().map(({ state }) => state);
const allThere = (): boolean => states().every((state) => state === 'received');
/** The round and the sender wait; how long a file takes to be read is no time that goes by. */
const quiet = (): boolean => !states().includes('sending') && disk.clock.waits.length > 1;
const untilAllThere = async (): Promise<void> => {
  while (!allThere()) {
    await until('waits', () => allThere() || quiet());
    if (!allThere()) disk.clock.go(disk.clock.waits[0] ?? 0);
  }
};

test.each([1, 12])(
  'a line that cuts each upload off: %i waiting go in as many rounds as their bytes need',
  async (waiting) => {
    await started({ chunkBytes: PIECE });
    carries(3);
    const before = beats().length;
    const begun = disk.clock.now();
    for (let n = 0; n < waiting; n++) {
      const id = core.outbox.newSubmissionId();
      const stored = await core.outbox.submit(submissionOf(id, [40_000]));
      expect(stored.ok).toBe(true);
      disk.clock.go(0);
    }
    await untilAllThere();
    const sizes = [...platform.attachments.values()].map(({ length }) => length);
    const pieces = sizes.reduce((sum, size) => sum + Math.ceil(size / PIECE), 0);
    expect(pieces).toBeGreaterThan(9 * waiting);
    // the last of each may begin with what is left of a connection
    expect(beats().length - before).toBeLessThanOrEqual(pieces / 3 + waiting);
    expect(disk.clock.now() - begun).toBeLessThan(60_000);
  },
);
