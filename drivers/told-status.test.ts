import { describe, expect, it } from 'vitest';
import { fault } from '../domain/device/fault-catalogue.ts';
import type { DeviceStatus } from '../domain/device/status.ts';
import type { DriverClock } from './device.ts';
import { LineStatus } from './told-status.ts';
import { Turns } from './turns.ts';

const CLOSED = { state: 'offline', fault: fault('device.offline') } as const;
const LATE = { state: 'offline', fault: fault('device.timeout') } as const;
const ONLINE: DeviceStatus = { state: 'online' };

/** A clock whose waits end when told. */
function heldClock(): DriverClock & { readonly elapse: () => void; readonly waits: () => number } {
  const waits = new Set<() => void>();
  return {
    now: () => 0,
    after: (_ms, callback) => {
      waits.add(callback);
      return () => waits.delete(callback);
    },
    elapse: () => {
      for (const callback of [...waits]) {
        waits.delete(callback);
        callback();
      }
    },
    waits: () => waits.size,
  };
}

function watched(isBack?: () => boolean) {
  const clock = heldClock();
  const options = { clock, offlineAfterMs: 1_500 };
  const status = new LineStatus(isBack ? { ...options, isBack } : options);
  const told: DeviceStatus[] = [];
  const stop = status.onStatus((next) => told.push(next));
  return { clock, status, told, stop };
}

describe('what is told of a device on a line', () => {
  it('is told once, and to nobody who has stopped listening', () => {
    const { status, told, stop } = watched();
    status.tell(ONLINE);
    status.tell({ state: 'online' });
    expect(told).toEqual([ONLINE]);
    stop();
    status.tell(CLOSED);
    expect(told).toEqual([ONLINE]);
    expect(status.now).toEqual(CLOSED);
  });

  it('a lost line is told at once while nothing was known, or when there is a better reason for it', () => {
    const { clock, status, told } = watched();
    status.lineLost(CLOSED);
    status.lineLost(CLOSED);
    status.lineLost(LATE);
    expect(told).toEqual([CLOSED, LATE]);
    expect(clock.waits()).toBe(0);
  });

  it('later only when it has lasted, with the reason that was found last', () => {
    const { clock, status, told } = watched();
    status.tell(ONLINE);
    status.lineLost(CLOSED);
    status.lineLost(LATE);
    expect(told).toEqual([ONLINE]);
    clock.elapse();
    expect(told).toEqual([ONLINE, LATE]);
  });

  it.each([
    ['something is told', (status: LineStatus) => status.tell(ONLINE)],
    ['it holds again', (status: LineStatus) => status.lineHolds()],
  ])('and not at all when %s before', (_what, come) => {
    const { clock, status, told } = watched();
    status.tell(ONLINE);
    status.lineLost(CLOSED);
    come(status);
    expect(clock.waits()).toBe(0);
    clock.elapse();
    expect(told).toEqual([ONLINE]);
    // the next loss is waited for anew
    status.lineLost(CLOSED);
    clock.elapse();
    expect(told).toEqual([ONLINE, CLOSED]);
  });

  it('nor when the line is back by then, though nothing was told on it; then the next loss counts', () => {
    let isBack = true;
    const { clock, status, told } = watched(() => isBack);
    status.tell(ONLINE);
    status.lineLost(CLOSED);
    clock.elapse();
    expect(told).toEqual([ONLINE]);
    isBack = false;
    status.lineLost(CLOSED);
    clock.elapse();
    expect(told).toEqual([ONLINE, CLOSED]);
  });
});

describe('turns', () => {
  it('come one after the other, whatever becomes of one', async () => {
    const turns = new Turns();
    const first = Promise.withResolvers<string>();
    const order: string[] = [];
    const one = turns.take(() => first.promise);
    const two = turns.take(() => {
      order.push('two');
      return Promise.resolve('two');
    });
    await Promise.resolve();
    expect(order).toEqual([]);
    first.reject(new Error('one'));
    await expect(one).rejects.toThrow('one');
    expect(await two).toBe('two');
  });
});
