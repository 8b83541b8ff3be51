import { describe, expect, it } from 'vitest';
import { groupDigits, roleOfChallenge, unlockChallenge, unlockCodeOf } from './unlock.ts';

describe('a challenge', () => {
  it('says whose PIN it is, and is refused when a digit was misheard', () => {
    const challenge = unlockChallenge('technician', Uint8Array.of(1, 2, 3, 4, 5, 6));
    expect(challenge).toMatch(/^2\d{9}$/);
    expect(roleOfChallenge(challenge)).toBe('technician');
    expect(roleOfChallenge(unlockChallenge('staff', new Uint8Array(6)))).toBe('staff');
    for (let place = 0; place < challenge.length; place += 1) {
      for (let digit = 0; digit < 10; digit += 1) {
        const misheard = challenge.slice(0, place) + String(digit) + challenge.slice(place + 1);
        if (misheard !== challenge) expect(roleOfChallenge(misheard), misheard).toBeUndefined();
      }
    }
    for (const none of ['', '2', `${challenge}0`, `３${challenge.slice(1)}`]) {
      expect(roleOfChallenge(none)).toBeUndefined();
    }
  });

  it('and a code keep their leading zeros, and are read in two groups', () => {
    expect(unlockCodeOf(new Uint8Array(32))).toBe('00000000');
    expect(unlockCodeOf(new Uint8Array(32).fill(255))).toBe('76710655');
    expect(groupDigits('12345678')).toBe('1234 5678');
    expect(groupDigits('1234567890')).toBe('12345 67890');
  });
});
