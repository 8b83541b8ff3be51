import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isUsablePin, LOCK_MS, PinStore } from './pins.ts';

let folder: string;
let now = Date.parse('2026-11-24T02:00:00Z');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bianmin-pins-'));
  now = Date.parse('2026-11-24T02:00:00Z');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'pins.json');
const open = (): PinStore =>
  new PinStore(path(), { wall: () => now }, { bytes: (length) => randomBytes(length) });

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
    expect(await open().check('technician', '111112')).toEqual({ is: 'locked', until });
    expect(await open().check('technician', '271828')).toEqual({ is: 'locked', until });
    expect(await open().check('staff', '161803')).toEqual({ is: 'right' });
    now += LOCK_MS - 1;
    expect(await open().check('technician', '271828')).toEqual({ is: 'locked', until });
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
    expect(await pins.check('staff', '161803')).toEqual({ is: 'locked', until });
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
