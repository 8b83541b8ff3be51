import { expect, test } from 'vitest';
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
