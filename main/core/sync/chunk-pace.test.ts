import { describe, expect, test } from 'vitest';
import { createChunkPace } from './chunk-pace.ts';

const MIB = 1024 * 1024;

test('chunks grow to the most on a fast line, shrink on a slow one, and never below what 2G carries', () => {
  let now = 0;
  const clock = { wall: () => now, now: () => now, after: () => () => undefined };
  const pace = createChunkPace(clock, () => MIB);
  const send = (bytesPerSecond: number): number => {
    const bytes = pace.bytes();
    const since = now;
    now += (bytes / bytesPerSecond) * 1000;
    pace.went(bytes, since);
    return bytes;
  };
  const fast = Array.from({ length: 5 }, () => send(2_500_000));
  expect(fast.map((bytes) => bytes / 1024)).toEqual([128, 256, 512, 1024, 1024]);
  for (let at = 0; at < 20; at += 1) send(1_000);
  expect(pace.bytes() / 1024).toBe(16);
  pace.failed();
  expect(pace.bytes() / 1024).toBe(16);
  // the rest of a file says nothing of the line
  const since = now;
  pace.went(10, since);
  expect(pace.bytes() / 1024).toBe(16);
  while (pace.bytes() < MIB) send(2_500_000);
  pace.failed();
  expect(pace.bytes() / 1024).toBe(256);
});

describe('one chunk', () => {
  const KIB = 1024;
  /** What the next chunk is after one of so many bytes took so long. */
  const after = (took: number, most = MIB, bytes = 128 * KIB): number => {
    let now = 0;
    const clock = { wall: () => 0, now: () => now, after: () => () => undefined };
    const pace = createChunkPace(clock, () => most);
    now = took;
    pace.went(bytes, 0);
    return pace.bytes() / KIB;
  };
  test.each([
    [0, 256],
    [3_999, 256],
    [4_000, 128],
    [15_000, 128],
    [15_001, 64],
  ])('that took %i ms makes the next one %i KiB', (took, kib) => {
    expect(after(took)).toBe(kib);
  });

  test('counts when it was as big as it might be', () => {
    expect(after(0, MIB, 128 * KIB - 1)).toBe(128);
    expect(after(0, MIB, 128 * KIB + 1)).toBe(256);
  });

  test('is never bigger than the most, which may be less than anything here', () => {
    expect(after(0, 200 * KIB)).toBe(200);
    expect(after(0, KIB)).toBe(1);
    let most = KIB;
    const clock = { wall: () => 0, now: () => 0, after: () => () => undefined };
    const pace = createChunkPace(clock, () => most);
    pace.went(128 * KIB, 0);
    // the policy changes: it had not shrunk below the least
    most = MIB;
    expect(pace.bytes()).toBe(16 * KIB);
    pace.went(16 * KIB, 0);
    expect(pace.bytes()).toBe(32 * KIB);
    pace.failed();
    expect(pace.bytes()).toBe(16 * KIB);
  });
});
