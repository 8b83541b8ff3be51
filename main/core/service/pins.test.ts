import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHmac, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UNLOCK_EXAMPLE, roleOfChallenge } from '../../../domain/wire/unlock.ts';
import { CODE_PAUSE_MS, isUsablePin, LOCK_MS, PinStore, type PinCheck } from './pins.ts';
import { isUnlockCode, type UnlockKey } from './unlock-code.ts';

let folder: string;
let now = Date.parse('2026-11-24T02:00:00Z');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bianmin-pins-'));
  now = Date.parse('2026-11-24T02:00:00Z');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CHEAP = { N: 16, r: 8, p: 1, maxmem: 1024 * 1024 };
const path = (): string => join(folder, 'pins.json');
const open = (): PinStore =>
  new PinStore(path(), { wall: () => now }, { bytes: (length) => randomBytes(length) }, [], CHEAP);

describe('a PIN', () => {
  it('opens its own role only, and stands nowhere in clear', async () => {
    const pins = open();
    expect(await pins.check('technician', '271828')).toEqual({ is: 'notSet' });
    await pins.set('technician', '271828');
    await pins.set('staff', '161803');
    expect(await pins.check('technician', '271828')).toEqual({ is: 'right' });
    expect(await pins.check('technician', '161803')).toEqual({ is: 'wrong', left: 4 });
    expect(await pins.check('staff', '161803')).toEqual({ is: 'right' });
    expect(readFileSync(path(), 'utf8')).not.toMatch(/271828|161803/);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('is refused when it is short, long, no number, or one that everybody tries first', () => {
    for (const bad of ['12345', '1234567890123', 'abcdef', '000000', '123456', '987654', '']) {
      expect(isUsablePin(bad), bad).toBe(false);
    }
    for (const good of ['271828', '135790', '200011']) expect(isUsablePin(good), good).toBe(true);
  });

  it('that is wrong five times locks the role for half an hour, also over a restart', async () => {
    await open().set('technician', '271828');
    await open().set('staff', '161803');
    for (const left of [4, 3, 2, 1]) {
      expect(await open().check('technician', '111112')).toEqual({ is: 'wrong', left });
    }
    const until = new Date(now + LOCK_MS).toISOString();
    expect(await open().check('technician', '111112')).toMatchObject({ is: 'locked', until });
    expect(await open().check('technician', '271828')).toMatchObject({ is: 'locked', until });
    expect(await open().check('staff', '161803')).toEqual({ is: 'right' });
    now += LOCK_MS - 1;
    expect(await open().check('technician', '271828')).toMatchObject({ is: 'locked', until });
    now += 1;
    expect(await open().check('technician', '271828')).toEqual({ is: 'right' });
  });

  it('that is right makes the count begin anew', async () => {
    const pins = open();
    await pins.set('staff', '161803');
    for (let round = 0; round < 2; round += 1) {
      for (let i = 0; i < 4; i += 1) await pins.check('staff', '111112');
      expect(await pins.check('staff', '161803')).toEqual({ is: 'right' });
    }
  });

  it('guessed five times at once is five guesses', async () => {
    const pins = open();
    await pins.set('staff', '161803');
    const checks = await Promise.all(
      Array.from({ length: 6 }, () => pins.check('staff', '111112')),
    );
    expect(checks.map(({ is }) => is)).toEqual([
      'wrong',
      'wrong',
      'wrong',
      'wrong',
      'locked',
      'locked',
    ]);
  });

  it('stays locked when the clock is set back, and no longer than half an hour from then', async () => {
    const pins = open();
    await pins.set('staff', '161803');
    for (let i = 0; i < 5; i += 1) await pins.check('staff', '111112');
    now = Date.parse('1970-01-02T00:00:00Z');
    const until = new Date(now + LOCK_MS).toISOString();
    expect(await pins.check('staff', '161803')).toMatchObject({ is: 'locked', until });
    now += LOCK_MS;
    expect(await pins.check('staff', '161803')).toEqual({ is: 'right' });
  });

  it('of the demonstration is worth nothing in production, also where it was set before', async () => {
    await open().set('staff', '135246');
    const pins = new PinStore(path(), { wall: () => now }, { bytes: (n) => randomBytes(n) }, [
      '135246',
    ]);
    expect(await pins.check('staff', '135246')).toEqual({ is: 'wrong', left: 4 });
    await expect(pins.set('staff', '135246')).rejects.toThrow(RangeError);
  });

  it('in a file that was tampered with lets nobody in', async () => {
    writeFileSync(path(), '{"v":1,"staff":{}}');
    await expect(open().check('staff', '161803')).rejects.toThrow();
  });
});

const KEY: UnlockKey = { terminalId: UNLOCK_EXAMPLE.terminalId, key: UNLOCK_EXAMPLE.key };

/** The platform's answer, computed here once more from what the contract says. */
function codeFor(challenge: string): string {
  const mac = createHmac('sha256', Buffer.from(KEY.key, 'base64url'))
    .update(`bianmin-unlock/1 ${KEY.terminalId} ${challenge}`)
    .digest();
  return String(mac.readUIntBE(0, 6) % 100_000_000).padStart(8, '0');
}

async function lock(role: 'staff' | 'technician'): Promise<string> {
  let check: PinCheck | undefined;
  for (let i = 0; i < 5; i += 1) check = await open().check(role, '111112');
  if (check?.is !== 'locked') throw new Error('not locked');
  return check.challenge;
}

describe('an unlock code', () => {
  beforeEach(async () => {
    await open().set('technician', '271828');
    await open().set('staff', '161803');
  });

  it('is the platform’s answer to a challenge, as the contract tells it', () => {
    const { challenge, code } = UNLOCK_EXAMPLE;
    expect(isUnlockCode(code, challenge, KEY)).toBe(true);
    expect(codeFor(challenge)).toBe(code);
    expect(isUnlockCode(code, challenge, { ...KEY, terminalId: '500199001001-g2' })).toBe(false);
    expect(isUnlockCode(code.slice(1), challenge, KEY)).toBe(false);
  });

  it('ends the lock at once, also over a restart, and counts once', async () => {
    const challenge = await lock('technician');
    expect(roleOfChallenge(challenge)).toBe('technician');
    const code = codeFor(challenge);
    // the same challenge is shown as long as the lock is on
    expect(await open().check('technician', '271828')).toMatchObject({ challenge });
    expect(await open().unlock('technician', code, KEY)).toEqual({ is: 'unlocked' });
    expect(await open().check('technician', '271828')).toEqual({ is: 'right' });
    const again = await lock('technician');
    expect(again).not.toBe(challenge);
    expect(await open().unlock('technician', code, KEY)).toEqual({ is: 'wrong' });
    expect(await open().check('technician', '271828')).toMatchObject({ is: 'locked' });
  });

  it('of another role or another terminal unlocks nothing', async () => {
    const staff = await lock('staff');
    await lock('technician');
    expect(await open().unlock('technician', codeFor(staff), KEY)).toEqual({ is: 'wrong' });
    const other = { ...KEY, terminalId: '500199001002-g1' };
    now += CODE_PAUSE_MS;
    expect(await open().unlock('staff', codeFor(staff), other)).toEqual({ is: 'wrong' });
    now += CODE_PAUSE_MS;
    expect(await open().unlock('staff', codeFor(staff), KEY)).toEqual({ is: 'unlocked' });
    expect(await open().check('technician', '271828')).toMatchObject({ is: 'locked' });
  });

  it('that is wrong makes a short pause, also over a restart, and never a lock', async () => {
    const challenge = await lock('technician');
    const right = codeFor(challenge);
    const wrong = right === '00000000' ? '00000001' : '00000000';
    for (let i = 0; i < 20; i += 1) {
      expect(await open().unlock('technician', wrong, KEY)).toEqual({ is: 'wrong' });
      expect(await open().unlock('technician', right, KEY)).toEqual({ is: 'tooSoon', seconds: 10 });
      now += CODE_PAUSE_MS - 1;
      expect(await open().unlock('technician', right, KEY)).toEqual({ is: 'tooSoon', seconds: 1 });
      now += 1;
    }
    now -= 3_600_000;
    expect(await open().unlock('technician', right, KEY)).toEqual({ is: 'tooSoon', seconds: 10 });
    now += CODE_PAUSE_MS;
    expect(await open().unlock('technician', right, KEY)).toEqual({ is: 'unlocked' });
  });

  it('of a lock that has run out is not needed any more', async () => {
    const challenge = await lock('staff');
    now += LOCK_MS;
    expect(await open().unlock('staff', codeFor(challenge), KEY)).toEqual({ is: 'unlocked' });
    expect(await open().check('staff', '161803')).toEqual({ is: 'right' });
  });

  it('helps where the file was written before there were codes', async () => {
    for (let i = 0; i < 5; i += 1) await open().check('staff', '111112');
    const file = JSON.parse(readFileSync(path(), 'utf8')) as { staff: Record<string, unknown> };
    delete file.staff['challenge'];
    delete file.staff['codeTriedAt'];
    writeFileSync(path(), JSON.stringify(file));
    const check = await open().check('staff', '161803');
    const challenge = check.is === 'locked' ? check.challenge : '';
    expect(await open().unlock('staff', codeFor(challenge), KEY)).toEqual({ is: 'unlocked' });
  });
});
