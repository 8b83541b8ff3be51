import type { Heartbeat } from '../../../domain/wire/platform.ts';
import type { BundleStore } from '../bundles/bundle-store.ts';
import type { Disk } from '../outbox/disk.test-helper.ts';
import { createChunkPace } from './chunk-pace.ts';
import type { KeeperParts } from './keeper.ts';
import type { Line } from './line.test-helper.ts';

/** The platform's time in each answer. */
export const TIME = '2026-11-02T04:00:09.000Z';

/** What the terminal tells of itself. */
export const HEARTBEAT: Heartbeat = {
  softwareVersion: '1',
  waitingItems: 0,
  oldestWaitingSeconds: 0,
  devices: {},
  bundleVersions: {},
  clock: TIME,
};

/** What a keeper needs of a terminal that is enrolled, and whose parts tell nobody anything. */
export function quietParts(
  disk: Disk,
  line: Line,
  bundles: BundleStore,
  bundleRoot: () => string,
): KeeperParts {
  const nothing = (): void => undefined;
  return {
    db: disk.db,
    audit: disk.audit,
    blobs: disk.blobs,
    client: line.client,
    clock: disk.clock,
    pace: createChunkPace(disk.clock, () => 1),
    crashPoint: disk.ports.crashPoint,
    onPlatformTime: nothing,
    onChange: nothing,
    onError: nothing,
    wall: () => disk.clock.wall(),
    linkIsAway: () => false,
    cutOff: new Map(),
    // the longest wait each time
    randomness: { bytes: (length) => new Uint8Array(length).fill(0xff) },
    enrolment: {
      current: () => ({ ...disk.enrolment, bundleRoot: bundleRoot() }),
      onChange: () => nothing,
      enrol: () => Promise.reject(new Error('enrolled already')),
      keyDiffers: false,
    },
    bundles,
    enrolmentCode: undefined,
    pollEveryMs: 100_000,
    backoffBaseMs: 1000,
    backoffCeilingMs: 60_000,
    heartbeat: () => HEARTBEAT,
    itemsGoFirst: () => false,
    onAuditHeld: nothing,
    onEnrolmentRefused: nothing,
    housekeeping: () => Promise.resolve(),
    onBack: nothing,
    onBundlesFailing: nothing,
    onRoundEnd: nothing,
  };
}
