import type { HidAddress } from '../../drivers/transport/hid.ts';
import type { SerialIdentity } from '../../drivers/transport/serial-identity.ts';
import type { Transport } from '../../drivers/transport/transport.ts';
import type { UsbAddress } from '../../drivers/transport/usb-claim.ts';
import { parseUsbId, type UsbId } from '../../drivers/transport/usb-id.ts';
import type { TransportConfig } from '../../kiosk-config/index.ts';

type Of<Type extends TransportConfig['type']> = Extract<TransportConfig, { readonly type: Type }>;

/** How a class of devices uses lines that are no plain streams of bytes. */
export interface ClassLines {
  /** A USB device; default: by its first pair of bulk endpoints. */
  readonly overUsb?: (address: UsbAddress) => Promise<Transport>;
  /** An HID device; default: bytes in reports, without a count. */
  readonly overHid?: (address: HidAddress) => Promise<Transport>;
}

/** Makes the transport of a device; nothing is opened yet. Rejects when its library cannot be loaded. */
export async function transportFor(
  config: TransportConfig,
  { overUsb = plainUsb, overHid = plainHid }: ClassLines = {},
): Promise<Transport> {
  switch (config.type) {
    case 'tcp': {
      const { tcpTransport } = await import('../../drivers/transport/tcp.ts');
      return tcpTransport({ host: config.host, port: config.port });
    }
    case 'serial': {
      const { serialTransport } = await import('../../drivers/transport/serial.ts');
      const { path, baud, usb } = config;
      return serialTransport({ path, baudRate: baud, ...(usb && { usb: identityOf(usb) }) });
    }
    case 'usb':
      return overUsb({ ...identityOf(config), alsoIds: furtherIds(config) });
    case 'usbPrinter': {
      const { printerFileTransport } = await import('../../drivers/transport/printer-file.ts');
      return printerFileTransport({ path: config.path });
    }
    case 'hid':
      return overHid({ ...identityOf(config), alsoIds: furtherIds(config) });
  }
}

async function plainUsb(address: UsbAddress): Promise<Transport> {
  const { usbTransport } = await import('../../drivers/transport/usb.ts');
  return usbTransport(address);
}

/** An HID device that speaks a protocol of its maker's own. */
async function plainHid(address: HidAddress): Promise<Transport> {
  const { hidBytesTransport } = await import('../../drivers/transport/hid-bytes.ts');
  return hidBytesTransport({ ...address, usagePage: 'vendor' });
}

function identityOf({
  vendorId,
  productId,
  serialNumber,
  port,
}: Pick<Of<'usb'>, 'vendorId' | 'productId' | 'serialNumber' | 'port'>): SerialIdentity {
  return {
    vendorId: parseInt(vendorId, 16),
    productId: parseInt(productId, 16),
    ...(serialNumber === undefined ? {} : { serialNumber }),
    ...(port === undefined ? {} : { port }),
  };
}

function furtherIds({ alsoIds = [] }: Of<'usb'> | Of<'hid'>): readonly UsbId[] {
  return alsoIds.map(parseUsbId).filter((id) => id !== undefined);
}
