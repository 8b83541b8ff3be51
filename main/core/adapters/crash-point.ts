import type { CrashPoint } from '../ports.ts';

/**
 * Kills this process with SIGKILL at a named moment, for tests of power cuts.
 * @param setting `moment` or `moment:n` for the n-th time it comes by; the value of BIANMIN_CRASH_AT
 * @throws Error when it is set in production
 */
export function createCrashPoint(
  setting: string | undefined,
  environment: 'production' | 'demo',
): CrashPoint {
  if (setting === undefined || setting === '') return () => undefined;
  if (environment === 'production') {
    throw new Error('BIANMIN_CRASH_AT is set in production. Unset it: it kills the terminal.');
  }
  const [moment, count = '1'] = setting.split(':');
  let left = Number(count);
  return (here) => {
    if (here !== moment || --left > 0) return;
    process.kill(process.pid, 'SIGKILL');
    // nothing may run between the signal and the end
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
  };
}
