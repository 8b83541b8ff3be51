import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import type { CommandOptions, Device, Unsubscribe } from '../device.ts';

/** Keys a tactile keypad may have. A keypad has some of them; digits, `star` and `hash` are rarely there. */
export const KEY_NAMES = [
  ...(['up', 'down', 'left', 'right', 'select', 'back', 'help', 'repeat'] as const),
  ...(['louder', 'quieter'] as const),
  ...(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'star', 'hash'] as const),
] as const;

/** A key of the tactile keypad. What was typed can be personal: never written to a log. */
export type KeyName = (typeof KEY_NAMES)[number];

/** Places a guide light may be at. */
export const LIGHT_PLACES = ['cardReader', 'receiptPrinter', 'scanner', 'keypad'] as const;

/** The place of a guide light. */
export type LightPlace = (typeof LIGHT_PLACES)[number];

/** What a guide light can do; `blink` is once a second. */
export const LIGHT_MODES = ['off', 'steady', 'blink'] as const;

/** How a guide light shines. A lamp that can only be on or off shines steadily where it should blink. */
export type LightMode = (typeof LIGHT_MODES)[number];

/** Sensors a board may have, and what each can say. */
export const SENSOR_VALUES = {
  headphones: ['in', 'out'],
  presence: ['near', 'away'],
  door: ['open', 'closed'],
  mains: ['on', 'lost'],
  battery: ['ok', 'low'],
} as const;

/** A sensor of the board. */
export type SensorName = keyof typeof SENSOR_VALUES;

/** What one sensor says; `unknown` while the board is away, or when it does not know itself. */
export type SensorValue<S extends SensorName> = (typeof SENSOR_VALUES)[S][number] | 'unknown';

/** What every sensor says. A sensor that is not there is `unknown`; `capabilities` tells which are. */
export type SensorValues = { readonly [S in SensorName]: SensorValue<S> };

/** What the parts are like at one moment, as far as it is known. */
export interface PartsState extends SensorValues {
  /** By the word of the device; of one that never gives its word they stay `unknown`, also while they shine. */
  readonly lights: { readonly [Place in LightPlace]: LightMode | 'unknown' };
  /** Keys, or the call button, that have been down for too long. */
  readonly stuck: readonly (KeyName | 'call')[];
}

/**
 * What is wired to the board: by its own word, so empty until it has answered, and kept while it is away. Of a
 * board that gives no word it is what the configuration says.
 */
export interface PartsCapabilities {
  readonly sensors: readonly SensorName[];
  readonly keys: readonly KeyName[];
  readonly lights: readonly LightPlace[];
  readonly callButton: boolean;
  /** Of the board that answered last, in its own words. */
  readonly board?: { readonly model: string; readonly firmware: string };
}

/** One sensor says something else than before. Short changes are not told. */
export type SensorEvent = {
  readonly [S in SensorName]: { readonly type: S; readonly value: SensorValue<S> };
}[SensorName];

/** What the parts tell, in the order in which it happens. */
export type PartsEvent =
  | SensorEvent
  /** A key went down. Told once, however long it is held. */
  | { readonly type: 'key'; readonly key: KeyName }
  /** The call button went down. */
  | { readonly type: 'call' }
  /** A key or the call button has been down for too long, told once; `loose` when it came up after all. */
  | { readonly type: 'stuck'; readonly input: KeyName | 'call' }
  | { readonly type: 'loose'; readonly input: KeyName | 'call' }
  /** A guide light shines otherwise than before. */
  | { readonly type: 'light'; readonly place: LightPlace; readonly value: LightMode | 'unknown' }
  /**
   * The board was asked anew, at first contact and whenever it or its line came back: this is what it
   * holds. All its lights were put out then (as far as it can be known): who wants light sets it now.
   */
  | { readonly type: 'snapshot'; readonly state: PartsState };

/**
 * The parts around the screen, on one small board. Protocols: docs/terminal-parts.md. A board that can never
 * answer is `unknown` without a fault while its line is up, and takes commands then; one that should answer and
 * does not is `unknown` with `device.timeout`, and takes none.
 */
export interface TerminalParts extends Device {
  /** Up to date at every change of status and at every event. */
  readonly capabilities: PartsCapabilities;
  /** Up to date at every event. */
  readonly state: PartsState;
  onEvent(listener: (event: PartsEvent) => void): Unsubscribe;
  /**
   * Sets one guide light and waits for the board's word; of a board that gives none, ok says only that the
   * command is on its way. Never rejects, never repeats itself later. Faults: `device.unsupported` (no such light), `device.offline` (the board is away, or went),
   * `device.timeout`, `device.cancelled`, `device.protocol` (the board refused; `vendorCode` is its word).
   */
  setLight(
    place: LightPlace,
    mode: LightMode,
    options: CommandOptions,
  ): Promise<Result<void, Fault>>;
}
