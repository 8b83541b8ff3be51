import type { Candidate, FoundTransport, UsbDeviceName } from './contract.ts';
import { candidateKey } from './candidate-key.ts';

/** Whether a place of the configuration is where a candidate is: then it is held, and left alone. */
export function isSamePlace(held: Candidate | FoundTransport, candidate: Candidate): boolean {
  if (candidateKey(held) === candidateKey(candidate)) return true;
  if (held.type === 'pcsc' && candidate.type === 'pcsc') {
    // the configuration holds how the name begins
    return candidate.reader.startsWith(held.reader);
  }
  const one = usbNameOf(held);
  const other = usbNameOf(candidate);
  if (one === undefined || other === undefined || !mayBeOf(one, other)) return false;
  const differs = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && a !== b;
  if (differs(one.serialNumber, other.serialNumber)) return false;
  // with a serial number it may be in any socket
  return one.serialNumber !== undefined || !differs(one.port, other.port);
}

function mayBeOf(held: Held, other: UsbDeviceName): boolean {
  const ids = ({ vendorId, productId }: UsbDeviceName): string =>
    `${vendorId}:${productId}`.toLowerCase();
  const all = [ids(held), ...(held.alsoIds ?? []).map((one) => one.toLowerCase())];
  return all.includes(ids(other));
}

type Held = UsbDeviceName & { readonly alsoIds?: readonly string[] };

function usbNameOf(candidate: Candidate | FoundTransport): Held | undefined {
  if (candidate.type === 'usb' || candidate.type === 'hid') return candidate;
  return candidate.type === 'serial' ? candidate.usb : undefined;
}
