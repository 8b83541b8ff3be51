import { afterEach, beforeEach, expect, test } from 'vitest';
import { signerFromSeed } from '../keys/ed25519.ts';
import { NOON } from '../outbox/disk.test-helper.ts';
import { until } from './line.test-helper.ts';
import { startPlatformDouble, type PlatformDouble } from './platform-double.test-helper.ts';
import {
  asked,
  beats,
  core,
  disk,
  errors,
  events,
  open,
  passing,
  platform,
  started,
  stop,
  taking,
  useCore,
} from './platform-side.test-helper.ts';

useCore();

/** Another platform, with a root of its own; its versions are lower. */
let next: PlatformDouble;
beforeEach(async () => {
  next = await startPlatformDouble(disk.keys.recipients.map(({ recipient }) => recipient));
  next.serverTime = () => NOON + disk.clock.now();
  await next.publish('keys', 1, next.keys());
  await platform.publish('keys', 7, platform.keys());
  await started();
  expect(core.bundles.current().keys?.version).toBe(7);
  await stop();
});
afterEach(() => next.close());

const openThere = (): Promise<unknown> => {
  const signer = signerFromSeed(new Uint8Array(32).fill(8));
  asked.length = 0;
  return open(
    {},
    {
      keyStore: { protection: 'protected', signer: () => Promise.resolve(signer) },
      network: {
        request: (request) => {
          asked.push(request);
          return next.network.request(request);
        },
      },
    },
  );
};
/** The power goes, or the disk takes nothing, right behind the record of the enrolment. */
const failBehindTheRecord = (): void => {
  const { audit } = core;
  const record = audit.record.bind(audit);
  Object.assign(audit, {
    record: (...what: Parameters<typeof record>) => {
      if (what[0] === 'terminalEnrolled') throw new Error('fails');
      record(...what);
    },
  });
};

test('enrolled anew at a platform with another root: the versions of the old one count no more', async () => {
  await openThere();
  core.start();
  await taking();
  expect(core.bundles.current().keys?.version).toBe(1);
  expect(events('bundleRefused')).toBe(0);
});

test('enrolled anew: they do not count either when the enrolment cannot be written down', async () => {
  await openThere();
  failBehindTheRecord();
  core.start();
  await passing('beats', () => beats().length > 0);
  expect(errors).toEqual(['Error: fails']);
  expect(core.bundles.current().keys?.version).toBe(1);
});

test('enrolled anew: nor when the power goes right behind it', async () => {
  await openThere();
  failBehindTheRecord();
  core.start();
  await until('enrolled', () => core.enrolment.current() !== undefined);
  await openThere();
  core.start();
  await passing('beats', () => beats().length > 0);
  expect(core.bundles.current().keys?.version).toBe(1);
  expect(core.outbox.taking()).toBe('yes');
});
