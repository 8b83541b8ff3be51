// A printer over USB (printer class, both directions).
import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../patience.ts';
import type { Pluggable } from './cable.ts';
import { DeviceFile } from './device-file.ts';
import { GadgetDevice, UsbGadget } from './usb-gadget.ts';
import type { UsbIdentity } from './usb-gadget.ts';

const CLASS = '/sys/class/usb_printer_gadget';

/** The file of the printer that is plugged into a port, as the kernel's own tree tells it. */
async function fileOfPort(port: number): Promise<DeviceFile | undefined> {
  for (const name of await readdir(CLASS).catch(() => [])) {
    const place = await realpath(join(CLASS, name));
    if (place.includes(`/dummy_udc.${String(port)}/`)) {
      return DeviceFile.open(join('/dev', name)).catch(() => undefined);
    }
  }
  return undefined;
}

/** What a printer says when it is asked who it is (IEEE 1284). */
function deviceId({ manufacturer, product, serialNumber }: UsbIdentity): string {
  return `MFG:${manufacturer};CMD:ESC/POS;MDL:${product};CLS:PRINTER;SN:${serialNumber};`;
}

/** Makes a printer; on our side it becomes `/dev/usb/lp*`. */
export function printerDevice(name: string, identity: UsbIdentity): Promise<Pluggable> {
  const gadget = new UsbGadget(name, identity, {
    name: `printer.${name}`,
    attributes: { pnp_string: deviceId(identity) },
  });
  return GadgetDevice.make(gadget, (_, port) =>
    eventually(() => fileOfPort(port), `the printer file of port ${String(port)}`),
  );
}
