import { describe, expect, it } from 'vitest';
import { PhoneTransfers } from './transfers.ts';

const LIMITS = { lifetimeMs: 1000, maxPages: 2, maxPageBytes: 200, maxBytes: 500 };
const noAbort = (): void => undefined;
const page = (byte: number, length = 150): Buffer => Buffer.alloc(length, byte);

function bench() {
  const clock = { now: 0 };
  const phones = new PhoneTransfers(() => clock.now, LIMITS);
  const { transferId } = phones.open('t1');
  const claimed = phones.claim(transferId);
  if (typeof claimed === 'string') throw new Error(claimed);
  return { clock, phones, transferId, claim: claimed.claim };
}

describe('photographs on their way from a phone', () => {
  it('go from the one phone that claimed the transfer to the terminal that began it', () => {
    const { phones, transferId, claim } = bench();
    expect(phones.claim(transferId)).toBe('taken');
    expect(phones.add(transferId, 'guessed', page(1))).toBe('taken');
    expect(phones.add(transferId, claim, page(1))).toEqual({ pages: 1 });
    expect(phones.state('t1', transferId)).toEqual({ state: 'claimed', pages: 1 });
    expect(phones.state('t2', transferId)).toBeUndefined();
    expect(phones.page('t2', transferId, 1)).toBeUndefined();
    expect(phones.page('t1', transferId, 1)).toEqual(page(1));
    expect(phones.page('t1', transferId, 2)).toBeUndefined();
    expect(phones.finish(transferId, claim)).toBeUndefined();
    expect(phones.state('t1', transferId)?.state).toBe('finished');
    expect(phones.add(transferId, claim, page(2))).toBe('gone');
  });

  it('are overwritten and forgotten when the terminal closes, begins anew, or time is over', () => {
    const { clock, phones, transferId, claim } = bench();
    const kept = page(7);
    phones.add(transferId, claim, kept);
    phones.close('t2', transferId);
    expect(phones.state('t1', transferId)?.pages).toBe(1);
    phones.close('t1', transferId);
    expect(kept.every((byte) => byte === 0)).toBe(true);
    expect(phones.add(transferId, claim, page(1))).toBe('gone');
    const next = phones.open('t1').transferId;
    phones.open('t1');
    expect(phones.state('t1', next)).toBeUndefined();
    const late = phones.open('t1').transferId;
    clock.now = 1000;
    expect(phones.claim(late)).toBe('gone');
  });

  it('are announced before they come, and then have room until they are there or will not come', () => {
    const { phones, transferId, claim } = bench();
    const other = phones.open('t2').transferId;
    const its = phones.claim(other);
    if (typeof its === 'string') throw new Error(its);
    expect(phones.expect('none', claim, noAbort)).toBe('gone');
    expect(phones.expect(other, claim, noAbort)).toBe('taken');
    const announced = () => {
      const room = phones.expect(transferId, claim, noAbort);
      if (typeof room === 'string') throw new Error(room);
      return room;
    };
    const [first, second] = [announced(), announced()];
    // more than a phone may send, and more than lies ready for all
    expect(phones.expect(transferId, claim, noAbort, 1)).toBe('full');
    expect(phones.expect(other, its.claim, noAbort, 101)).toBe('full');
    const small = phones.expect(other, its.claim, noAbort, 100);
    if (typeof small === 'string') throw new Error(small);
    small();
    small();
    first();
    expect(phones.add(transferId, claim, page(1))).toEqual({ pages: 1 });
    expect(phones.expect(other, its.claim, noAbort, 151)).toBe('full');
    second();
    expect(phones.add(transferId, claim, page(2))).toEqual({ pages: 2 });
    expect(phones.expect(transferId, claim, noAbort, 1)).toBe('full');
    expect(phones.expect(other, its.claim, noAbort, 200)).toBeTypeOf('function');
  });

  it.each<[string, (all: ReturnType<typeof bench>) => void]>([
    ['is closed', ({ phones, transferId }) => phones.close('t1', transferId)],
    ['begins anew', ({ phones }) => phones.open('t1')],
    ['is over', ({ clock }) => (clock.now = 1000)],
  ])('no longer come, nor have room, when the transfer %s', (_name, ends) => {
    const all = bench();
    const { phones, transferId, claim } = all;
    let aborted = 0;
    const rooms = [1, 2].map(() => phones.expect(transferId, claim, () => aborted++));
    ends(all);
    const other = phones.open('t2').transferId;
    const its = phones.claim(other);
    if (typeof its === 'string') throw new Error(its);
    expect(aborted).toBe(2);
    // that the requests are over is told too: their room is given back once all the same
    for (const room of rooms) if (typeof room === 'function') room();
    expect(phones.expect(other, its.claim, noAbort)).toBeTypeOf('function');
    expect(phones.expect(other, its.claim, noAbort)).toBeTypeOf('function');
    const third = phones.open('t3').transferId;
    const thirds = phones.claim(third);
    if (typeof thirds === 'string') throw new Error(thirds);
    expect(phones.expect(third, thirds.claim, noAbort, 101)).toBe('full');
    expect(phones.expect(third, thirds.claim, noAbort, 100)).toBeTypeOf('function');
  });

  it('are no more than two on their way at a time, however many may come', () => {
    const phones = new PhoneTransfers(() => 0, { ...LIMITS, maxPages: 10, maxBytes: 5000 });
    const { transferId } = phones.open('t1');
    const claimed = phones.claim(transferId);
    if (typeof claimed === 'string') throw new Error(claimed);
    const { claim } = claimed;
    const first = phones.expect(transferId, claim, noAbort);
    expect(phones.expect(transferId, claim, noAbort)).toBeTypeOf('function');
    expect(phones.expect(transferId, claim, noAbort)).toBe('full');
    if (typeof first === 'function') first();
    expect(phones.expect(transferId, claim, noAbort)).toBeTypeOf('function');
  });

  it('are no more and no larger than allowed, of one phone and of all', () => {
    const { phones, transferId, claim } = bench();
    expect(phones.add(transferId, claim, page(1, 201))).toBe('noPage');
    expect(phones.add(transferId, claim, page(1, 94))).toBe('noPage');
    phones.add(transferId, claim, page(1, 200));
    phones.add(transferId, claim, page(1, 200));
    expect(phones.add(transferId, claim, page(1))).toBe('full');
    const other = phones.open('t2').transferId;
    const claimed = phones.claim(other);
    if (typeof claimed === 'string') throw new Error(claimed);
    expect(phones.add(other, claimed.claim, page(1, 150))).toBe('full');
    phones.close('t1', transferId);
    expect(phones.add(other, claimed.claim, page(1, 150))).toEqual({ pages: 1 });
  });
});
