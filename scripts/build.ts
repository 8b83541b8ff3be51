/** `npm run build`: the page and the Electron shell, into dist/. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const steps: readonly (readonly string[])[] = [
  ['vite/bin/vite.js', 'build', 'renderer', '--config', 'renderer/vite.config.ts'],
  ['typescript/bin/tsc', '-p', 'main/shell/electron/tsconfig.build.json'],
];
for (const [bin = '', ...args] of steps) {
  const done = spawnSync(process.execPath, [join(root, 'node_modules', bin), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (done.status !== 0) process.exit(done.status ?? 1);
}
