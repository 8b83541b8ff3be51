import { systemClock } from '../transport/system-clock.ts';
import { CONFORMANCE_TODAY, describeIdCardReader } from './conformance.ts';
import { createSdtReader } from './sdt-reader.ts';
import { FAST_BACKOFF, FAST_TIMINGS } from './sdt-test-support.ts';
import { sdtUsbTransport } from './sdt-usb.ts';
import { SdtSimulator } from './simulator/sdt-simulator.ts';
import { simulatedUsbReader, type SdtUsbForm } from './simulator/sdt-usb-device.ts';

function describeForm(name: string, form: SdtUsbForm): void {
  describeIdCardReader(name, () => {
    const simulator = new SdtSimulator();
    const library = simulatedUsbReader(simulator, form);
    const reader = createSdtReader({
      transport: sdtUsbTransport({
        vendorId: 0x0400,
        productId: 0xc35a,
        readTurnMs: 50,
        load: () => Promise.resolve(library),
      }),
      clock: systemClock,
      today: () => CONFORMANCE_TODAY,
      timings: FAST_TIMINGS,
      backoff: FAST_BACKOFF,
    });
    return Promise.resolve({ reader, simulator });
  });
}

describeForm('SDT over USB, one pair of endpoints', 'onePair');
describeForm('SDT over USB, head and rest apart', 'split');
describeForm('SDT over USB, head and rest apart at other ends', 'splitElsewhere');
