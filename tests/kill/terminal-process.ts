// The durable half of a core as a process of its own, told by lines on stdin what to hand in: FOLDER PLATFORM_URL.
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createSystemPorts } from '../../main/core/adapters/system-ports.ts';
import { createDurableCore } from '../../main/core/durable.ts';
import { QUICK, submissionOf } from '../../main/core/outbox/durable-bench.test-helper.ts';
import { DEMO_ENROLMENT_CODE } from '../../kiosk-config/index.ts';
import type { TerminalOrder, TerminalWord } from './words.ts';

const [dataFolder = '', platformUrl = ''] = process.argv.slice(2);
// Written at once, for this process may be gone the moment after; a long list piece by piece, as the pipe has room.
const say = (word: TerminalWord): void => {
  let rest = Buffer.from(`${JSON.stringify(word)}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
};

const ports = await createSystemPorts({
  dataFolder,
  platformUrl,
  environment: 'demo',
  crashAt: process.env['BIANMIN_CRASH_AT'],
});
const core = await createDurableCore(ports, {
  ...QUICK,
  enrolmentCode: DEMO_ENROLMENT_CODE,
  requestDeadlineMs: 10_000,
  chunkBytes: 4_000,
});
say({ word: 'opened', problems: core.problems().map(({ code }) => code) });
core.start();
const lines = createInterface({ input: process.stdin });
lines.once('close', () => {
  core
    .stop()
    .then(() => ports.close())
    .then(
      () => process.exit(0),
      () => process.exit(1),
    );
});
lines.on('line', (line) => {
  const order = JSON.parse(line) as TerminalOrder;
  if (order.order === 'items') {
    say({ word: 'items', items: core.outbox.list() });
    return;
  }
  core.outbox.submit(submissionOf(order.id, order.sizes)).then(
    (stored) =>
      say(
        stored.ok
          ? { word: 'printed', id: order.id, item: stored.value }
          : { word: 'refused', id: order.id, why: stored.error },
      ),
    () => process.exit(1),
  );
});
while (core.outbox.taking() !== 'yes') await new Promise((resolve) => setTimeout(resolve, 10));
say({ word: 'taking' });
