import { systemClock } from '../transport/system-clock.ts';
import { tcpTransport } from '../transport/tcp.ts';
import { CONFORMANCE_TODAY, describeIdCardReader } from './conformance.ts';
import { createSdtReader } from './sdt-reader.ts';
import { FAST_BACKOFF, FAST_TIMINGS } from './sdt-test-support.ts';
import { SdtSimulator } from './simulator/sdt-simulator.ts';

// Some readers find a card that was read again and again while it lies there.
describeIdCardReader('SDT over TCP, finding a lying card again and again', async () => {
  const simulator = new SdtSimulator({ refindsLyingCard: true });
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
