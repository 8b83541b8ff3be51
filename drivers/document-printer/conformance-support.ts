// Test support: a document printer with eyes. Not part of the product.
import { afterEach, expect } from 'vitest';
import type { FaultCode } from '../../domain/device/fault-catalogue.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import type { DocumentPrinter, DocumentPrintRequest, PrintOutcome } from './contract.ts';
import type { DocumentPrinterCommand, IppSimulator } from './simulator/ipp-simulator.ts';

/** A printer that is not open yet, and the simulator at the other end of its line, already listening. */
export interface DocumentPrinterBench {
  readonly printer: DocumentPrinter;
  readonly simulator: Pick<IppSimulator, 'command' | 'state' | 'artifacts' | 'artifact' | 'close'>;
}

const PATIENCE_MS = 15_000;
/** Longer than any printing takes on a busy machine. */
const GENEROUS_MS = 60_000;

/** Waits until something holds; fails with `what` after a generous while. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: () => string,
): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Bytes that a printer takes for a PDF of so many pages, with a mark to know them by. */
export function pdf(mark: string, pages = 1, padding = 0): Uint8Array {
  const page = (i: number): string =>
    `${i + 3} 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n`;
  return Buffer.from(
    [
      `%PDF-1.4\n% ${mark}\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n`,
      `2 0 obj\n<< /Type /Pages /Count ${pages} >>\nendobj\n`,
      ...Array.from({ length: pages }, (_, i) => page(i)),
      `% ${'.'.repeat(padding)}\n%%EOF\n`,
    ].join(''),
    'latin1',
  );
}

/** An outcome in few words, `failed printer.jam`. */
export function ending(outcome: PrintOutcome): string {
  return outcome.outcome === 'printed'
    ? 'printed'
    : `${outcome.outcome} ${outcome.fault.code satisfies FaultCode}`;
}

/** A bench with eyes: what the printer said, what came out. */
export class WatchedPrinter {
  readonly statuses: DeviceStatus[] = [];
  readonly printer: DocumentPrinter;
  readonly simulator: DocumentPrinterBench['simulator'];

  constructor({ printer, simulator }: DocumentPrinterBench) {
    this.printer = printer;
    this.simulator = simulator;
    printer.onStatus((status) => this.statuses.push(status));
  }

  command(command: DocumentPrinterCommand): void {
    expect(this.simulator.command(command)).toEqual({ ok: true, value: undefined });
  }

  status(wanted: Partial<DeviceStatus>): Promise<void> {
    return until(
      () => {
        const { state, paper } = this.printer.status;
        return state === (wanted.state ?? state) && paper === (wanted.paper ?? paper);
      },
      () => `${JSON.stringify(wanted)}, it is ${JSON.stringify(this.printer.status)}`,
    );
  }

  async online(): Promise<void> {
    await this.printer.open();
    await this.status({ state: 'online' });
  }

  print(
    document: Uint8Array,
    more: Partial<DocumentPrintRequest> & { deadlineMs?: number; signal?: AbortSignal } = {},
  ): Promise<PrintOutcome> {
    const { deadlineMs = GENEROUS_MS, signal, ...request } = more;
    return this.printer.print(
      { bytes: document, mediaType: 'application/pdf', copies: 1, sides: 'one-sided', ...request },
      signal === undefined ? { deadlineMs } : { deadlineMs, signal },
    );
  }

  /** The documents that came out whole, in order. */
  async whole(): Promise<readonly Buffer[]> {
    const names = this.simulator.artifacts().filter((name) => !name.includes('partial'));
    const files = await Promise.all(names.map((name) => this.simulator.artifact(name)));
    return files.map((file) => Buffer.from(file?.bytes ?? []));
  }

  /** Waits until no job is left in the printer. */
  idle(): Promise<void> {
    return until(
      () => this.simulator.state()['activeJobs'] === 0,
      () => `an empty printer, it is ${JSON.stringify(this.simulator.state())}`,
    );
  }

  waiting(what: string, holds: () => boolean): Promise<void> {
    return until(holds, () => `${what}, it is ${JSON.stringify(this.simulator.state())}`);
  }
}

/** Makes a bench for each test and takes it down again. */
export function benches(make: () => Promise<DocumentPrinterBench>): {
  readonly bench: () => Promise<WatchedPrinter>;
  readonly online: () => Promise<WatchedPrinter>;
} {
  let own: WatchedPrinter | undefined;
  const bench = async (): Promise<WatchedPrinter> => {
    own = new WatchedPrinter(await make());
    return own;
  };
  const online = async (): Promise<WatchedPrinter> => {
    const watched = await bench();
    await watched.online();
    return watched;
  };
  afterEach(async () => {
    if (own === undefined) return;
    await own.printer.close();
    await own.simulator.close();
    const said = own.statuses.map((status) => JSON.stringify(status));
    const repeated = said.filter((status, i) => status === said[i - 1]);
    expect(repeated, 'the same status twice in a row').toEqual([]);
    own = undefined;
  });
  return { bench, online };
}
