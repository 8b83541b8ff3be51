import { describe, expect, test } from 'vitest';
import { nextToSend, untilScansGo, type MeteredScans } from './sending-order.ts';

const HOUR = 3_600_000;
const POLICY: MeteredScans = {
  formsUpToBytes: 300_000,
  fromHour: 22,
  untilHour: 6,
  atMostWaitMs: 24 * HOUR,
};
/** 9:00 in China. */
const MORNING = Date.parse('2026-11-30T09:00:00+08:00');
const item = (submissionId: string, bytes: number, minutesAgo = 10, notBefore = 0) => ({
  submissionId,
  bytes,
  notBefore,
  createdAt: new Date(MORNING - minutesAgo * 60_000).toISOString(),
});
type Item = ReturnType<typeof item>;
const metered = { policy: POLICY, unsentBytes: ({ bytes }: Item) => bytes };
const next = (items: readonly Item[], wall = MORNING, on = true) => {
  const { due, waitMs } = nextToSend(
    items,
    wall,
    () => 60_000,
    () => 0,
    on ? metered : undefined,
  );
  return { due: due?.submissionId, waitMs };
};

describe('a line that is paid by the byte', () => {
  test('forms go before scans, and scans wait for their hours', () => {
    const scans = item('scans', 3_000_000, 20);
    const form = item('form', 200_000, 10, MORNING - 1);
    expect(next([scans, form])).toMatchObject({ due: 'form' });
    expect(next([scans])).toEqual({ due: undefined, waitMs: 13 * HOUR });
    expect(next([scans], MORNING + 13 * HOUR)).toMatchObject({ due: 'scans' });
    // in their hours too, forms go first
    expect(next([scans, form], MORNING + 13 * HOUR)).toMatchObject({ due: 'form' });
  });

  test('scans that have waited long enough go at any hour', () => {
    expect(next([item('scans', 3_000_000, 23 * 60)])).toEqual({ due: undefined, waitMs: HOUR });
    expect(next([item('scans', 3_000_000, 24 * 60)])).toMatchObject({ due: 'scans' });
  });

  test('scans stored in the future, by a clock that went back, are not kept', () => {
    expect(next([item('scans', 3_000_000, -60)])).toMatchObject({ due: 'scans' });
  });

  test('scans that are up already leave a form', () => {
    expect(next([item('resumed', 0, 20)])).toMatchObject({ due: 'resumed' });
  });

  test('any other line knows no difference', () => {
    const scans = item('scans', 3_000_000, 20);
    expect(next([scans, item('form', 1, 10, MORNING - 1)], MORNING, false)).toMatchObject({
      due: 'scans',
    });
  });
});

test('an item is tried again at its time, and one whose time a clock that went back wrote at once', () => {
  expect(next([item('later', 1, 1, MORNING + 5000)], MORNING, false)).toEqual({
    due: undefined,
    waitMs: 5000,
  });
  expect(next([item('wrong', 1, 1, MORNING + 90_000)], MORNING, false).due).toBe('wrong');
});

test('the hours of scans begin by the time of China, over midnight too', () => {
  const at = (time: string) => Date.parse(`2026-11-30T${time}:00+08:00`);
  expect(untilScansGo(at('21:59'), POLICY)).toBe(60_000);
  expect(untilScansGo(at('22:00'), POLICY)).toBe(0);
  expect(untilScansGo(at('05:59'), POLICY)).toBe(0);
  expect(untilScansGo(at('06:00'), POLICY)).toBe(16 * HOUR);
  const noon = { ...POLICY, fromHour: 12, untilHour: 13 };
  expect(untilScansGo(at('12:30'), noon)).toBe(0);
  expect(untilScansGo(at('13:00'), noon)).toBe(23 * HOUR);
});

test('who waits longest past their time goes first; nobody waits for nothing', () => {
  const [soon, late] = [item('soon', 1, 1, MORNING - 2), item('late', 1, 9, MORNING - 1)];
  expect(next([late, soon], MORNING, false).due).toBe('soon');
  expect(next([soon, late], MORNING, false).due).toBe('soon');
  const twin = item('twin', 1, 1, MORNING - 2);
  expect(next([soon, twin], MORNING, false).due).toBe('soon');
  expect(next([], MORNING, false)).toEqual({ due: undefined, waitMs: Number.POSITIVE_INFINITY });
  expect(next([item('now', 1, 1, MORNING)], MORNING, false).due).toBe('now');
});

test('the wait is for the next one, whoever is due before', () => {
  const items = [
    item('later', 1, 1, MORNING + 5000),
    item('sooner', 1, 1, MORNING + 2000),
    item('last', 1, 1, MORNING + 9000),
  ];
  expect(next(items, MORNING, false)).toEqual({ due: undefined, waitMs: 2000 });
  expect(next([...items, item('due', 1)], MORNING, false)).toEqual({ due: 'due', waitMs: 2000 });
  // the longest wait there is still counts; a moment more was written by a clock that went back
  expect(next([item('edge', 1, 1, MORNING + 60_000)], MORNING, false).waitMs).toBe(60_000);
  expect(next([item('over', 1, 1, MORNING + 60_001)], MORNING, false).due).toBe('over');
});

test('scans wait for whatever comes last: their hours, their time, the end of their patience', () => {
  // tried again in 5 s, within their hours
  const night = MORNING + 13 * HOUR;
  expect(next([item('scans', 3_000_000, 10, night + 5000)], night).waitMs).toBe(5000);
  expect(next([item('scans', 3_000_000, 10, MORNING + 5000)]).waitMs).toBe(13 * HOUR);
  expect(next([item('form', 300_000)]).due).toBe('form');
  expect(next([item('scan', 300_001)]).due).toBeUndefined();
  expect(next([item('new', 300_001, 0)]).due).toBeUndefined();
  // of two scans the one that waits longer, of two forms too
  const scans = [item('b', 3_000_000, 10, 2), item('a', 3_000_000, 10, 1)];
  expect(next(scans, night).due).toBe('a');
  expect(next([item('d', 1, 10, 2), item('c', 1, 10, 1)]).due).toBe('c');
  expect(next([item('form', 1, 10, 9), ...scans], night).due).toBe('form');
  expect(next([item('form', 300_000, 10, 9), ...scans], night).due).toBe('form');
});

test('the hours hold for any day, also before 1970, and may be none or all', () => {
  const noon = { ...POLICY, fromHour: 12, untilHour: 13 };
  expect(untilScansGo(-28_800_000 + 11 * HOUR, noon)).toBe(HOUR);
  expect(untilScansGo(-86_400_000 * 3 - 28_800_000 + 12 * HOUR, noon)).toBe(0);
  const at = (time: string) => Date.parse(`2026-11-30T${time}:00+08:00`);
  expect(untilScansGo(at('11:59'), noon)).toBe(60_000);
  expect(untilScansGo(at('12:00'), noon)).toBe(0);
  expect(untilScansGo(at('12:59'), noon)).toBe(0);
  expect(untilScansGo(at('00:00'), POLICY)).toBe(0);
  expect(untilScansGo(at('23:00'), POLICY)).toBe(0);
  // from noon to noon: an hour that is none
  expect(untilScansGo(at('12:00'), { ...noon, untilHour: 12 })).toBe(0);
  expect(untilScansGo(at('11:00'), { ...noon, untilHour: 12 })).toBe(HOUR);
});
