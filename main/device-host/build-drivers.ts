import { EsclScanner } from '../../drivers/document-scanner/escl-scanner.ts';
import { createSdtReader } from '../../drivers/id-card/sdt-reader.ts';
import { escPosPrinter } from '../../drivers/receipt-printer/escpos-printer.ts';
import { PRINTER_PROFILES } from '../../drivers/receipt-printer/profile.ts';
import { serialTransport } from '../../drivers/transport/serial.ts';
import { systemClock } from '../../drivers/transport/system-clock.ts';
import { tcpTransport } from '../../drivers/transport/tcp.ts';
import type { Transport } from '../../drivers/transport/transport.ts';
import type { DevicesConfig, TransportConfig } from '../../kiosk-config/index.ts';
import { chinaDay } from '../core/china-day.ts';
import type { Drivers } from './host.ts';

/** Names of the configuration → names of the driver's profiles. */
const PROFILES = {
  generic80: PRINTER_PROFILES['generic-80'],
  generic58: PRINTER_PROFILES['generic-58'],
} as const;

function transport(config: TransportConfig): Transport {
  return config.type === 'tcp'
    ? tcpTransport({ host: config.host, port: config.port })
    : serialTransport({ path: config.path, baudRate: config.baud });
}

/** Makes the drivers that a technician configured; nothing is opened yet. */
export function buildDrivers(devices: DevicesConfig['devices']): Drivers {
  const clock = systemClock;
  const { idCard, receiptPrinter, documentScanner } = devices;
  return {
    ...(idCard && {
      idCard: createSdtReader({
        transport: transport(idCard.transport),
        clock,
        today: () => chinaDay(Date.now()).replaceAll('-', ''),
      }),
    }),
    ...(receiptPrinter && {
      receiptPrinter: escPosPrinter({
        transport: transport(receiptPrinter.transport),
        clock,
        profile: PROFILES[receiptPrinter.profile],
      }),
    }),
    ...(documentScanner && {
      documentScanner: new EsclScanner({ url: documentScanner.url, clock }),
    }),
  };
}
