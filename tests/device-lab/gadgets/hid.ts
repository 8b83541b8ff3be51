// An HID device over USB that sends and takes reports of one size, without a report id.
import { access } from 'node:fs/promises';
import { eventually } from '../patience.ts';
import type { Pluggable } from './cable.ts';
import { DeviceFile } from './device-file.ts';
import { GadgetDevice, UsbGadget } from './usb-gadget.ts';
import type { UsbIdentity } from './usb-gadget.ts';

/** Bytes of every report. */
export const REPORT_BYTES = 64;

/** What it is for, in the kernel's and everybody's words: a page that belongs to the maker. */
export const VENDOR_USAGE = { usagePage: 0xff00, usage: 0x01 } as const;

/** Usage page FF00, usage 1, one application with an input and an output report of 64 bytes. */
const DESCRIPTOR = Uint8Array.of(
  ...[0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01],
  ...[0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08, 0x95, REPORT_BYTES],
  ...[0x09, 0x01, 0x81, 0x02, 0x09, 0x01, 0x91, 0x02, 0xc0],
);

/** Makes an HID device; on our side it becomes `/dev/hidraw*`. */
export function hidDevice(name: string, identity: UsbIdentity): Promise<Pluggable> {
  const gadget = new UsbGadget(name, identity, {
    name: `hid.${name}`,
    attributes: {
      protocol: '0',
      subclass: '0',
      report_length: String(REPORT_BYTES),
      report_desc: DESCRIPTOR,
    },
  });
  return GadgetDevice.make(gadget, async () => {
    const minor = (await gadget.attribute('dev')).split(':')[1] ?? '';
    const path = `/dev/hidg${minor}`;
    await eventually(
      () =>
        access(path).then(
          () => true,
          () => undefined,
        ),
      path,
    );
    return DeviceFile.open(path);
  });
}
