/** Moments at which a test may pull the plug. */
export const CRASH_MOMENTS = [
  'item-before-commit',
  'item-after-commit-before-answer',
  'attachment-mid-write',
  'attachment-before-fsync',
  'attachment-after-fsync-before-answer',
] as const;

/** One of {@link CRASH_MOMENTS}. */
export type CrashMoment = (typeof CRASH_MOMENTS)[number];

/** Called when the program reaches a moment; does not come back when it is the chosen one. */
export type CrashPoint = (moment: CrashMoment) => void;

/**
 * Kills this very process (SIGKILL, so that nothing is tidied up) the nth time it reaches a moment.
 *
 * @param spec `moment` or `moment:n`, n from 1; `undefined` never crashes
 * @throws RangeError on a moment that is not known, and in production
 */
export function createCrashPoint(
  spec: string | undefined,
  environment: 'production' | 'demo',
): CrashPoint {
  if (spec === undefined || spec === '') return () => undefined;
  if (environment === 'production') throw new RangeError('crash points are refused in production');
  const [name, times = '1'] = spec.split(':');
  if (!CRASH_MOMENTS.some((moment) => moment === name) || !/^[1-9]\d{0,5}$/.test(times)) {
    throw new RangeError(`unknown crash point; known are ${CRASH_MOMENTS.join(', ')}`);
  }
  let left = Number(times);
  return (moment) => {
    if (moment !== name) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
