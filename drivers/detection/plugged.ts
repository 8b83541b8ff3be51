import type { PluggedCandidate } from './contract.ts';
import { listPcscReaders } from './pcsc-readers.ts';
import { listHid, listPrinterFiles, listUsb, type PluggedSources } from './plugged-usb.ts';
import { USB_CLASS } from './known-usb.ts';
import type { SerialPortInfo } from './serial-ports.ts';

/** Where everything that is listed comes from; injected in tests. */
export interface AllSources extends PluggedSources {
  readonly pcscReaders?: () => Promise<readonly string[]>;
}

/**
 * What this machine lists as plugged in: HID devices, printers with a device file, PC/SC readers, and USB
 * devices that are none of these and stand behind no serial port. Each device once, by the way it is used.
 * Nothing is sent to any. Never rejects.
 */
export async function listPlugged(
  serial: readonly SerialPortInfo[],
  sources: AllSources = {},
): Promise<readonly PluggedCandidate[]> {
  const [usb, hid, files, readers] = await Promise.all([
    listUsb(sources),
    listHid(sources),
    listPrinterFiles(sources),
    (sources.pcscReaders ?? listPcscReaders)(),
  ]);
  const takenPorts = new Set(
    [...hid, ...files, ...serial].map(({ port }) => port).filter((port) => port !== undefined),
  );
  // without sockets (other systems than Linux) the ids must do
  const takenIds = new Set([
    ...hid.filter(({ port }) => port === undefined).map(idsOf),
    ...serial.flatMap(({ port, usb: ids }) => (port === undefined && ids ? [ids] : [])),
  ]);
  const rest = usb.filter((device) => {
    const { port, interfaceClasses = [] } = device;
    const isSmartCardReader = interfaceClasses.includes(USB_CLASS.smartCard);
    return (
      !(port !== undefined && takenPorts.has(port)) &&
      !takenIds.has(idsOf(device)) &&
      // named by the PC/SC service already
      !(isSmartCardReader && readers.length > 0)
    );
  });
  return [
    ...hid,
    ...files.map(({ port: _port, ...file }) => file),
    ...rest,
    ...readers.map((reader) => ({ type: 'pcsc', reader }) as const),
  ];
}

function idsOf({
  vendorId,
  productId,
}: {
  readonly vendorId: string;
  readonly productId: string;
}): string {
  return `${vendorId}:${productId}`.toLowerCase();
}
