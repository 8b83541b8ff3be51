import { fault } from '../../../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../../../domain/device/fault.ts';
import type { DeviceState, DeviceStatus } from '../../../../domain/device/status.ts';
import type { Clock } from '../../ports.ts';
import type { CoreDevice } from '../contract.ts';

/** A driver that has just begun may take so long to know how its device is. */
const SETTLE_MS = 10_000;
/** States in which a device cannot do anything. */
const UNUSABLE: readonly string[] = ['offline', 'powerOff', 'noDevice', 'hardwareError', 'unknown'];

/** Why a device of this status cannot do anything; undefined when it can. */
export function unusable(status: DeviceStatus): Fault | undefined {
  return UNUSABLE.includes(status.state) ? (status.fault ?? fault('device.offline')) : undefined;
}

/** A device that can never answer is unknown for ever, without a fault, and does all the same what it is told. */
export function isSilentByNature({ state, fault: why }: DeviceStatus): boolean {
  return state === 'unknown' && why === undefined;
}

/** The status of a device, once its driver has made up its mind: the states of `open` are waited for to end. */
export async function settled(
  device: CoreDevice,
  clock: Clock,
  signal: AbortSignal,
  open: readonly DeviceState[] = ['starting', 'unknown'],
): Promise<DeviceStatus> {
  const isOpen = (): boolean => open.includes(device.status.state);
  if (!isOpen() || signal.aborted) return device.status;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      cancel();
      unsubscribe();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(SETTLE_MS, done);
    const unsubscribe = device.onStatus(() => {
      if (!isOpen()) done();
    });
    signal.addEventListener('abort', done, { once: true });
  });
  return device.status;
}
