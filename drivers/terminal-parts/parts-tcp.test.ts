import { systemClock } from '../transport/system-clock.ts';
import { tcpTransport } from '../transport/tcp.ts';
import { describeTerminalParts } from './conformance.ts';
import { createTerminalParts } from './parts-driver.ts';
import { FAST_BACKOFF, FAST_BOARD, FAST_TIMINGS } from './parts-test-support.ts';
import { PartsSimulator } from './simulator/parts-simulator.ts';

describeTerminalParts('over TCP', async () => {
  const simulator = new PartsSimulator({ times: FAST_BOARD });
  const port = await simulator.listen(0);
  const parts = createTerminalParts({
    transport: tcpTransport({ host: '127.0.0.1', port }),
    clock: systemClock,
    timings: FAST_TIMINGS,
    backoff: FAST_BACKOFF,
  });
  return { parts, simulator };
});
