import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fault } from '../../domain/device/fault-catalogue.ts';
import { err, ok } from '../../domain/result.ts';
import type { DriverClock } from '../device.ts';
import { backoffDelay, keepConnected } from './reconnecting.ts';
import type { ByteLine, Transport } from './transport.ts';

/** Every wait ends at once and is written down. */
function hastyClock(waits: number[]): DriverClock {
  return {
    now: () => 0,
    after(ms, callback) {
      waits.push(ms);
      const timer = setImmediate(callback);
      return () => {
        clearImmediate(timer);
      };
    },
  };
}

function fakeLine(): ByteLine {
  const closers = new Set<(reason: string) => void>();
  return {
    onData: () => () => undefined,
    onClose: (listener) => {
      closers.add(listener);
      return () => closers.delete(listener);
    },
    write: () => Promise.resolve(ok(undefined)),
    close: () => {
      for (const listener of closers) listener('closed here');
      closers.clear();
      return Promise.resolve();
    },
  };
}

describe('backoff', () => {
  const backoff = { baseMs: 100, capMs: 5_000, floorMs: 10 };

  it('doubles up to its cap, and never leaves floor and cap', () => {
    const highest = (): number => 0.999999;
    expect(Math.round(backoffDelay(1, backoff, highest))).toBe(100);
    expect(Math.round(backoffDelay(2, backoff, highest))).toBe(200);
    expect(Math.round(backoffDelay(50, backoff, highest))).toBe(5_000);
    expect(backoffDelay(9, backoff, () => 0)).toBe(10);
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 0.999, noNaN: true }), (failures, random) => {
        const wait = backoffDelay(failures, backoff, () => random);
        expect(wait).toBeGreaterThanOrEqual(10);
        expect(wait).toBeLessThanOrEqual(5_000);
      }),
    );
  });
});

describe('keeping a line', () => {
  it('waits longer after each failure, and begins anew after a line that proved good', async () => {
    const waits: number[] = [];
    const faults: string[] = [];
    const plan = ['fail', 'fail', 'fail', 'good', 'fail', 'mute', 'end'];
    const ended = Promise.withResolvers<undefined>();
    let step = 0;
    const transport: Transport = {
      address: 'test',
      connect: () => {
        const now = plan[step] ?? 'end';
        if (now === 'end') ended.resolve(undefined);
        if (now !== 'fail') return Promise.resolve(ok(fakeLine()));
        step += 1;
        return Promise.resolve(err(fault('device.offline')));
      },
    };
    const kept = keepConnected({
      transport,
      clock: hastyClock(waits),
      random: () => 0.5,
      backoff: { baseMs: 100, capMs: 350, floorMs: 1 },
      session: (_line, { signal, proved }) => {
        const now = plan[step];
        step += 1;
        if (now === 'good') proved();
        if (now !== 'end') return Promise.resolve();
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      },
      onUnreachable: (fault) => faults.push(fault.code),
    });
    await ended.promise;
    await kept.close();
    expect(waits).toEqual([50, 100, 175, 50, 50, 100]);
    expect(faults).toEqual(Array(4).fill('device.offline'));
  });
});
