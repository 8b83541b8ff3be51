import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ENROLMENT_FILE } from '../enrolment/contract.ts';
import {
  core,
  disk,
  open,
  passing,
  platform,
  started,
  stateOf,
  stop,
  submit,
  taking,
  useCore,
} from './platform-side.test-helper.ts';

useCore();

test('of what waits in a terminal that is not enrolled any more nobody is told that it goes by itself, until it is again', async () => {
  await started();
  platform.behave = ({ method }) => (method === 'PUT' ? 'silence' : undefined);
  // the directory in force knows this terminal, as in the field
  await platform.publish('keys', 2, platform.keys());
  await passing('directory', () => (core.bundles.current().keys?.version ?? 0) === 2);
  const item = await submit();
  await passing('tried', () => stateOf(item) === 'retry');
  expect(core.outbox.delivery(item.receiptNumber)).toBe('waiting');
  await stop();
  await rm(join(disk.folder, ENROLMENT_FILE));

  platform.behave = () => 'silence';
  await open();
  core.start();
  await passing('offline', () => core.link.state() === 'offline');
  expect(core.outbox.taking()).toBe('notEnrolled');
  expect(core.outbox.delivery(item.receiptNumber)).toBe('held');
  expect(await core.verifyReceipt(item.qr)).not.toMatchObject({ item: 'notYetArrived' });

  platform.behave = ({ method }) => (method === 'PUT' ? 'silence' : undefined);
  await passing('enrolled', () => core.enrolment.current() !== undefined);
  await taking();
  expect(core.outbox.delivery(item.receiptNumber)).toBe('waiting');
});
