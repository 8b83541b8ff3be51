import { hidBytesTransport } from '../transport/hid-bytes.ts';
import { systemClock } from '../transport/system-clock.ts';
import { CONFORMANCE_TODAY, describeIdCardReader } from './conformance.ts';
import { createSdtReader } from './sdt-reader.ts';
import { FAST_BACKOFF, FAST_TIMINGS } from './sdt-test-support.ts';
import { simulatedHidReader } from './simulator/sdt-hid-device.ts';
import { SdtSimulator } from './simulator/sdt-simulator.ts';

describeIdCardReader('SDT over HID reports', () => {
  const simulator = new SdtSimulator();
  const library = simulatedHidReader(simulator);
  const reader = createSdtReader({
    transport: hidBytesTransport({
      vendorId: 0x0400,
      productId: 0xc35a,
      usagePage: 'vendor',
      load: () => Promise.resolve(library),
    }),
    clock: systemClock,
    today: () => CONFORMANCE_TODAY,
    timings: FAST_TIMINGS,
    backoff: FAST_BACKOFF,
  });
  return Promise.resolve({ reader, simulator });
});
