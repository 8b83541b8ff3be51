import { systemClock } from '../transport/system-clock.ts';
import { tcpTransport } from '../transport/tcp.ts';
import { describeReceiptPrinter } from './conformance.ts';
import { EscPosPrinter } from './escpos-printer.ts';
import type { PrinterProfile } from './profile.ts';
import { PROFILES } from './profile.ts';
import { EscPosSimulator } from './simulator/escpos-simulator.ts';

// The widest with all it can do, and the narrowest with the least.
const profiles: readonly PrinterProfile[] = [PROFILES.generic80, PROFILES.generic58RasterQr];

for (const profile of profiles) {
  describeReceiptPrinter(`ESC/POS over TCP, ${profile.id}`, async () => {
    const simulator = new EscPosSimulator({ profile });
    const port = await simulator.listen(0);
    const transport = tcpTransport({ host: '127.0.0.1', port });
    const printer = new EscPosPrinter({ transport, clock: systemClock, profile, pollMs: 100 });
    return { printer, simulator };
  });
}
