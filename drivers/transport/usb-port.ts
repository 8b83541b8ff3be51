import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';

/** Where the device behind a file of /sys is plugged in, `1-2.3`; undefined when it is no USB device. */
export async function usbPortBehind(sysPath: string): Promise<string | undefined> {
  try {
    return usbPortIn(await realpath(sysPath));
  } catch {
    return undefined;
  }
}

/** The port in a path of the kernel: `…/usb1/1-2/1-2.3/1-2.3:1.0/ttyUSB0` gives `1-2.3`. */
export function usbPortIn(path: string): string | undefined {
  return path
    .split('/')
    .findLast((step) => /^\d+-\d+(?:\.\d+)*:\d+\.\d+$/.test(step))
    ?.split(':')[0];
}

/** Where an HID device file is plugged in; Linux only. */
export function hidPortOf(path: string): Promise<string | undefined> {
  return usbPortBehind(`/sys/class/hidraw/${basename(path)}/device`);
}

/** Where the adapter of a serial port is plugged in; Linux only. */
export async function serialPortOf(path: string): Promise<string | undefined> {
  const real = await realpath(path).catch(() => path);
  return usbPortBehind(`/sys/class/tty/${basename(real)}/device`);
}

/** Where a printer with a device file is plugged in; Linux only. */
export function printerFilePortOf(path: string): Promise<string | undefined> {
  return usbPortBehind(`/sys/class/usbmisc/${basename(path)}/device`);
}
