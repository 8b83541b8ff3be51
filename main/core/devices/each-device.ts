import { DEVICE_CLASSES, type DeviceClass } from '../../../domain/device/status.ts';

/** Something of each class of device, by its name. */
export function ofEachDevice<T>(of: (device: DeviceClass) => T): Record<DeviceClass, T> {
  return Object.fromEntries(DEVICE_CLASSES.map((device) => [device, of(device)])) as Record<
    DeviceClass,
    T
  >;
}
