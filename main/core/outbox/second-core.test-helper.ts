// Run as a process of its own: FOLDER PLATFORM_URL. Opens a durable core, which sweeps, and says how it went.
import { createSystemPorts } from '../adapters/system-ports.ts';
import { createDurableCore } from '../durable.ts';
import { QUICK } from './durable-bench.test-helper.ts';

const [dataFolder = '', platformUrl = ''] = process.argv.slice(2);
const ports = await createSystemPorts({ dataFolder, platformUrl, environment: 'demo' });
try {
  const core = await createDurableCore(ports, QUICK);
  console.log('opened');
  await core.stop();
} catch (error) {
  console.log(String(error));
}
await ports.close();
