import { describe, expect, it } from 'vitest';
import { handClock } from '../hand-clock.test-helper.ts';
import { WaitingVisitor } from './waiting-visitor.ts';

const TEN_MINUTES = 600_000;

function waiting() {
  const clock = handClock();
  let over = 0;
  return { clock, room: new WaitingVisitor(clock, () => (over += 1)), over: () => over };
}

describe('a visitor who waits for a citizen’s session to end', () => {
  it('waits for ten minutes and no longer', () => {
    const { clock, room, over } = waiting();
    const visitor = {};
    expect(room.begin(visitor, 'staff').until).toBe(new Date(TEN_MINUTES).toISOString());
    clock.go(TEN_MINUTES - 1);
    expect([room.now?.visitor === visitor, over()]).toEqual([true, 0]);
    clock.go(1);
    expect([room.now, over()]).toEqual([undefined, 1]);
  });

  it('begins anew with another PIN, and is forgotten when the wait was ended', () => {
    const { clock, room, over } = waiting();
    room.begin({}, 'staff');
    clock.go(TEN_MINUTES - 1);
    room.begin({}, 'technician');
    clock.go(TEN_MINUTES - 1);
    expect(room.now?.role).toBe('technician');
    room.end();
    clock.go(TEN_MINUTES);
    expect([room.now, over(), clock.waits]).toEqual([undefined, 0, []]);
  });
});
