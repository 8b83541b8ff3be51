import { systemClock } from '../transport/system-clock.ts';
import { tcpTransport } from '../transport/tcp.ts';
import { CONFORMANCE_TODAY, describeIdCardReader } from './conformance.ts';
import { createSdtReader } from './sdt-reader.ts';
import { FAST_BACKOFF, FAST_TIMINGS } from './sdt-test-support.ts';
import { SdtSimulator } from './simulator/sdt-simulator.ts';

describeIdCardReader('SDT over TCP', async () => {
  const simulator = new SdtSimulator();
  const port = await simulator.listen(0);
  const reader = createSdtReader({
    transport: tcpTransport({ host: '127.0.0.1', port }),
    clock: systemClock,
    today: () => CONFORMANCE_TODAY,
    timings: FAST_TIMINGS,
    backoff: FAST_BACKOFF,
  });
  return { reader, simulator };
});
