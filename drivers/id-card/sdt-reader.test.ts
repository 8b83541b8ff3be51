import { describeIdCardReader, CONFORMANCE_TODAY } from './conformance.ts';
import { tcpTransport } from '../transport/tcp.ts';
import { systemClock } from '../transport/system-clock.ts';
import { createSdtReader } from './sdt-reader.ts';
import { SdtSimulator } from './simulator/sdt-simulator.ts';
import type { SdtSimulatorOptions } from './simulator/sdt-simulator.ts';
import { FAST_BACKOFF, FAST_TIMINGS } from './sdt-test-support.ts';

async function overTcp(options: SdtSimulatorOptions = {}) {
  const simulator = new SdtSimulator(options);
  const port = await simulator.listen(0);
  const reader = createSdtReader({
    transport: tcpTransport({ host: '127.0.0.1', port }),
    clock: systemClock,
    today: () => CONFORMANCE_TODAY,
    timings: FAST_TIMINGS,
    backoff: FAST_BACKOFF,
  });
  return { reader, simulator };
}

describeIdCardReader('SDT over TCP', () => overTcp());
describeIdCardReader('SDT over TCP, a reader that finds a lying card again and again', () =>
  overTcp({ refindsLyingCard: true }),
);
