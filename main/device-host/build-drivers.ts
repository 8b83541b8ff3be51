import type { DeviceClass } from '../../domain/device/status.ts';
import type { DocumentScanner } from '../../drivers/document-scanner/contract.ts';
import type { IdCardReader } from '../../drivers/id-card/contract.ts';
import type { ReceiptPrinter } from '../../drivers/receipt-printer/contract.ts';
import { systemClock } from '../../drivers/transport/system-clock.ts';
import type { Transport } from '../../drivers/transport/transport.ts';
import type { DevicesConfig, TransportConfig } from '../../kiosk-config/index.ts';
import { chinaDay } from '../core/china-day.ts';

type Configured = { [Device in DeviceClass]: NonNullable<DevicesConfig['devices'][Device]> };

const clock = systemClock;

/*
 * Drivers and their native libraries are loaded only where they are configured: what cannot be loaded on
 * this machine takes away one device, not all of them.
 */

async function transport(config: TransportConfig): Promise<Transport> {
  if (config.type === 'tcp') {
    const { tcpTransport } = await import('../../drivers/transport/tcp.ts');
    return tcpTransport({ host: config.host, port: config.port });
  }
  const { serialTransport } = await import('../../drivers/transport/serial.ts');
  return serialTransport({ path: config.path, baudRate: config.baud });
}

/** Makes the driver of the ID-card reader; nothing is opened yet. Rejects when it cannot be loaded. */
export async function buildIdCard(config: Configured['idCard']): Promise<IdCardReader> {
  const { createSdtReader } = await import('../../drivers/id-card/sdt-reader.ts');
  const today = (): string => chinaDay(Date.now()).replaceAll('-', '');
  return createSdtReader({ transport: await transport(config.transport), clock, today });
}

/** Makes the driver of the receipt printer. Rejects when it cannot be loaded. */
export async function buildReceiptPrinter(
  config: Configured['receiptPrinter'],
): Promise<ReceiptPrinter> {
  const { escPosPrinter } = await import('../../drivers/receipt-printer/escpos-printer.ts');
  const { PROFILES } = await import('../../drivers/receipt-printer/profile.ts');
  const { profileFromTemplate } = await import('../../drivers/receipt-printer/template.ts');
  const { profile, template, takeSeconds, logo } = config;
  const own = template === undefined ? undefined : profileFromTemplate(template);
  const known = profile === 'template' ? own : PROFILES[profile];
  if (known === undefined) throw new Error('the profile "template" without a template');
  return escPosPrinter({
    transport: await transport(config.transport),
    clock,
    profile: known,
    ...(takeSeconds === undefined ? {} : { takeMs: takeSeconds * 1_000 }),
    ...(logo === undefined ? {} : { logo }),
  });
}

/** Makes the driver of the document scanner. Rejects when it cannot be loaded. */
export async function buildDocumentScanner(
  config: Configured['documentScanner'],
): Promise<DocumentScanner> {
  if (config.driver === 'sane') {
    const { SaneScanner } = await import('../../drivers/document-scanner/sane-scanner.ts');
    return new SaneScanner({ device: config.device, clock });
  }
  const { EsclScanner } = await import('../../drivers/document-scanner/escl-scanner.ts');
  return new EsclScanner({ url: config.url, clock });
}
