import type { FaultCode } from './fault-catalogue.ts';

/** Who or what brought a fault about. */
export type FaultCause = 'hardware' | 'software' | 'user' | 'supply' | 'configuration';

/** What a person can do about it: press reset, clear something away, refill, call maintenance, call for help. */
export type FaultRemedy = 'reset' | 'clear' | 'replenish' | 'maintenance' | 'call';

/** A named thing that went wrong at a device. Carries no personal data. */
export interface Fault {
  readonly code: FaultCode;
  readonly cause: FaultCause;
  readonly remedy: FaultRemedy;
  /** The device's own code, as it came over the wire, for the technician. */
  readonly vendorCode?: string;
  /** Technical detail for logs and the technician, never for the citizen, never personal data. */
  readonly detail?: string;
}
