import type { DrivenClass } from '../../domain/device/status.ts';
import { codeScanner } from './classes/code-scanner.ts';
import { documentPrinter } from './classes/document-printer.ts';
import { documentScanner } from './classes/document-scanner.ts';
import { idCard } from './classes/id-card.ts';
import { receiptPrinter } from './classes/receipt-printer.ts';
import { terminalParts } from './classes/terminal-parts.ts';
import { securityCard } from './classes/security-card.ts';
import type { HostedClass } from './hosted-class.ts';

/** Every class of device that the host can hold: one file and one line each. */
export const HOSTED_CLASSES: { readonly [C in DrivenClass]: HostedClass<C> } = {
  idCard,
  receiptPrinter,
  documentScanner,
  codeScanner,
  documentPrinter,
  terminalParts,
  securityCard,
};
