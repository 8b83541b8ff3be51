import type { Fault } from '../../domain/device/fault.ts';
import { ok, type Result } from '../../domain/result.ts';
import type { ByteLine, Transport } from './transport.ts';
import { hidTransport, type HidAddress } from './hid.ts';

/** How bytes lie in reports. */
export interface HidBytesAddress extends HidAddress {
  /** Bytes of one report out, filled up with zeros; default 64. */
  readonly reportBytes?: number;
}

/**
 * Bytes over reports without a report id: what is written is cut into reports and the last is filled up with
 * zeros; what comes is given as it is, whatever the last report was filled up with: the protocol above must
 * know where its answer ends. Faults of `connect`: those of {@link hidTransport}.
 */
export function hidBytesTransport(address: HidBytesAddress): Transport {
  const reports = hidTransport(address);
  const size = address.reportBytes ?? 64;
  return {
    address: reports.address,
    connect: async (options) => {
      const opened = await reports.connect(options);
      return opened.ok ? ok(new BytesOverReports(opened.value, size)) : opened;
    },
  };
}

class BytesOverReports implements ByteLine {
  readonly #reports: ByteLine;
  readonly #size: number;

  constructor(reports: ByteLine, size: number) {
    this.#reports = reports;
    this.#size = size;
  }

  onData(listener: (bytes: Uint8Array) => void): ReturnType<ByteLine['onData']> {
    return this.#reports.onData(listener);
  }

  onClose(listener: (reason: string) => void): ReturnType<ByteLine['onClose']> {
    return this.#reports.onClose(listener);
  }

  async write(bytes: Uint8Array): Promise<Result<void, Fault>> {
    for (let at = 0; at < bytes.length; at += this.#size) {
      // the library wants a report id first; 0: there is none on the wire
      const report = new Uint8Array(1 + this.#size);
      report.set(bytes.subarray(at, at + this.#size), 1);
      const written = await this.#reports.write(report);
      if (!written.ok) return written;
    }
    return ok(undefined);
  }

  close(): Promise<void> {
    return this.#reports.close();
  }
}
