import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One change of the code that Stryker thought of. */
export interface Mutant {
  readonly id: string;
  readonly fileName: string;
  readonly mutatorName: string;
  /** What stands there instead. */
  readonly replacement: string;
  /** From 0. */
  readonly location: {
    readonly start: { readonly line: number; readonly column: number };
    readonly end: { readonly line: number; readonly column: number };
  };
}

const root = join(import.meta.dirname, '../..');
const tool = join(import.meta.dirname, 'tool');

/** Installs Stryker once, apart from the project; false where that cannot be. */
export function installStryker(): boolean {
  if (existsSync(join(tool, 'node_modules/@stryker-mutator/instrumenter'))) return true;
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefix', tool];
  return spawnSync('npm', ['ci', ...flags], { stdio: 'inherit' }).status === 0;
}

async function module(name: string): Promise<Readonly<Record<string, unknown>>> {
  const { resolve } = createRequire(join(tool, 'package.json'));
  return (await import(pathToFileURL(resolve(name)).href)) as Record<string, unknown>;
}

/** Folders that the tests beside the code need. */
const NEEDED = [
  'domain',
  'drivers',
  'kiosk-config',
  'main',
  'scripts/mutants',
  'package.json',
  'tsconfig.json',
  'tsconfig.base.json',
];

/**
 * Copies the project and puts all mutants into the copy's files at once; which one is active is told while
 * it runs.
 * @param files names within the project
 */
export async function plantMutants(
  copy: string,
  files: readonly string[],
): Promise<readonly Mutant[]> {
  interface Instrumented {
    readonly files: readonly { readonly name: string; readonly content: string }[];
    readonly mutants: readonly (Mutant & { readonly ignoreReason?: string })[];
  }
  const { createInstrumenter } = (await module('@stryker-mutator/instrumenter')) as {
    createInstrumenter: unknown;
  };
  const { createInjector } = (await module('typed-inject')) as {
    createInjector: () => Injector;
  };
  interface Injector {
    provideValue(name: string, value: unknown): Injector;
    injectFunction(make: unknown): {
      instrument(files: readonly object[], options: object): Promise<Instrumented>;
    };
  }
  const quiet = new Proxy({}, { get: () => () => false });
  const instrumenter = createInjector()
    .provideValue('logger', quiet)
    .provideValue('options', {})
    .injectFunction(createInstrumenter);
  const planted = await instrumenter.instrument(
    files.map((name) => ({ name, mutate: true, content: readFileSync(join(root, name), 'utf8') })),
    { plugins: [], ignorers: [], excludedMutations: [] },
  );
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(join(copy, 'scripts'), { recursive: true });
  for (const name of NEEDED) {
    const filter = (path: string): boolean => !path.startsWith(join(tool, ''));
    cpSync(join(root, name), join(copy, name), { recursive: true, filter });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const { name, content } of planted.files) writeFileSync(join(copy, name), content);
  return planted.mutants.filter(({ ignoreReason }) => ignoreReason === undefined);
}
