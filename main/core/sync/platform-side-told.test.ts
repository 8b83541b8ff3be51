import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { err } from '../../../domain/result.ts';
import { signerFromSeed } from '../keys/ed25519.ts';
import { NOON } from '../outbox/disk.test-helper.ts';
import type { Network } from '../ports.ts';
import { until } from './line.test-helper.ts';
import {
  aWhile,
  codes,
  core,
  disk,
  errors,
  events,
  look,
  open,
  passing,
  platform,
  problemOf,
  started,
  stateOf,
  stop,
  submit,
  taking,
  useCore,
  waited,
  world,
} from './platform-side.test-helper.ts';

const DAY = 86_400_000;

useCore();

/** The index refuses what its keys and values are told; all else can be written. */
const refuseValues = (): (() => void) => {
  const index = new DatabaseSync(join(disk.folder, 'outbox', 'index.db'));
  for (const [name, when] of [
    ['no_insert', 'INSERT'],
    ['no_update', 'UPDATE'],
  ]) {
    index.exec(
      `CREATE TRIGGER ${String(name)} BEFORE ${String(when)} ON kv BEGIN SELECT RAISE(ABORT, 'refused'); END`,
    );
  }
  return () => {
    index.exec('DROP TRIGGER no_insert; DROP TRIGGER no_update');
    index.close();
  };
};

test('that whoever answers is not trusted any more is told at once, once, and that it is again', async () => {
  let trusted = true;
  const others = Promise.withResolvers<undefined>();
  const network: Network = {
    async request(request) {
      if (trusted) return platform.network.request(request);
      // no round may end meanwhile, which would tell it, too
      if (!request.path.startsWith('/v1/receipts/')) await others.promise;
      return err({ kind: 'tls', detail: 'SELF_SIGNED_CERT_IN_CHAIN' });
    },
  };
  await open({}, { network });
  core.start();
  await taking();
  const item = await submit();
  await until('received', () => stateOf(item) === 'received');
  const told: string[][] = [];
  core.onProblems(() => void told.push(codes()));
  trusted = false;
  await core.verifyReceipt(item.qr);
  const problems = core.problems();
  others.resolve(undefined);
  expect(told.map((each) => each.includes('platformNotTrusted'))).toEqual([true]);
  expect(problems).toContainEqual({
    code: 'platformNotTrusted',
    detail: 'SELF_SIGNED_CERT_IN_CHAIN',
  });
  await aWhile();
  trusted = true;
  await passing('trusted', () => !codes().includes('platformNotTrusted'));
  expect(told.at(-1)).not.toContain('platformNotTrusted');
});

test('what keeps an envelope from its file goes to the log, each time it is tried', async () => {
  await started();
  const blobs = join(disk.folder, 'outbox', 'blobs');
  renameSync(blobs, `${blobs}-away`);
  await submit();
  await until('in the log', () => errors.length > 0);
  expect(errors[0]).toContain('ENOENT');
  const before = errors.length;
  await passing('tried again', () => errors.length > before);
  expect(errors.every((error) => error.includes('ENOENT'))).toBe(true);
  renameSync(`${blobs}-away`, blobs);
  await passing('taken in', () => core.outbox.taking() === 'yes');
});

test('what goes wrong while it is told that filing fails goes to the log as well', async () => {
  await started();
  core.onProblems(() => {
    throw new Error('nobody hears it');
  });
  const blobs = join(disk.folder, 'outbox', 'blobs');
  renameSync(blobs, `${blobs}-away`);
  await submit();
  await until('in the log', () => errors.length >= 2);
  expect(errors[0]).toContain('ENOENT');
  expect(errors[1]).toContain('nobody hears it');
  renameSync(`${blobs}-away`, blobs);
});

test('a handing-in that finds a disk that fails has it tried again, however far its next turn was', async () => {
  await started();
  const blobs = join(disk.folder, 'outbox', 'blobs');
  renameSync(blobs, `${blobs}-away`);
  // a file in its place: nothing can be written below it
  writeFileSync(blobs, '');
  await submit();
  await until('refused', () => core.outbox.taking() === 'diskFails');
  rmSync(blobs);
  renameSync(`${blobs}-away`, blobs);
  // filed by the next one that is handed in, before any time goes by
  await submit();
  expect(core.outbox.taking()).toBe('yes');
});

test('a revocation that cannot be written down holds all the same, and goes to the log', async () => {
  await started();
  await stop();
  await open();
  const repair = refuseValues();
  platform.behave = ({ path }) => (path === '/v1/tokens' ? problemOf(403, 'revoked') : undefined);
  core.start();
  await until('revoked', () => codes().includes('terminalRevoked'));
  expect(errors.some((error) => error.includes('refused'))).toBe(true);
  await until('the disk is doubted', () => codes().includes('diskFails'));
  repair();
  await passing('the disk is tried', () => !codes().includes('diskFails'));
  expect(codes()).toContain('terminalRevoked');
});

test('a clock that a technician confirms takes people in again, and that is told', async () => {
  await started();
  await stop();
  await open();
  platform.behave = () => 'silence';
  // handed in while the clock ran ahead, which is set right afterwards
  world.off = 2 * DAY;
  await submit();
  world.off = 0;
  expect(core.outbox.taking()).toBe('clockWrong');
  const told: string[] = [];
  core.onProblems(() => void told.push(core.outbox.taking()));
  expect(core.confirmClock('page', NOON + DAY)).toEqual({ ok: false, error: 'differs' });
  expect(core.outbox.taking()).toBe('clockWrong');
  expect(core.confirmClock('page', NOON)).toEqual({ ok: true, value: true });
  expect(core.outbox.taking()).toBe('yes');
  expect(told.at(-1)).toBe('yes');
  const [, confirmed] = core.audit.latest(2);
  expect(confirmed).toMatchObject({
    event: 'clockConfirmed',
    detail: `page ${new Date(NOON + 2 * DAY).toISOString()}`,
  });
});

test.each([
  ['ten minutes before what it shows', -10 * 60_000, true],
  ['a millisecond earlier still', -10 * 60_000 - 1, false],
  ['ten minutes after it', 10 * 60_000, true],
  ['a millisecond later still', 10 * 60_000 + 1, false],
  ['no time at all', Number.NaN, false],
])('a technician who says %s is heard, or not', async (_what, by, heard) => {
  await started();
  await stop();
  await open();
  world.off = 2 * DAY;
  await submit();
  world.off = 0;
  expect(core.confirmClock('socket', NOON + by).ok).toBe(heard);
});

test('a round that failed is tried again within the first wait that is set', async () => {
  await started({ backoffBaseMs: 8_000, backoffCeilingMs: 60_000, pollEveryMs: 50_000 });
  platform.behave = () => 'silence';
  waited.length = 0;
  disk.clock.go(60_000);
  await until('failed', () => core.link.state() === 'offline' && waited.length > 0);
  expect(waited).toEqual([7_999]);
});

test('a receipt is checked where no keys have come yet: it is not known, and nothing fails', async () => {
  await started();
  const { qr } = await submit();
  await stop();
  rmSync(join(disk.folder, 'bundles'), { recursive: true });
  await open();
  expect(core.bundles.current().keys).toBeUndefined();
  expect(await core.verifyReceipt(qr)).toMatchObject({
    signature: 'unknownKey',
    checkedOffline: true,
  });
});

test.each([
  ['had brought something that may still be told of', true],
  ['had brought nothing', false],
])(
  'a terminal that is enrolled anew and %s: whether it asks the feed of what was before',
  async (_what, brought) => {
    await started();
    if (brought) {
      const item = await submit();
      await until('received', () => stateOf(item) === 'received');
    }
    await stop();
    const signer = signerFromSeed(new Uint8Array(32).fill(8));
    await open(
      {},
      { keyStore: { protection: 'protected', signer: () => Promise.resolve(signer) } },
    );
    core.start();
    await until('enrolled anew', () => events('terminalEnrolled') === 2);
    await taking();
    await look();
    const index = new DatabaseSync(join(disk.folder, 'outbox', 'index.db'), { readOnly: true });
    const row = index.prepare("SELECT value FROM kv WHERE key = 'enrolledAnew'").get();
    index.close();
    expect(row !== undefined).toBe(brought);
  },
);
