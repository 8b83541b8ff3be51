import type { Fault } from '../../domain/device/fault.ts';
import { ok, type Result } from '../../domain/result.ts';
import { hidTransport, type HidAddress } from '../transport/hid.ts';
import type { ByteLine, Transport } from '../transport/transport.ts';

/** Usage page of a board on HID: its maker's own, for the protocol is. */
export const PARTS_USAGE_PAGE = 0xff00;

/** Bytes of one report: a count, and room for so many bytes less one. */
const REPORT_BYTES = 64;
const ROOM = REPORT_BYTES - 1;

/**
 * The stream of bytes of docs/terminal-parts.md in HID reports of 64 bytes without a report id: byte 0 counts
 * the bytes that follow (0 to 63), what is behind them means nothing. Faults of `connect`: those of
 * {@link hidTransport}.
 */
export function partsHidTransport(address: HidAddress): Transport {
  const reports = hidTransport({ usagePage: PARTS_USAGE_PAGE, ...address });
  return {
    address: reports.address,
    connect: async (options) => {
      const opened = await reports.connect(options);
      return opened.ok ? ok(new CountedReports(opened.value)) : opened;
    },
  };
}

/** The bytes in a report; none of one whose count is more than it holds. */
export function bytesOfReport(report: Uint8Array): Uint8Array {
  const count = report[0] ?? 0;
  return count < report.length ? report.subarray(1, 1 + count) : new Uint8Array(0);
}

class CountedReports implements ByteLine {
  readonly #reports: ByteLine;

  constructor(reports: ByteLine) {
    this.#reports = reports;
  }

  onData(listener: (bytes: Uint8Array) => void): ReturnType<ByteLine['onData']> {
    return this.#reports.onData((report) => {
      const bytes = bytesOfReport(report);
      if (bytes.length > 0) listener(bytes);
    });
  }

  onClose(listener: (reason: string) => void): ReturnType<ByteLine['onClose']> {
    return this.#reports.onClose(listener);
  }

  async write(bytes: Uint8Array): Promise<Result<void, Fault>> {
    for (let at = 0; at < bytes.length; at += ROOM) {
      const part = bytes.subarray(at, at + ROOM);
      // the library wants a report id first; 0: there is none on the wire
      const report = new Uint8Array(1 + REPORT_BYTES);
      report[1] = part.length;
      report.set(part, 2);
      const written = await this.#reports.write(report);
      if (!written.ok) return written;
    }
    return ok(undefined);
  }

  close(): Promise<void> {
    return this.#reports.close();
  }
}
