// Run as a process of its own by the kill tests: FOLDER PLATFORM_URL SUBMISSION_ID…
import { writeSync } from 'node:fs';
import { createSystemPorts } from '../adapters/system-ports.ts';
import { createDurableCore } from '../durable.ts';
import { QUICK, submissionOf, until } from './durable-bench.test-helper.ts';

const [dataFolder = '', platformUrl = '', ...ids] = process.argv.slice(2);
const say = (line: unknown): void => void writeSync(1, `${JSON.stringify(line)}\n`);

const ports = await createSystemPorts({
  dataFolder,
  platformUrl,
  environment: 'demo',
  crashAt: process.env['BIANMIN_CRASH_AT'],
});
const core = await createDurableCore(ports, { ...QUICK, chunkBytes: 2000 });
core.start();
await until('taking', () => core.outbox.taking() === 'yes');
for (const id of ids) {
  const stored = await core.outbox.submit(submissionOf(id, [5000, 700]));
  // from here on a receipt is in somebody's hand
  if (stored.ok) say({ printed: stored.value });
}
await until('all received', () => core.outbox.waiting() === 0);
say({ items: core.outbox.list() });
await core.stop();
await ports.close();
