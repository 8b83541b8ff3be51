/** `npm run typecheck`: domain without Node and DOM, the page, and everything else. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
for (const project of ['domain', 'renderer', 'tsconfig.json']) {
  const done = spawnSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', project],
    { cwd: root, stdio: 'inherit' },
  );
  if (done.status !== 0) process.exit(done.status ?? 1);
}
