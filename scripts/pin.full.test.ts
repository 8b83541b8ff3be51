import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PinStore } from '../main/core/service/pins.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'bianmin-pin-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

function run(input: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [join(import.meta.dirname, 'pin.ts'), ...args], {
    input,
    encoding: 'utf8',
  });
}

describe('npm run pin', () => {
  it('sets a PIN that opens the service page, and says it nowhere', async () => {
    const { status, stdout, stderr } = run('271828\n', '--role', 'technician', '--data', data);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).not.toContain('271828');
    const file = join(data, 'service-pins.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain('271828');
    const pins = new PinStore(file, { wall: () => Date.now() }, { bytes: (n) => randomBytes(n) });
    expect(await pins.check('technician', '271828')).toEqual({ is: 'right' });
    expect(await pins.check('staff', '271828')).toEqual({ is: 'notSet' });
  });

  it.each(['123456', '888888', '1234', '', '135246'])(
    'refuses «%s» in both languages and changes nothing',
    (pin) => {
      const { status, stderr } = run(`${pin}\n`, '--role', 'staff', '--data', data);
      expect(status).toBe(2);
      expect(stderr).toContain('不能用');
      expect(stderr).toContain('cannot be used');
      expect(() => statSync(join(data, 'service-pins.json'))).toThrow();
    },
  );

  it('tells its use to whoever names no role', () => {
    const { status, stderr } = run('', '--role', 'mayor');
    expect(status).toBe(2);
    expect(stderr).toContain('npm run pin');
  });
});
