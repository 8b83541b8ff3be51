/**
 * `npm run accept:electron`: for the first machine that has Electron's binary. Starts the shell for
 * real and prints one line for each promise of the locked window; docs/electron-acceptance.md has the
 * transcript that is expected.
 */
import { launchShell } from '../tests/electron/launch.ts';
import { SHELL_CHECKS } from '../tests/electron/shell-checks.ts';
import { electronBinary } from './launch/electron-binary.ts';

const binary = electronBinary();
if (binary === undefined) {
  console.log('NOT RUN: no Electron binary');
  console.log('  Its npm package fetches it at first use: node node_modules/electron/install.js');
  console.log('  or set ELECTRON_PATH to a binary of version 45.');
  process.exit(process.env['REQUIRE_ELECTRON'] === '1' ? 1 : 0);
}

const shell = await launchShell();
const version = await shell.app.evaluate(() => process.versions['electron']);
console.log(`Electron ${version}`);
let failed = 0;
for (const check of SHELL_CHECKS) {
  try {
    await check.run(shell.app, shell.page, shell.origin);
    console.log(`  ok    ${check.name}`);
  } catch (error) {
    failed += 1;
    console.log(`  FAIL  ${check.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
await shell.stop();
console.log(`${String(SHELL_CHECKS.length - failed)} passed, ${String(failed)} failed`);
process.exit(failed === 0 ? 0 : 1);
