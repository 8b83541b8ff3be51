import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'vite';
import { misfit, plant, type SeededBug } from '../seeded-bugs/seeded-bug.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Programs to put into one file each, by the name of that file without its ending. */
export type Entries = Readonly<Record<string, string>>;

/**
 * Packages that look for files beside themselves, or that are native: they stay where they are, so bundles
 * must lie below the project's folder.
 */
const STAY_OUTSIDE = ['@fastify/swagger-ui', 'sharp', 'serialport', 'node-hid', 'usb', 'pcsc-mini'];

/** Files that a program looks for beside its sources are still there, not beside the bundle. */
function atItsPlace(source: string, file: string): string {
  return source
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href))
    .replaceAll('import.meta.dirname', JSON.stringify(dirname(file)));
}

/** The sealing worker is a program of its own: the bundle starts the bundled one. */
function bundledWorker(outDir: string): SeededBug {
  return {
    id: 'bundled-worker',
    what: 'the worker that is started',
    file: 'main/core/seal/age-seal.ts',
    find: "new URL('./seal-worker.ts', import.meta.url)",
    replace: `new URL(${JSON.stringify(pathToFileURL(join(outDir, 'seal-worker.js')).href)})`,
    tests: [],
  };
}

/**
 * Puts programs into one file each, as they are or with bugs planted in them: processes that are started
 * thousands of times, or in an emulated machine, load that in a fraction of the time.
 * @param entries entries below the project, the sealing worker is added
 * @param outDir below the project, so that packages that stay outside are found
 * @throws Error when the place of a bug is not there any more
 */
export async function bundle(
  entries: Entries,
  outDir: string,
  bugs: readonly SeededBug[] = [],
): Promise<void> {
  const left = new Set(bugs);
  const changes = [bundledWorker(outDir), ...bugs];
  const all = { ...entries, 'seal-worker': 'main/core/seal/seal-worker.ts' };
  for (const [name, entry] of Object.entries(all)) {
    await build({
      configFile: false,
      root: ROOT,
      logLevel: 'error',
      plugins: [
        {
          name: 'plant',
          enforce: 'pre',
          transform(code, id) {
            const file = relative(ROOT, id);
            if (file.startsWith('..') || file.includes('node_modules')) return undefined;
            let source = code;
            for (const change of changes.filter((each) => each.file === file)) {
              const wrong = misfit(change, source);
              if (wrong !== undefined) throw new Error(wrong);
              source = plant(change, source);
              left.delete(change);
            }
            return { code: atItsPlace(source, id), map: null };
          },
        },
      ],
      ssr: { noExternal: true, external: STAY_OUTSIDE, target: 'node' },
      build: {
        ssr: join(ROOT, entry),
        outDir,
        emptyOutDir: false,
        minify: false,
        target: 'node24',
        rolldownOptions: {
          output: { entryFileNames: `${name}.js`, codeSplitting: false, format: 'esm' },
        },
      },
    });
  }
  const [missed] = left;
  if (missed) throw new Error(`${missed.id}: ${missed.file} is in none of the programs`);
}
