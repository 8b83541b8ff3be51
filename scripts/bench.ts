/**
 * `npm run bench`: what people feel, through the real page. `npm run bench -- devices`: what devices cost
 * beside their limits; `-- outbox`: the same of outbox, line and platform. Each in a file of its own under bench/.
 */
import { benchDevices } from './bench/devices.ts';
import { benchJourneys } from './bench/journeys.ts';
import { benchOutbox } from './bench/outbox.ts';

const BENCHES = { journeys: benchJourneys, devices: benchDevices, outbox: benchOutbox } as const;

const [name = 'journeys', ...more] = process.argv.slice(2);
if ((name !== 'journeys' && name !== 'devices' && name !== 'outbox') || more.length > 0) {
  console.error('npm run bench [-- journeys|devices|outbox]');
  process.exitCode = 2;
} else {
  await BENCHES[name]();
}
