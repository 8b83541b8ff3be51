import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { err, type Result } from '../../domain/result.ts';
import type { ByteLine } from './transport.ts';

/**
 * Opens a line whose opening cannot be stopped, and waits no longer than told. One that opens too late is
 * closed: nobody waits for it, and an open device would stay taken.
 */
export async function openInTime<Line extends ByteLine>(
  open: () => Promise<Result<Line, Fault>>,
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal?: AbortSignal },
): Promise<Result<Line, Fault>> {
  if (signal?.aborted === true) return err(fault('device.cancelled'));
  const cut = Promise.withResolvers<Result<Line, Fault>>();
  const timer = setTimeout(() => {
    cut.resolve(err(fault('device.timeout', { detail: 'open' })));
  }, deadlineMs);
  const cancel = (): void => {
    cut.resolve(err(fault('device.cancelled')));
  };
  signal?.addEventListener('abort', cancel, { once: true });
  const opening = open();
  const first = await Promise.race([opening, cut.promise]);
  clearTimeout(timer);
  signal?.removeEventListener('abort', cancel);
  if (!first.ok) {
    opening.then(
      (opened) => (opened.ok ? opened.value.close() : undefined),
      () => undefined,
    );
  }
  return first;
}
