import type { TicketFate } from '../../../domain/receipt/ticket.ts';
import type { PrinterProfile } from '../../../drivers/receipt-printer/profile.ts';
import { systemClock } from '../../../drivers/transport/system-clock.ts';
import type { Transport } from '../../../drivers/transport/transport.ts';
import { PRINTER_CLASS } from '../../../drivers/transport/usb-library.ts';
import type { UsbAddress } from '../../../drivers/transport/usb-claim.ts';
import type { Configured, HostedClass } from '../hosted-class.ts';
import { transportFor } from '../transport-for.ts';

/** Printers of receipts. */
export const receiptPrinter: HostedClass<'receiptPrinter'> = async (config, tell) => {
  const { escPosPrinter } = await import('../../../drivers/receipt-printer/escpos-printer.ts');
  const { takeSeconds, logo, printLogo } = config;
  const driver = escPosPrinter({
    transport: await transportFor(config.transport, { overUsb: printerOverUsb }),
    clock: systemClock,
    profile: await profileOf(config),
    ...(takeSeconds === undefined ? {} : { takeMs: takeSeconds * 1_000 }),
    ...(logo === undefined || !printLogo ? {} : { logo }),
  });
  tell.facts({ cutter: driver.capabilities.cutter });
  return {
    driver,
    run: async (command, _progress, options) => {
      if (command.do === 'storeLogo') {
        return { stored: await driver.storeLogo(command.picture, options) };
      }
      const { receipt, document } = command;
      const onTicket = (fate: TicketFate): void => {
        tell.event({ receipt, fate });
      };
      return driver.print(document, { ...options, onTicket });
    },
  };
};

/** The part of the device that is a printer: some have others besides. */
async function printerOverUsb(address: UsbAddress): Promise<Transport> {
  const { usbTransport } = await import('../../../drivers/transport/usb.ts');
  return usbTransport({ ...address, interfaceClass: PRINTER_CLASS });
}

async function profileOf(config: Configured<'receiptPrinter'>): Promise<PrinterProfile> {
  const { profile, template } = config;
  if (profile !== 'template') {
    const { PROFILES } = await import('../../../drivers/receipt-printer/profile.ts');
    return PROFILES[profile];
  }
  if (template === undefined) throw new Error('the profile "template" without a template');
  const { profileFromTemplate } = await import('../../../drivers/receipt-printer/template.ts');
  return profileFromTemplate(template);
}
