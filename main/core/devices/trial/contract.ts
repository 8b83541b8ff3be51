import type { Fault } from '../../../../domain/device/fault.ts';
import type { Clock } from '../../ports.ts';
import type { Devices } from '../contract.ts';

/** What a trial works on. */
export interface TrialParts {
  readonly clock: Clock;
  readonly devices: Devices;
  /** For what is printed; empty while it has none. */
  readonly terminalId: () => string;
  /** How long somebody is waited for who lays down a card or does what else the device waits for. */
  readonly seconds: number;
}

/** What a trial says while it runs. */
export type TrialStep =
  /** A card is waited for. */
  | { readonly type: 'layCard'; readonly seconds: number }
  /** A social security card is waited for. */
  | { readonly type: 'insertCard'; readonly seconds: number }
  | { readonly type: 'reading' }
  | { readonly type: 'printing' }
  | { readonly type: 'scanning'; readonly source: string }
  /** A code is waited for. */
  | { readonly type: 'showCode'; readonly seconds: number }
  /** One guide light shines now. */
  | { readonly type: 'shining'; readonly place: string };

/** How a trial ended. */
export interface TrialEnd {
  /** `ask`: the device is done, a person must say whether it came out. */
  readonly result: 'passed' | 'failed' | 'ask';
  readonly fault?: Fault;
  /** Nobody laid down a card: nothing is said of the reader. */
  readonly noCard?: true;
  /** Of a card: its kind and a masked name, nothing else leaves the core. */
  readonly card?: { readonly kind: string; readonly maskedName: string; readonly doubts: number };
  /** Of a code: how long it is, not what it says. */
  readonly code?: { readonly characters: number };
  /** Of a page: its size. The page itself is thrown away. */
  readonly page?: { readonly bytes: number; readonly width?: number; readonly height?: number };
}

/** A harmless trial of the device of one class: it shows that the device works, and keeps nothing. */
export type Trial = (
  parts: TrialParts,
  signal: AbortSignal,
  tell: (step: TrialStep) => void,
) => Promise<TrialEnd>;

/** A trial that failed, and why. */
export function failed(why: Fault): TrialEnd {
  return { result: 'failed', fault: why };
}
