import { describe, expect, it } from 'vitest';
import { CaptureGate, wantedCapture, type CapturingSession } from './capture.ts';

describe('the gate of pictures', () => {
  const asked = { headers: { 'content-type': 'image/jpeg', 'content-length': '9' } };
  const session: CapturingSession = {
    assurance: 'L2',
    touch: () => undefined,
    papers: {
      captures: {
        expect: () => {
          throw new Error('asked');
        },
      },
    },
  };

  it('lets no more in than a hand can turn pages, until a minute is over', async () => {
    let now = 0;
    const gate = new CaptureGate(session, { perMinute: 2 }, () => now);
    const knock = () =>
      gate.receive(asked as never, { materialId: 'household' }).catch(() => 'through');
    expect([await knock(), await knock()]).toEqual(['through', 'through']);
    expect(await knock()).toEqual({ status: 429, code: 'tooMany' });
    now = 60_001;
    expect(await knock()).toBe('through');
  });

  it('asks who it is before anything is read', async () => {
    const gate = new CaptureGate({ ...session, assurance: 'L0' });
    expect(await gate.receive(asked as never, { materialId: 'household' })).toMatchObject({
      code: 'wrongStep',
    });
  });

  it('knows its own addresses', () => {
    expect(wantedCapture('/capture/household', '')).toEqual({ materialId: 'household' });
    expect(wantedCapture('/capture/household', 'replaces=abcdefghijkl')).toEqual({
      materialId: 'household',
      replaces: 'abcdefghijkl',
    });
    expect(wantedCapture('/capture/household', 'replaces=../x&y')).toEqual({
      materialId: 'household',
    });
    for (const path of ['/capture/', '/capture/a/b', '/capture/..%2f', '/captured/a']) {
      expect(wantedCapture(path, ''), path).toBeUndefined();
    }
  });
});
