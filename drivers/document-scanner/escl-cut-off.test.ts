import { describe, expect, it } from 'vitest';
import { CutOffJob } from './escl-cut-off.ts';
import type { EsclJobInfo, EsclStatus } from './escl-xml.ts';

const idle = (...jobs: readonly EsclJobInfo[]): EsclStatus => ({ state: 'Idle', jobs });
const busy = (...jobs: readonly EsclJobInfo[]): EsclStatus => ({ state: 'Processing', jobs });
const job = (name: string, ageSeconds?: number, state = 'Processing'): EsclJobInfo => ({
  path: `/eSCL/ScanJobs/${name}`,
  state,
  reasons: [],
  ...(ageSeconds === undefined ? {} : { ageSeconds }),
});
const OURS = { is: 'ours', path: '/eSCL/ScanJobs/new' };

/** Asked at 0, cut off after 5 s; looked at so long after the beginning. */
function look(before: EsclStatus, now: EsclStatus, atMs = 6_000): unknown {
  return CutOffJob.after(before, 0, 5_000)?.look(now, atMs, atMs);
}

describe('a job whose making was cut off is known', () => {
  it('by being the only one at work, where nothing was before', () => {
    const before = idle(job('old', 90, 'Completed'));
    expect(look(before, busy(job('new', 5), job('old', 96, 'Completed')))).toEqual(OURS);
    expect(look(before, busy(job('new', 5, 'Pending')))).toEqual(OURS);
  });

  it('by its age also when the scanner answers again only a minute later', () => {
    expect(look(idle(), busy(job('new', 62)), 66_000)).toEqual(OURS);
    // somebody began it when the line was down
    expect(look(idle(), busy(job('new', 30)), 66_000)).toEqual({ is: 'over' });
    // it was there all along, though the scanner called itself idle
    expect(look(idle(), busy(job('new', 300)), 66_000)).toEqual({ is: 'over' });
  });

  it('without an age only as long as nobody else can have begun it', () => {
    expect(look(idle(), busy(job('new')))).toEqual(OURS);
    expect(look(idle(), busy(job('new')), 66_000)).toEqual({ is: 'over' });
  });
});

describe('what may be somebody else’s is left alone', () => {
  it('where the scanner had something to do before', () => {
    expect(CutOffJob.after(busy(), 0, 5_000)).toBeUndefined();
    expect(CutOffJob.after(idle(job('theirs', 1, 'Pending')), 0, 5_000)).toBeUndefined();
    expect(CutOffJob.after({ state: 'Stopped', jobs: [] }, 0, 5_000)).toBeUndefined();
  });

  it('where two are at work, or one that was listed before, or one that is no scan', () => {
    expect(look(idle(), busy(job('new', 5), job('theirs', 4)))).toEqual({ is: 'over' });
    expect(look(idle(job('new', 9, 'Completed')), busy(job('new', 5)))).toEqual({ is: 'over' });
    const other = { path: '/eSCL/', state: 'Processing', reasons: [], ageSeconds: 5 };
    expect(look(idle(), busy(other))).toEqual({ is: 'over' });
  });

  it('and no job is looked for for ever', () => {
    const lost = CutOffJob.after(idle(), 0, 5_000);
    const finds = [1, 2, 3, 4, 5].map(() => lost?.look(idle(), 6_000, 6_000).is);
    expect(finds).toEqual(['notYet', 'notYet', 'notYet', 'notYet', 'over']);
  });
});
