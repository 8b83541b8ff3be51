/**
 * Runs in the machine: every test, one after the other, on devices that its kernel knows. With `--load`, on the
 * host, it only loads what they need and prints which files that were.
 */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { RESULTS } from '../results.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: '.' },
    only: { type: 'string', default: '' },
    load: { type: 'boolean', default: false },
  },
});
const loaded = new Set<string>([import.meta.filename]);
if (values.load) {
  registerHooks({
    load: (url, context, next) => {
      if (url.startsWith('file:')) loaded.add(fileURLToPath(url));
      return next(url, context);
    },
  });
}
// Only now, so that the hook sees them.
const { Lab } = await import('./lab.ts');
const { LAB_TESTS } = await import('./suites.ts');

/** Libraries that drivers load when they open a device; native ones only at their first call. */
async function loadLibraries(): Promise<void> {
  await import('serialport');
  const hid = await import('node-hid');
  hid.getHidapiVersion();
  await import('usb');
}

/** Native add-ons and the system's libraries behind them. */
function sharedObjects(): readonly string[] {
  const report = process.report.getReport() as unknown as { sharedObjects: readonly string[] };
  return report.sharedObjects.filter((path) => path.startsWith('/') && path !== process.execPath);
}

if (values.load) {
  await loadLibraries();
  console.log(JSON.stringify([...loaded, ...sharedObjects()]));
} else {
  console.log(`lab: all is loaded after ${(performance.now() / 1000).toFixed(1)} s`);
  const texts = values.only.split('|');
  const wanted = LAB_TESTS.filter(({ device, test }) =>
    texts.some((text) => `${device}: ${test}`.includes(text)),
  );
  const lab = new Lab(join(values.out, RESULTS), wanted);
  const fine = await lab.run((line) => {
    console.log(line);
  });
  // What a driver may have left open must not keep the machine from going off.
  process.exit(fine ? 0 : 1);
}
