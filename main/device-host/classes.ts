import type { DrivenClass } from '../../domain/device/status.ts';
import { documentScanner } from './classes/document-scanner.ts';
import { idCard } from './classes/id-card.ts';
import { receiptPrinter } from './classes/receipt-printer.ts';
import { securityCard } from './classes/security-card.ts';
import type { HostedClass } from './hosted-class.ts';

/** Every class of device that the host can hold: one file and one line each. */
export const HOSTED_CLASSES: { readonly [C in DrivenClass]: HostedClass<C> } = {
  idCard,
  receiptPrinter,
  documentScanner,
  securityCard,
};
