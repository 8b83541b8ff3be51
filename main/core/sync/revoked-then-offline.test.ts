import { expect, test } from 'vitest';
import type { StoredItem } from '../outbox/contract.ts';
import {
  codes,
  core,
  open,
  passing,
  platform,
  problemOf,
  started,
  stateOf,
  stop,
  submit,
  useCore,
} from './platform-side.test-helper.ts';

useCore();

/** Something waits here, and the platform has said that the terminal is revoked. */
const revokedTerminal = async (): Promise<StoredItem> => {
  await started();
  platform.behave = ({ method }) => (method === 'PUT' ? 'silence' : undefined);
  // the directory in force knows this terminal, as in the field, and does not say yet that it is revoked
  await platform.publish('keys', 2, platform.keys());
  await passing('directory', () => (core.bundles.current().keys?.version ?? 0) === 2);
  const item = await submit();
  await passing('tried', () => stateOf(item) === 'retry');
  platform.behave = () => problemOf(401, 'revoked');
  await passing('revoked', () => codes().includes('terminalRevoked'));
  return item;
};
const anewWithoutLine = async (): Promise<void> => {
  platform.behave = () => 'silence';
  await stop();
  await open();
  core.start();
  await passing('offline', () => core.link.state() === 'offline');
};

test('a revoked terminal whose line goes promises of nothing in it that it comes', async () => {
  const item = await revokedTerminal();
  expect(core.outbox.taking()).toBe('notEnrolled');
  platform.behave = () => 'silence';
  await passing('offline', () => core.link.state() === 'offline');
  expect(codes()).toContain('terminalRevoked');
  expect(await core.verifyReceipt(item.qr)).toMatchObject({ signature: 'valid', item: 'held' });
});

test('one that is started anew without a line takes nothing in and promises nothing, until it is given a token', async () => {
  const item = await revokedTerminal();
  await anewWithoutLine();
  expect(core.outbox.taking()).toBe('notEnrolled');
  expect(codes()).toContain('terminalRevoked');
  expect(await core.verifyReceipt(item.qr)).toMatchObject({ item: 'held' });
  platform.behave = ({ method }) => (method === 'PUT' ? 'silence' : undefined);
  await passing('not any more', () => !codes().includes('terminalRevoked'));
  expect(core.outbox.taking()).toBe('yes');
  // nor is it forgotten that it is not revoked any more
  await anewWithoutLine();
  expect(core.outbox.taking()).toBe('yes');
  expect(await core.verifyReceipt(item.qr)).toMatchObject({ item: 'notYetArrived' });
});
