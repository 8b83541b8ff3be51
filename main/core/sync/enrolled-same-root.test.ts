import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { signerFromSeed } from '../keys/ed25519.ts';
import {
  codes,
  core,
  disk,
  events,
  open,
  passing,
  platform,
  problemOf,
  started,
  stop,
  useCore,
} from './platform-side.test-helper.ts';

useCore();

test('enrolled anew under the same root: what is in force stays so, for nothing of it has another signer', async () => {
  await platform.publish('keys', 7, platform.keys());
  await started();
  await stop();
  const file = readFileSync(join(disk.folder, 'enrolment.json'), 'utf8');
  const { answer } = JSON.parse(file) as { answer: object };
  // it came back from a backup older than the enrolment, under another address
  const body = JSON.stringify({ ...answer, verifyBaseUrl: 'https://elsewhere.example/' });
  let known = false;
  platform.behave = ({ path }) => {
    if (path === '/v1/enrolments') {
      known = true;
      return { status: 201, type: 'application/json', body };
    }
    // and gives no bundle just now
    if (path.startsWith('/v1/bundles/')) return problemOf(500, 'internal');
    return known || path === '/v1/time' ? undefined : problemOf(401, 'unauthorised');
  };
  await open();
  core.start();
  await passing('enrolled', () => events('terminalEnrolled') === 2);
  expect(core.enrolment.current()?.verifyBaseUrl).toBe('https://elsewhere.example/');
  expect(core.outbox.taking()).toBe('yes');
  // one of that backup is not taken in the place of a newer one
  await platform.publish('keys', 6, platform.keys());
  platform.behave = () => undefined;
  await passing('refused', () => codes().includes('bundleRefused'));
  expect(core.bundles.current().keys?.version).toBe(7);
});

test('so it is with a new key: what is in force was never signed by the terminal', async () => {
  await platform.publish('keys', 7, platform.keys());
  await started();
  await stop();
  const signer = signerFromSeed(new Uint8Array(32).fill(8));
  platform.behave = ({ path }) =>
    path.startsWith('/v1/bundles/') ? problemOf(500, 'internal') : undefined;
  await open({}, { keyStore: { protection: 'protected', signer: () => Promise.resolve(signer) } });
  expect(core.enrolment.current()).toBeUndefined();
  core.start();
  await passing('enrolled', () => events('terminalEnrolled') === 2);
  expect(core.outbox.taking()).toBe('yes');
  // nor is an older one taken in its place
  await platform.publish('keys', 6, platform.keys());
  platform.behave = () => undefined;
  await passing('refused', () => codes().includes('bundleRefused'));
  expect(core.bundles.current().keys?.version).toBe(7);
});
