// Runs a script under the project's own Node 24, whatever Node npm runs on: `node scripts/node24.mjs
// FILE [ARGUMENTS]`. Does not count on node_modules/.bin/node, which npm 10 does not always link. Plain
// JavaScript, for it must run under Node 20.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [file, ...args] = process.argv.slice(2);
if (file === undefined) {
  console.error('usage: node scripts/node24.mjs FILE [ARGUMENTS]');
  process.exit(2);
}
const script = resolve(root, file);

function shippedNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(root, 'node_modules', `node-${system}-${process.arch}`, 'bin', binary);
  return existsSync(path) ? path : undefined;
}

/**
 * npm hands a signal only to the shell it started, which ends without telling us: whoever is told to stop
 * that way is left an orphan. Then we stop as if told ourselves.
 */
function stopWhenOrphaned(stop) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, 500).unref();
}

const isNew = Number(process.versions.node.split('.')[0]) >= 24;
const node = isNew ? process.execPath : shippedNode();

if (node === undefined) {
  console.error(
    `需要 Node 24，请先运行 npm ci / Node 24 is needed: run npm ci first (this is ${process.version})`,
  );
  process.exit(1);
} else if (isNew) {
  stopWhenOrphaned(() => process.kill(process.pid, 'SIGTERM'));
  process.argv.splice(1, 2, script);
  await import(pathToFileURL(script).href);
} else {
  const child = spawn(node, [script, ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` },
  });
  stopWhenOrphaned(() => child.kill('SIGTERM'));
  // The child stops itself in good order; this process only waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.once('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}
