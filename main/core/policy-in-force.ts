import { DEFAULT_POLICY, type Policy } from '../../kiosk-config/index.ts';
import type { DurableCore, DurableLimits } from './durable.ts';

/** The platform's policy once it is there; until then ours. One that is wrong never comes into force. */
export function policyReader(durable: Pick<DurableCore, 'bundles'>): () => Policy {
  let policy = DEFAULT_POLICY;
  return () => {
    policy = durable.bundles.current().policy?.content.policy ?? policy;
    return policy;
  };
}

/** The limits of a policy, as the durable half counts them. */
export function limitsOf(
  { backlog, sync, retention }: Policy,
  meteredLink: boolean,
): DurableLimits {
  const megabyte = 1024 * 1024;
  const { metered } = sync;
  return {
    minFreeBytes: backlog.keepFreeMegabytes * megabyte,
    maxWaitingItems: backlog.maxItems,
    maxStoredBytes: backlog.maxMegabytes * megabyte,
    auditDays: retention.auditDays,
    slowDiskMs: backlog.slowDiskMs,
    clockOffMs: sync.clockOffMs,
    backoffBaseMs: sync.backoffBaseMs,
    backoffCeilingMs: sync.backoffCeilingMs,
    pollEveryMs: sync.feedIntervalMs,
    meteredScans: meteredLink
      ? {
          formsUpToBytes: metered.formsUpToKilobytes * 1024,
          fromHour: metered.scansFromHour,
          untilHour: metered.scansUntilHour,
          atMostWaitMs: metered.scansWaitAtMostHours * 3_600_000,
        }
      : undefined,
  };
}
