import type { DriverClock } from '../../../drivers/device.ts';
import { systemClock } from '../../../drivers/transport/system-clock.ts';

/** The emulated machine may be so much slower than one in the field, also beside other work of its host. */
const SLOWER = 4;

/** A clock for drivers whose patience cannot be set: it goes as slowly as the machine. */
export const slowClock: DriverClock = {
  now: () => systemClock.now() / SLOWER,
  after: (ms, callback) => systemClock.after(ms * SLOWER, callback),
};
