import { describeReceiptPrinter } from '../../drivers/receipt-printer/conformance.ts';
import { EscPosPrinter } from '../../drivers/receipt-printer/escpos-printer.ts';
import { PATIENT, WRITTEN_DOWN } from '../../drivers/receipt-printer/printer-test-support.ts';
import { PROFILES, type PrinterProfile } from '../../drivers/receipt-printer/profile.ts';
import { EscPosSimulator } from '../../drivers/receipt-printer/simulator/escpos-simulator.ts';
import { PtyBridge } from '../../drivers/transport/pty-test-support.ts';
import { serialTransport } from '../../drivers/transport/serial.ts';
import { systemClock } from '../../drivers/transport/system-clock.ts';

/** One of each kind: every profile goes over TCP (escpos-80, -58 and -others.full.test.ts), the line knows none of them. */
const profiles: readonly PrinterProfile[] = [
  PROFILES.generic80,
  PROFILES.custom80Presenter,
  WRITTEN_DOWN,
];

for (const profile of profiles) {
  describeReceiptPrinter(`ESC/POS over a serial port (pty pair), ${profile.id}`, async () => {
    const simulator = new EscPosSimulator({ profile });
    const bridge = await PtyBridge.to(await simulator.listen(0));
    const transport = serialTransport({ path: bridge.path, baudRate: 115_200, watchMs: 50 });
    const printer = new EscPosPrinter({
      transport,
      clock: systemClock,
      profile,
      pollMs: 100,
      quietMs: 200,
      ...PATIENT,
    });
    return { printer, simulator, dispose: () => bridge.close() };
  });
}
