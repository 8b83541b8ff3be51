import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { electronBinary } from '../../scripts/launch/electron-binary.ts';
import { notRun } from '../support/not-run.ts';
import { launchShell, type RunningShell } from './launch.ts';
import { SHELL_CHECKS } from './shell-checks.ts';

const binary = electronBinary();
if (binary === undefined) {
  if (process.env['REQUIRE_ELECTRON'] === '1')
    throw new Error('REQUIRE_ELECTRON=1, but there is no Electron binary');
  notRun('Electron shell in a real Electron (tests/electron)', 'no Electron binary');
}

describe.runIf(binary !== undefined)('the shell in a real Electron', () => {
  let shell: RunningShell;
  beforeAll(async () => {
    shell = await launchShell();
  });
  afterAll(() => shell.stop());

  it.each(SHELL_CHECKS)('$name', async ({ run }) => {
    await expect(run(shell.app, shell.page, shell.origin)).resolves.toBeUndefined();
  });
});
