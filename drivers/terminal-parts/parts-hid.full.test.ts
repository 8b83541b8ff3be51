import { describe, expect, it } from 'vitest';
import { systemClock } from '../transport/system-clock.ts';
import { describeTerminalParts } from './conformance.ts';
import { createTerminalParts } from './parts-driver.ts';
import { bytesOfReport, partsHidTransport } from './parts-hid.ts';
import { FAST_BACKOFF, FAST_BOARD, FAST_TIMINGS } from './parts-test-support.ts';
import { simulatedHidBoard, type PartsHidOptions } from './simulator/parts-hid-device.ts';
import { PartsSimulator } from './simulator/parts-simulator.ts';

async function overHid(options: PartsHidOptions) {
  const simulator = new PartsSimulator({ times: FAST_BOARD });
  const library = simulatedHidBoard(await simulator.listen(0), options);
  const parts = createTerminalParts({
    transport: partsHidTransport({
      vendorId: 0x1209,
      productId: 0x0001,
      load: () => Promise.resolve(library),
    }),
    clock: systemClock,
    timings: FAST_TIMINGS,
    backoff: FAST_BACKOFF,
  });
  return { parts, simulator };
}

describeTerminalParts('over HID reports', () => overHid({}));
// report borders mean nothing, and what fills a report up may look like a line
describeTerminalParts('over HID reports of few bytes', () =>
  overHid({ perReport: 7, padding: 0x3c }),
);

describe('a report', () => {
  it('that counts more bytes than it holds holds none', () => {
    expect([...bytesOfReport(Uint8Array.of(2, 0x3c, 0x3e, 0x20))]).toEqual([0x3c, 0x3e]);
    expect(bytesOfReport(Uint8Array.of(4, 0x3c, 0x3e, 0x20))).toHaveLength(0);
    expect(bytesOfReport(Uint8Array.of(0, 0x3c))).toHaveLength(0);
    expect(bytesOfReport(new Uint8Array(0))).toHaveLength(0);
  });
});
