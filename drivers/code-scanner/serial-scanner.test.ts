import { tcpTransport } from '../transport/tcp.ts';
import { describeCodeScanner, describeTrigger } from './conformance.ts';
import type { ScannerAndSimulator } from './conformance.ts';
import { FAST_BACKOFF, STEERED_TIMINGS, SteeredClock } from './scanner-test-support.ts';
import { HONEYWELL_TRIGGER, createSerialScanner } from './serial-scanner.ts';
import type { SerialScannerOptions } from './serial-scanner.ts';
import { SerialScannerSimulator } from './simulator/serial-scanner-simulator.ts';
import type { SerialScannerSimulatorOptions } from './simulator/serial-scanner-simulator.ts';

function overTcp(
  set: SerialScannerSimulatorOptions = {},
  options: Partial<SerialScannerOptions> = {},
): () => Promise<ScannerAndSimulator> {
  return async () => {
    const simulator = new SerialScannerSimulator(set);
    const clock = new SteeredClock();
    const scanner = createSerialScanner({
      transport: tcpTransport({ host: '127.0.0.1', port: await simulator.listen(0) }),
      clock,
      timings: STEERED_TIMINGS,
      backoff: FAST_BACKOFF,
      ...options,
    });
    return { scanner, simulator, atFirst: 'unknown', elapse: () => clock.elapse() };
  };
}

describeCodeScanner('serial over TCP, CR', overTcp());
describeCodeScanner('serial over TCP, CR LF', overTcp({ suffixHex: '0d0a' }));
describeTrigger('serial over TCP', overTcp({}, { trigger: HONEYWELL_TRIGGER }));
