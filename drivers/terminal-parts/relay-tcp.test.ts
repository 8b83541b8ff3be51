import { describeTerminalParts } from './conformance.ts';
import { boardOverTcp, relayOffer } from './relay-test-support.ts';
import { RelaySimulator } from './simulator/relay-simulator.ts';

// those that answer, and what only relay boards promise: relay-board.full.test.ts
describeTerminalParts(
  'relays that never answer, over TCP',
  async () => {
    const simulator = new RelaySimulator();
    const port = await simulator.listen(0);
    return { parts: boardOverTcp(port, { answers: false }), simulator };
  },
  relayOffer(false),
);
