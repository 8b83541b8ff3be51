import { err, ok } from '../../domain/result.ts';
import { explain } from './explain.ts';
import { policySchema, type Policy } from './policy.ts';
import type { ConfigResult } from './problem.ts';

/** A policy as a terminal goes by it. */
export interface ReadPolicy {
  readonly policy: Policy;
  /** Paths of settings that this program does not know; they count for nothing. */
  readonly unknownWords: readonly string[];
}

/** Settings that nothing reads any more. Platforms may still publish them: nobody need be told. */
const RETIRED: ReadonlySet<string> = new Set([
  'session.idleSenior',
  'session.maxExtensions',
  'assurance.viewDetails',
  'backlog.warnItems',
  'sync.heartbeatIntervalMs',
  'sync.bundleIntervalMs',
  'link',
  'receipt',
  'retention.logDays',
  'retention.archivedRowDays',
]);

/** The same value without some keys of what lies at the path; nothing of it is changed in place. */
function without(value: unknown, path: readonly PropertyKey[], keys: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const [next, ...rest] = path;
  const entries = Object.entries(value);
  return Object.fromEntries(
    next === undefined
      ? entries.filter(([key]) => !keys.includes(key))
      : entries.map(([key, each]) => [key, key === next ? without(each, rest, keys) : each]),
  );
}

/**
 * Reads the content of a policy bundle. What a newer platform says and this program does not know is left out, for one
 * word more must not undo the rest; a wrong value of a setting that it knows makes the whole wrong. Never throws.
 */
export function readPolicy(content: unknown, file = 'policy'): ConfigResult<ReadPolicy> {
  const whole = policySchema.safeParse(content);
  if (whole.success) return ok({ policy: whole.data, unknownWords: [] });
  const unknown = whole.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? [issue] : [],
  );
  const known = unknown.reduce<unknown>(
    (value, { path, keys }) => without(value, path, keys),
    content,
  );
  const rest = policySchema.safeParse(known);
  if (!rest.success) return err(explain(rest.error.issues, known, 'policy', file));
  const strange = unknown.map((issue) => ({
    ...issue,
    keys: issue.keys.filter((key) => !RETIRED.has([...issue.path, key].join('.'))),
  }));
  return ok({
    policy: rest.data,
    unknownWords: explain(strange, content, 'policy', file).map(({ path }) => path),
  });
}
