import type { Packing } from '../gadgets/cable.ts';
import { REPORT_BYTES } from '../gadgets/hid.ts';

/** Preamble and length. */
const HEAD_BYTES = 7;

/** How long the frame is that begins here; undefined as long as its head is not whole. */
function frameBytes(bytes: Uint8Array): number | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  return HEAD_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint16(5);
}

/** SDT frames in reports of 64 bytes: each begins a report of its own, the last one is filled up with zeros. */
export function framesInReports(): Packing {
  let held = new Uint8Array();
  return {
    // A request is shorter than a report.
    unpack: (report) => report.subarray(0, frameBytes(report) ?? 0),
    pack: (bytes) => {
      held = Uint8Array.from([...held, ...bytes]);
      const reports: Uint8Array[] = [];
      for (let size = frameBytes(held); size !== undefined; size = frameBytes(held)) {
        if (held.length < size) break;
        for (let at = 0; at < size; at += REPORT_BYTES) {
          const report = new Uint8Array(REPORT_BYTES);
          report.set(held.subarray(at, Math.min(at + REPORT_BYTES, size)));
          reports.push(report);
        }
        held = held.slice(size);
      }
      return reports;
    },
  };
}
