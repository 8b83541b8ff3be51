import type { HidBytesAddress } from '../../drivers/transport/hid-bytes.ts';
import type { SerialIdentity } from '../../drivers/transport/serial-identity.ts';
import type { Transport } from '../../drivers/transport/transport.ts';
import type { UsbAddress } from '../../drivers/transport/usb-claim.ts';
import { parseUsbId, type UsbId } from '../../drivers/transport/usb-id.ts';
import type { TransportConfig } from '../../kiosk-config/index.ts';

type Of<Type extends TransportConfig['type']> = Extract<TransportConfig, { readonly type: Type }>;

/**
 * Makes the transport of a device; nothing is opened yet. `overUsb`: how this class uses a USB device, if not
 * by its first pair of bulk endpoints. Rejects when its library cannot be loaded.
 */
export async function transportFor(
  config: TransportConfig,
  overUsb: (address: UsbAddress) => Promise<Transport> = plainUsb,
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
    case 'hid': {
      const { hidBytesTransport } = await import('../../drivers/transport/hid-bytes.ts');
      return hidBytesTransport(hidAddressOf(config));
    }
  }
}

async function plainUsb(address: UsbAddress): Promise<Transport> {
  const { usbTransport } = await import('../../drivers/transport/usb.ts');
  return usbTransport(address);
}

/** Which HID device a configuration means: one that speaks a protocol of its maker's own. */
function hidAddressOf(config: Of<'hid'>): HidBytesAddress {
  return { ...identityOf(config), alsoIds: furtherIds(config), usagePage: 'vendor' };
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
