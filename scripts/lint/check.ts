/**
 * `npm run lint`: format, typed rules, who may know whom. First it plants a violation of each kind
 * and stops when a tool does not bite, for a linter that sees no file says "no problems" too.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

interface Outcome {
  readonly code: number;
  readonly text: string;
}

function run(bin: string, args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [join(root, 'node_modules', bin), ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  return new Promise((resolve) =>
    child.once('close', (code) => resolve({ code: code ?? 1, text })),
  );
}

const eslint = 'eslint/bin/eslint.js';
const cruiser = 'dependency-cruiser/bin/dependency-cruise.mjs';
const prettier = 'prettier/bin/prettier.cjs';
const rooms = [
  'domain',
  'drivers',
  'kiosk-config',
  'main',
  'platform',
  'renderer',
  'scripts',
  'tests',
];

/** A room for planted violations: inside domain/, so that its rules apply, and gone again in any case. */
const plantedDir = join(root, 'domain', 'planted-violations');

function prove(name: string, outcome: Outcome, mustSay: readonly string[]): void {
  const missing = mustSay.filter((word) => !outcome.text.includes(word));
  if (outcome.code === 0 || missing.length > 0) {
    console.error(
      `The ${name} check does not bite: planted ${missing.join(', ')} was not reported.`,
    );
    console.error(outcome.text);
    rmSync(plantedDir, { recursive: true, force: true });
    process.exit(1);
  }
  console.log(`  ${name} bites: ${mustSay.join(', ')}`);
}

async function proveThatItBites(): Promise<void> {
  mkdirSync(plantedDir, { recursive: true });
  try {
    writeFileSync(
      join(plantedDir, 'planted.ts'),
      [
        "import { readFile } from 'node:fs/promises';",
        "import { ok, type Result } from '../result.ts';",
        "import '../../drivers/device.ts';",
        'function maybe(): Result<number, string> {',
        '  return Math.random() > 2 ? { ok: false, error: "no" } : ok(1);',
        '}',
        'export const loose: any = 1;',
        'maybe();',
        'async function later(): Promise<number> {',
        '  return Promise.resolve(await readFile("x"));',
        '}',
        'later();',
        'export default maybe;',
        'export   function undocumented(): void {}',
        '',
      ].join('\n'),
    );
    console.log('Proving that the checks bite');
    const planted = join(plantedDir, 'planted.ts');
    const [typed, format, dependency] = await Promise.all([
      all ? run(eslint, [planted]) : undefined,
      run(prettier, ['--check', planted]),
      run(cruiser, ['--config', '.dependency-cruiser.cjs', plantedDir]),
    ]);
    if (typed) {
      prove('typed rules', typed, [
        'no-floating-result',
        'no-floating-promises',
        'no-explicit-any',
        'No default exports',
        'require-jsdoc',
      ]);
    }
    prove('format', format, ['planted.ts']);
    prove('dependency', dependency, ['domain-needs-no-host', 'domain-knows-only-its-neighbours']);
  } finally {
    rmSync(plantedDir, { recursive: true, force: true });
  }
}

function check(name: string, outcome: Outcome): boolean {
  if (outcome.code !== 0) console.error(`${name}: failed\n${outcome.text}`);
  else console.log(`${name}: fine`);
  return outcome.code === 0;
}

// `--prove` only proves, `--proved` only checks: for whoever runs other tools beside the checks, which
// must not meet the planted files. `--quick` leaves out the dearest: rules that need every type, and the format.
const flags = new Set(process.argv.slice(2));
const all = !flags.has('--quick');
if (!flags.has('--proved')) await proveThatItBites();
if (flags.has('--prove')) process.exit(0);
const [format, typed, cruise] = await Promise.all([
  all ? run(prettier, ['--check', '--log-level', 'warn', '.']) : undefined,
  all ? run(eslint, ['--max-warnings', '0', ...rooms]) : undefined,
  run(cruiser, ['--config', '.dependency-cruiser.cjs', ...rooms]),
]);
const modules = Number(/\((\d+) modules/.exec(cruise.text)?.[1] ?? 0);
const results = [
  ...(format === undefined ? [] : [check('format', format)]),
  ...(typed === undefined ? [] : [check('typed rules', typed)]),
  check(
    `who may know whom (${String(modules)} modules)`,
    modules > 0 ? cruise : { ...cruise, code: 1 },
  ),
];
if (!all) {
  console.log('NOT RUN: format and typed lint rules: npm run lint, or BIANMIN_TESTS=full');
}
process.exit(results.every(Boolean) ? 0 : 1);
