import type { DrivenClass } from '../../../domain/device/status.ts';
import { RemoteCodeScanner } from './classes/code-scanner.ts';
import { RemoteDocumentPrinter } from './classes/document-printer.ts';
import { RemoteScanner } from './classes/document-scanner.ts';
import { RemoteIdCard } from './classes/id-card.ts';
import { RemotePrinter } from './classes/receipt-printer.ts';
import { RemoteTerminalParts } from './classes/terminal-parts.ts';
import { RemoteSecurityCard } from './classes/security-card.ts';
import type { CoreDevices } from './contract.ts';
import type { HostLink, RemoteDevice } from './remote-device.ts';

/** The devices as the core works with them, and as the host's messages reach them. */
export type RemoteDevices = { readonly [C in DrivenClass]: RemoteDevice<C> & CoreDevices[C] };

/** Every class of device that the core can work with: one file and one line each. */
export function remoteDevices(link: HostLink): RemoteDevices {
  return {
    idCard: new RemoteIdCard(link),
    receiptPrinter: new RemotePrinter(link),
    documentScanner: new RemoteScanner(link),
    codeScanner: new RemoteCodeScanner(link),
    documentPrinter: new RemoteDocumentPrinter(link),
    terminalParts: new RemoteTerminalParts(link),
    securityCard: new RemoteSecurityCard(link),
  };
}
