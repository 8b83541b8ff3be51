import { describe, expect, it } from 'vitest';
import { handClock } from '../hand-clock.test-helper.ts';
import { IdleWatch } from './idle.ts';

function watched() {
  const clock = handClock();
  let ended = 0;
  const idle = new IdleWatch(clock, () => ({ quietMs: 60_000, warningMs: 20_000 }), {
    onChange: () => undefined,
    onEnd: () => (ended += 1),
  });
  idle.touch();
  return { clock, idle, ended: () => ended };
}

describe('idle watch', () => {
  it('warns after a minute and ends the session 20 s later', () => {
    const { clock, idle, ended } = watched();
    clock.go(59_999);
    expect(idle.view.state).toBe('active');
    clock.go(1);
    expect(idle.view).toEqual({ state: 'warning', endsAt: new Date(80_000).toISOString() });
    clock.go(19_999);
    expect(ended()).toBe(0);
    clock.go(1);
    expect(ended()).toBe(1);
  });

  it('can be extended as often as somebody likes', () => {
    const { clock, idle, ended } = watched();
    for (let i = 0; i < 60; i++) {
      clock.go(79_000);
      expect(idle.view.state).toBe('warning');
      idle.touch();
      expect(idle.view.state).toBe('active');
    }
    expect(ended()).toBe(0);
  });

  it('does not count while the terminal itself works, and begins anew afterwards', () => {
    const { clock, idle, ended } = watched();
    clock.go(50_000);
    idle.pause(true);
    clock.go(600_000);
    expect(idle.view.state).toBe('active');
    idle.pause(false);
    clock.go(59_999);
    expect(idle.view.state).toBe('active');
    clock.go(20_001);
    expect(ended()).toBe(1);
  });

  it('does nothing any more once it is stopped', () => {
    const { clock, idle, ended } = watched();
    idle.stop();
    clock.go(1_000_000);
    expect(ended()).toBe(0);
  });

  it('warns sooner when nobody seems to be there, with the whole warning; a touch gives the whole time back', () => {
    const { clock, idle, ended } = watched();
    clock.go(10_000);
    idle.hurry(20_000);
    clock.go(20_000);
    expect(idle.view).toEqual({ state: 'warning', endsAt: new Date(50_000).toISOString() });
    // said again, it shortens nothing
    idle.hurry(1_000);
    clock.go(19_999);
    expect(ended()).toBe(0);
    idle.touch();
    clock.go(59_999);
    expect(idle.view.state).toBe('active');
    clock.go(1);
    expect(idle.view.state).toBe('warning');
  });

  it('does not hurry while the terminal itself works', () => {
    const { clock, idle, ended } = watched();
    idle.pause(true);
    idle.hurry(1_000);
    clock.go(600_000);
    expect([idle.view.state, ended()]).toEqual(['active', 0]);
  });
});
