import { z } from 'zod';
import { LEAST_AUDIT_DAYS } from '../../domain/wire/audit.ts';

const seconds = (least: number, most: number) => z.int().min(least).max(most);
const milliseconds = (least: number, most: number) => z.int().min(least).max(most);
const serviceId = z.string().regex(/^[A-Za-z][\w-]{0,63}$/);
const assuranceLevel = z.enum(['L0', 'L1', 'L2', 'L3']);

/** How long nobody may touch anything: first quiet, then a warning that counts down. */
const idleTimes = (quiet: number, warning: number) =>
  z
    .strictObject({
      quietSeconds: seconds(20, 3600).default(quiet),
      warningSeconds: seconds(10, 600).default(warning),
    })
    .prefault({});

/**
 * Policy: signed by the platform, the same for all terminals of a district. A technician cannot set
 * any of it. Terminals read it by `readPolicy`, which makes less of words that they do not know. Times of sessions after DOMAIN B7 (60 + 20 s, as often as
 * somebody touches anything). A setting that stands here is read (`main/core/policy-in-force.test.ts`); what is taken
 * out goes to `RETIRED` of `read-policy.ts`.
 */
export const policySchema = z.strictObject({
  environment: z.enum(['production', 'demo']).default('production'),
  session: z
    .strictObject({
      idle: idleTimes(60, 20),
      /** Services that need longer, by id. */
      idleByService: z.record(serviceId, idleTimes(60, 20)).default({}),
    })
    .prefault({}),
  assurance: z
    .strictObject({
      /** Raises, never lowers, what a service asks of an applicant. */
      applyAtLeast: assuranceLevel.default('L2'),
      applyByService: z.record(serviceId, assuranceLevel).default({}),
    })
    .prefault({}),
  backlog: z
    .strictObject({
      /** Above this many no new application is taken: a full disk must not break a promise. */
      maxItems: z.int().min(1).max(100_000).default(2000),
      /** Nobody begins within 72 MB of it: who began is to finish. */
      maxMegabytes: z.int().min(100).max(1_000_000).default(20_000),
      /** Disk that stays free, whatever waits; nobody begins without 72 MB more. */
      keepFreeMegabytes: z.int().min(100).max(100_000).default(1000),
      /** Longer than this for one small flush: the disk is told to be slow. */
      slowDiskMs: milliseconds(100, 60_000).default(2000),
    })
    .prefault({}),
  sync: z
    .strictObject({
      /** Backoff with full jitter: base doubled at each failure, up to the ceiling. */
      backoffBaseMs: milliseconds(100, 60_000).default(1000),
      backoffCeilingMs: milliseconds(1000, 3_600_000).default(60_000),
      /** How often the platform is asked for everything that is new, and told how the terminal is. */
      feedIntervalMs: milliseconds(1000, 3_600_000).default(30_000),
      /** A clock further off the platform's than this is told to a technician; from a day on nothing is taken under it. */
      clockOffMs: milliseconds(1000, 86_400_000).default(300_000),
      /** On lines that are paid by the byte (`meteredLink` of a terminal): forms at once, scans in these hours. */
      metered: z
        .strictObject({
          formsUpToKilobytes: z.int().min(0).max(100_000).default(400),
          scansFromHour: z.int().min(0).max(23).default(22),
          scansUntilHour: z.int().min(0).max(23).default(6),
          scansWaitAtMostHours: z.int().min(1).max(168).default(24),
        })
        .prefault({}),
    })
    .prefault({}),
  retention: z
    .strictObject({
      /** Audit events, from the day on that the platform had them in a verified backup; by law not below 180 days. */
      auditDays: z.int().min(LEAST_AUDIT_DAYS).max(3650).default(LEAST_AUDIT_DAYS),
    })
    .prefault({}),
});

/** What the platform rules. */
export type Policy = z.infer<typeof policySchema>;

/** What holds until the platform has said otherwise; production, so that nothing of a demo slips in. */
export const DEFAULT_POLICY: Policy = policySchema.parse({});

/** Quiet and warning time of a session, in seconds, by the service that is open. */
export function idleTimesFor(
  { session: { idle, idleByService } }: Policy,
  service: string | undefined,
): { readonly quietSeconds: number; readonly warningSeconds: number } {
  return (service === undefined ? undefined : idleByService[service]) ?? idle;
}

type Level = z.infer<typeof assuranceLevel>;

/** How sure one must be of who applies for a service: as the catalogue asks, raised by the policy, never lowered. */
export function assuranceFor(
  { assurance: { applyAtLeast, applyByService } }: Policy,
  service: { readonly id: string; readonly assurance: Level },
): Level {
  const asked = [service.assurance, applyAtLeast, applyByService[service.id] ?? applyAtLeast];
  return asked.reduce((most, level) => (level > most ? level : most));
}
