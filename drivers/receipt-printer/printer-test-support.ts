// Test support: a driver and its simulator on a real line. Not part of the product.
import { systemClock } from '../transport/system-clock.ts';
import { tcpTransport } from '../transport/tcp.ts';
import { EscPosPrinter } from './escpos-printer.ts';
import type { EscPosPrinterOptions } from './printer-options.ts';
import type { PrinterProfile } from './profile.ts';
import { EscPosSimulator } from './simulator/escpos-simulator.ts';
import type { EscPosSimulatorOptions } from './simulator/escpos-simulator.ts';
import { profileFromTemplate } from './template.ts';

/** What a technician would write of a kiosk printer from its manual. */
export const WRITTEN_DOWN: PrinterProfile = profileFromTemplate({
  widthDots: 576,
  columns: 48,
  cut: '1B 6D',
  qr: 'raster',
  rareGlyphs: 'line',
  automaticStatus: false,
  status: [
    {
      ask: '10 04 14',
      answer: '10 0F ?? ?? ?? ??',
      checks: [
        { byte: 2, mask: '05', value: '05', means: 'paperOut' },
        { byte: 2, mask: '05', value: '04', means: 'paperLow' },
        { byte: 2, mask: '20', means: 'ticketWaiting' },
        { byte: 3, mask: '03', means: 'coverOpen' },
        { byte: 4, mask: '01', means: 'headHot' },
        { byte: 4, mask: '40', means: 'jam' },
        { byte: 5, mask: '01', means: 'cutter' },
      ],
    },
  ],
  done: { ask: '1D 72 01', answer: '0xx0xxxx' },
  presenter: { present: '1D 65 03 20', retract: '1D 65 02' },
  pictureMemory: 'none',
});

/** For those who look at every status: a busy machine that holds an answer up is no silence of the printer's. */
export const PATIENT = { patienceMs: 3_000 } as const;

/** A driver that is not open yet, and its printer, on loopback. */
export async function printerOnTcp(
  profile: PrinterProfile,
  more: Partial<EscPosPrinterOptions> = {},
  simulated: EscPosSimulatorOptions = {},
): Promise<{
  readonly printer: EscPosPrinter;
  readonly simulator: EscPosSimulator;
  readonly port: number;
}> {
  const simulator = new EscPosSimulator({ profile, ...simulated });
  const port = await simulator.listen(0);
  const transport = tcpTransport({ host: '127.0.0.1', port });
  const printer = new EscPosPrinter({
    transport,
    clock: systemClock,
    profile,
    pollMs: 100,
    quietMs: 200,
    ...more,
  });
  return { printer, simulator, port };
}
