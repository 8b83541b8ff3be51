import type { DeviceDeed } from '../../../domain/device/deed.ts';
import type { Fault } from '../../../domain/device/fault.ts';
import type { Unsubscribe } from '../../../drivers/device.ts';
import type { PrintOutcome as DocumentPrintOutcome } from '../../../drivers/document-printer/contract.ts';
import type { PrintOutcome } from '../../../drivers/receipt-printer/contract.ts';

/** Is told what a device did, and by which fault it failed if it did. */
export type DeedListener = (deed: DeviceDeed, fault?: Fault) => void;

/** Who wants to know what one device does. */
export class Deeds {
  readonly #listeners = new Set<DeedListener>();

  onDeed(listener: DeedListener): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  did(...deed: Parameters<DeedListener>): void {
    for (const listener of [...this.#listeners]) listener(...deed);
  }
}

/** What a print counts as. */
export function printDeed(ended: PrintOutcome | DocumentPrintOutcome): Parameters<DeedListener> {
  if (ended.outcome === 'printed') return ['printed'];
  return [ended.outcome === 'failed' ? 'printFailed' : 'printUnknown', ended.fault];
}
