/**
 * Runs in the machine: every test, one after the other, on devices that its kernel knows. With `--load` it only
 * loads what they need, on the host: Node keeps what it made of the sources, which the machine takes long for.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { RESULTS } from '../results.ts';
import { Lab } from './lab.ts';
import { LAB_TESTS } from './suites.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: '.' },
    only: { type: 'string', default: '' },
    load: { type: 'boolean', default: false },
  },
});
if (values.load) {
  await Promise.all([import('serialport'), import('node-hid'), import('usb')]);
} else {
  console.log(`lab: Node is up after ${performance.now().toFixed(0)} ms`);
  const wanted = LAB_TESTS.filter(({ device, test }) => `${device}: ${test}`.includes(values.only));
  const lab = new Lab(join(values.out, RESULTS), wanted);
  const fine = await lab.run((line) => {
    console.log(line);
  });
  // What a driver may have left open must not keep the machine from going off.
  process.exit(fine ? 0 : 1);
}
