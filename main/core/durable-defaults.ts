import { LEAST_AUDIT_DAYS } from '../../domain/wire/audit.ts';
import type { DurableConfig } from './durable.ts';
import { STORE_LIMITS } from './materials/material-store.ts';

const MIB = 1024 * 1024;

/** Settings that a configuration may leave out. */
export const DURABLE_DEFAULTS = {
  buildDate: '2025-01-01T00:00:00Z',
  minFreeBytes: 256 * MIB,
  slowDiskMs: 2000,
  clockOffMs: 5 * 60 * 1000,
  maxWaitingItems: 2000,
  maxStoredBytes: 8 * 1024 * MIB,
  maxWaitingDays: 30,
  // its pages; summary, signature, padding and envelope are far less than the rest
  sessionBytes: STORE_LIMITS.maxBytes + 8 * MIB,
  keepArchivedDays: 0,
  auditDays: LEAST_AUDIT_DAYS,
  backoffBaseMs: 1000,
  backoffCeilingMs: 5 * 60 * 1000,
  pollEveryMs: 60 * 1000,
  requestDeadlineMs: 30 * 1000,
  chunkBytes: MIB,
} as const satisfies Partial<DurableConfig>;

/** A configuration with nothing left out but what has no default. */
export type DurableSettings = DurableConfig & {
  readonly [K in keyof typeof DURABLE_DEFAULTS]: NonNullable<DurableConfig[K]>;
};
