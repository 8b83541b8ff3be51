import type { Candidate, FoundTransport, UsbDeviceName } from './contract.ts';

/** A text that is the same for candidates that mean the same place. */
export function candidateKey(candidate: Candidate | FoundTransport): string {
  switch (candidate.type) {
    case 'serial':
      return `serial:${candidate.path}`;
    case 'tcp':
      return `tcp:${candidate.host.toLowerCase()}:${String(candidate.port)}`;
    case 'url':
      return `url:${candidate.url.replace(/\/+$/, '')}`;
    case 'usb':
    case 'hid':
      return `${candidate.type}:${nameKey(candidate)}`;
    case 'usbPrinter':
      return `usbPrinter:${candidate.path}`;
    case 'pcsc':
      return `pcsc:${candidate.reader}`;
  }
}

function nameKey({ vendorId, productId, serialNumber = '', port = '' }: UsbDeviceName): string {
  return `${vendorId}:${productId}#${serialNumber}@${port}`.toLowerCase();
}
