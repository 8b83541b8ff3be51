import { systemClock } from '../../../drivers/transport/system-clock.ts';
import type { HostedClass } from '../hosted-class.ts';
import { transportFor } from '../transport-for.ts';

/** Printers of receipts. */
export const receiptPrinter: HostedClass<'receiptPrinter'> = async (config) => {
  const { escPosPrinter } = await import('../../../drivers/receipt-printer/escpos-printer.ts');
  const { PROFILES } = await import('../../../drivers/receipt-printer/profile.ts');
  const driver = escPosPrinter({
    transport: await transportFor(config.transport),
    clock: systemClock,
    profile: PROFILES[config.profile],
  });
  return { driver, run: (document, _progress, options) => driver.print(document, options) };
};
