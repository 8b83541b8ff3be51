import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { openInTime } from './open-in-time.ts';
import type { ByteLine, Transport } from './transport.ts';
import { claimUsb, type ClaimedInterface, type UsbAddress } from './usb-claim.ts';
import { usbIdText } from './usb-id.ts';
import { bulkPipes, UsbLine, type UsbPipes } from './usb-line.ts';

/** How the interface is used, where it is not the first bulk endpoint in and the first one out. */
export type UsbFraming = (claimed: ClaimedInterface, turnMs: number) => UsbPipes | undefined;

/**
 * Lines over the bulk endpoints of a USB device: the first way in and the first way out of the first
 * interface that has both.
 * Faults of `connect`: `device.missingLibrary` (the native library does not load), `device.offline` (no such
 * device, or it cannot be opened), `device.misconfigured` (several fit, no right to open it, no such
 * interface), `device.busy` (another program holds it), `device.timeout`, `device.cancelled`.
 */
export function usbTransport(address: UsbAddress, framing: UsbFraming = bulkPipes): Transport {
  return {
    address: describeUsb(address),
    connect: (options) => openInTime(() => openUsb(address, framing), options),
  };
}

function describeUsb({ vendorId, productId, serialNumber, port }: UsbAddress): string {
  const which = serialNumber === undefined ? '' : `#${serialNumber}`;
  const where = port === undefined ? '' : `@${port}`;
  return `usb:${usbIdText({ vendorId, productId })}${which}${where}`;
}

async function openUsb(address: UsbAddress, framing: UsbFraming): Promise<Result<ByteLine, Fault>> {
  const claimed = await claimUsb(address);
  if (!claimed.ok) return claimed;
  const turnMs = address.readTurnMs ?? 250;
  const pipes = framing(claimed.value, turnMs);
  if (pipes === undefined) {
    await claimed.value.release();
    return err(fault('device.misconfigured', { detail: 'no bulk endpoint out' }));
  }
  return ok(new UsbLine(claimed.value, pipes, address.writeTimeoutMs ?? 5_000));
}
