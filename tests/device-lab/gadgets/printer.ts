// A printer over USB (printer class, both directions).
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../patience.ts';
import type { Pluggable } from './cable.ts';
import { DeviceFile } from './device-file.ts';
import { GadgetDevice, UsbGadget } from './usb-gadget.ts';
import type { UsbIdentity } from './usb-gadget.ts';

/**
 * The file of the printer that was just plugged in. The kernel does not tell which one belongs to which printer, but
 * lets each be opened once only: those of all others are in use.
 */
async function freeFile(): Promise<DeviceFile | undefined> {
  for (const name of await readdir('/dev')) {
    if (!name.startsWith('g_printer')) continue;
    const file = await DeviceFile.open(join('/dev', name)).catch(() => undefined);
    if (file !== undefined) return file;
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
  return GadgetDevice.make(gadget, () => eventually(freeFile, `the file of printer ${name}`));
}
