import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceClass, DeviceStatus } from '../../domain/device/status.ts';
import type { ReceiptDocument } from '../../domain/receipt/document.ts';
import type { ScanRequest, ScanSource } from '../../drivers/document-scanner/contract.ts';
import type { IdCardEvent } from '../../drivers/id-card/contract.ts';
import type { PrintOutcome } from '../../drivers/receipt-printer/contract.ts';
import type { DevicesConfig } from '../../kiosk-config/index.ts';

/**
 * What core and device host say to each other over the IPC channel of the child process
 * (`serialization: 'advanced'`: bytes stay bytes). The host is stateless towards a session: whatever it
 * held is gone when it dies, and the core says so truthfully.
 */
export type ToHost =
  /** First message, once: the devices that are meant to be there. */
  | { readonly type: 'configure'; readonly devices: DevicesConfig['devices'] }
  | {
      readonly type: 'print';
      readonly id: number;
      readonly document: ReceiptDocument;
      readonly deadlineMs: number;
    }
  | {
      readonly type: 'scan';
      readonly id: number;
      readonly request: ScanRequest;
      readonly deadlineMs: number;
    }
  | { readonly type: 'cancel'; readonly id: number }
  /** Asked every few seconds; a host that does not answer hangs and is killed. */
  | { readonly type: 'ping' }
  /** Closes every driver and ends. */
  | { readonly type: 'close' };

/** What the host tells. */
export type FromHost =
  | { readonly type: 'status'; readonly device: DeviceClass; readonly status: DeviceStatus }
  /** What the scanner can do, told before its first status `online` and whenever it changes. */
  | { readonly type: 'sources'; readonly sources: readonly ScanSource[] }
  | { readonly type: 'card'; readonly event: IdCardEvent }
  | { readonly type: 'page'; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: 'printed'; readonly id: number; readonly outcome: PrintOutcome }
  | {
      readonly type: 'scanned';
      readonly id: number;
      readonly pages: number;
      readonly fault?: Fault;
    }
  | { readonly type: 'pong' };

/** Says whether a message has the shape of one of the host's; anything else is dropped. */
export function isFromHost(message: unknown): message is FromHost {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    typeof message.type === 'string'
  );
}
