import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadUsb, usbPortPath, type UsbHandle, type UsbLibrary } from '../transport/usb-library.ts';
import { hidPortOf, printerFilePortOf } from '../transport/usb-port.ts';
import type { HidDeviceInfo, HidLibrary } from '../transport/hid.ts';
import { loadNodeHid } from '../transport/hid.ts';
import type { PluggedCandidate, UsbDeviceName } from './contract.ts';
import { FIRST_VENDOR_PAGE, USB_CLASS } from './known-usb.ts';
import { plain } from './plain.ts';

type Of<Type extends PluggedCandidate['type']> = Extract<PluggedCandidate, { readonly type: Type }>;

const hex = (id: number): string => id.toString(16).padStart(4, '0');

function nameOf(
  { vendorId, productId }: { readonly vendorId: number; readonly productId: number },
  serialNumber: string | undefined,
  port: string | undefined,
): UsbDeviceName {
  return {
    vendorId: hex(vendorId),
    productId: hex(productId),
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(port === undefined ? {} : { port }),
  };
}

/** A text of the device, which may have to be asked for it and may refuse. */
function told(read: () => string | null | undefined): string | undefined {
  try {
    return plain(read());
  } catch {
    return undefined;
  }
}

/** The classes of a device's parts, by the system and without opening it. */
async function classesIn(sys: string, port: string): Promise<readonly number[]> {
  const classes: number[] = [];
  for (const entry of await readdir(sys).catch(() => [])) {
    if (!entry.startsWith(`${port}:`)) continue;
    const text = await readFile(join(sys, entry, 'bInterfaceClass'), 'latin1').catch(() => '');
    const number = parseInt(text, 16);
    if (!Number.isNaN(number)) classes.push(number);
  }
  return classes;
}

/** Where the listings come from; injected in tests. */
export interface PluggedSources {
  readonly usb?: () => Promise<UsbLibrary>;
  readonly hid?: () => Promise<HidLibrary>;
  /** The kernel's list of USB devices. */
  readonly sys?: string;
  /** Folder of the printers' device files. */
  readonly printerFiles?: string;
  readonly hidPortOf?: (path: string) => Promise<string | undefined>;
  readonly printerPortOf?: (path: string) => Promise<string | undefined>;
}

/** USB devices of this machine, hubs left out; none is opened where the system knows their texts. */
export async function listUsb(sources: PluggedSources): Promise<readonly Of<'usb'>[]> {
  const { usb = loadUsb, sys = '/sys/bus/usb/devices' } = sources;
  let handles: readonly UsbHandle[];
  try {
    handles = await (await usb()).getDevices();
  } catch {
    return [];
  }
  const found: Of<'usb'>[] = [];
  for (const handle of handles) {
    const port = usbPortPath(handle);
    const interfaceClasses = await classesIn(sys, port);
    if (handle.ports.length === 0 || interfaceClasses.includes(USB_CLASS.hub)) continue;
    const words = [told(() => handle.manufacturerName), told(() => handle.productName)];
    const model = plain(words.filter((word) => word !== undefined).join(' '));
    found.push({
      type: 'usb',
      ...nameOf(
        handle,
        told(() => handle.serialNumber),
        port,
      ),
      interfaceClasses,
      ...(model === undefined ? {} : { model }),
    });
  }
  return found;
}

/** HID devices that may be of a terminal: scanners of codes, and what only its maker's driver knows. */
export async function listHid(sources: PluggedSources): Promise<readonly Of<'hid'>[]> {
  const { hid = loadNodeHid, hidPortOf: portOf = hidPortOf } = sources;
  let devices: readonly HidDeviceInfo[];
  try {
    devices = await (await hid()).devicesAsync();
  } catch {
    return [];
  }
  const found: Of<'hid'>[] = [];
  for (const device of devices) {
    const { usagePage = 0, usage, path, product } = device;
    const isOurs = usagePage === 0x8c || usagePage === 0 || usagePage >= FIRST_VENDOR_PAGE;
    if (!isOurs || device.vendorId === 0) continue;
    const port = path === undefined ? undefined : await portOf(path);
    const model = plain(product);
    found.push({
      type: 'hid',
      ...nameOf(device, plain(device.serialNumber, 100), port),
      usagePage,
      ...(usage === undefined ? {} : { usage }),
      ...(model === undefined ? {} : { model }),
    });
  }
  return found;
}

/** What a printer says of itself in the words of IEEE 1284: `MFG:SNBC;CMD:ESC/POS;MDL:BTP;`. */
export function parseDeviceId(text: string): {
  readonly languages?: readonly string[];
  readonly model?: string;
} {
  const fields = new Map(
    text.split(';').map((field): [string, string] => {
      const [key = '', ...value] = field.split(':');
      return [key.trim().toUpperCase(), value.join(':').trim()];
    }),
  );
  const commands = fields.get('CMD') ?? fields.get('COMMAND SET');
  const languages = commands
    ?.split(',')
    .map((word) => plain(word, 20))
    .filter((word) => word !== undefined);
  const maker = fields.get('MFG') ?? fields.get('MANUFACTURER') ?? '';
  const model = plain(`${maker} ${fields.get('MDL') ?? fields.get('MODEL') ?? ''}`);
  return {
    ...(languages === undefined || languages.length === 0 ? {} : { languages }),
    ...(model === undefined ? {} : { model }),
  };
}

/** Printers that the kernel drives, each with the socket it is in. */
export async function listPrinterFiles(
  sources: PluggedSources,
): Promise<readonly (Of<'usbPrinter'> & { readonly port?: string })[]> {
  const { printerFiles = '/dev/usb', printerPortOf = printerFilePortOf } = sources;
  const names = (await readdir(printerFiles).catch(() => [])).filter((one) => /^lp\d+$/.test(one));
  return Promise.all(
    names.map(async (name) => {
      const path = join(printerFiles, name);
      const id = `/sys/class/usbmisc/${name}/device/ieee1284_id`;
      const port = await printerPortOf(path);
      return {
        type: 'usbPrinter' as const,
        path,
        ...parseDeviceId(await readFile(id, 'latin1').catch(() => '')),
        ...(port === undefined ? {} : { port }),
      };
    }),
  );
}
