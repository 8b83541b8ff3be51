import { systemClock } from '../../../drivers/transport/system-clock.ts';
import type { Transport } from '../../../drivers/transport/transport.ts';
import { PRINTER_CLASS } from '../../../drivers/transport/usb-library.ts';
import type { UsbAddress } from '../../../drivers/transport/usb-claim.ts';
import type { HostedClass } from '../hosted-class.ts';
import { transportFor } from '../transport-for.ts';

/** Printers of receipts. */
export const receiptPrinter: HostedClass<'receiptPrinter'> = async (config) => {
  const { escPosPrinter } = await import('../../../drivers/receipt-printer/escpos-printer.ts');
  const { PROFILES } = await import('../../../drivers/receipt-printer/profile.ts');
  const driver = escPosPrinter({
    transport: await transportFor(config.transport, printerOverUsb),
    clock: systemClock,
    profile: PROFILES[config.profile],
  });
  return { driver, run: (document, _progress, options) => driver.print(document, options) };
};

/** The part of the device that is a printer: some have others besides. */
async function printerOverUsb(address: UsbAddress): Promise<Transport> {
  const { usbTransport } = await import('../../../drivers/transport/usb.ts');
  return usbTransport({ ...address, interfaceClass: PRINTER_CLASS });
}
