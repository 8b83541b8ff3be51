import { KEY_NAMES, LIGHT_MODES, LIGHT_PLACES, SENSOR_VALUES } from './contract.ts';
import type {
  KeyName,
  LightMode,
  LightPlace,
  PartsCapabilities,
  SensorEvent,
  SensorName,
  SensorValue,
  SensorValues,
} from './contract.ts';

/** The version of the protocol that this driver speaks. */
export const PROTOCOL_VERSION = 1;

/** Every sensor, in the order of the protocol. */
export const SENSORS = Object.keys(SENSOR_VALUES) as readonly SensorName[];

/** What a board says it holds, in answer to GET. What it does not mention is unknown. */
export interface BoardState {
  readonly sensors: SensorValues;
  /** Keys, and the call button, that are down now. */
  readonly held: readonly (KeyName | 'call')[];
  readonly lights: { readonly [Place in LightPlace]: LightMode | 'unknown' };
}

/** What a board tells by itself. */
export type BoardEvent =
  | SensorEvent
  | { readonly type: 'input'; readonly input: KeyName | 'call'; readonly down: boolean };

/** A line from the board. `number` is that of the command it answers, or the event's own. */
export type BoardMessage =
  | { readonly type: 'boot' }
  | {
      readonly type: 'iam';
      readonly number: number;
      readonly version: number;
      readonly token: string;
      readonly capabilities: PartsCapabilities;
    }
  | { readonly type: 'state'; readonly number: number; readonly state: BoardState }
  /** `event` is absent when it is of a part this driver does not know; it is acknowledged all the same. */
  | { readonly type: 'event'; readonly number: number; readonly event?: BoardEvent }
  | { readonly type: 'ack'; readonly number: number }
  | { readonly type: 'nak'; readonly number: number; readonly reason: string };

/** Two upper-case hexadecimal digits; 01 to FF of what wants an answer, 00 of BOOT. */
export function numberText(number: number): string {
  return number.toString(16).toUpperCase().padStart(2, '0');
}

/** The number after this one: FF is followed by 01. */
export function nextNumber(number: number): number {
  return number >= 0xff ? 1 : number + 1;
}

/** Says what the body of a line from the board means; undefined when it means nothing known. */
export function parseBoardMessage(body: string): BoardMessage | undefined {
  const [first = '', type, ...words] = body.split(' ');
  if (!/^[0-9A-F]{2}$/.test(first)) return undefined;
  const number = parseInt(first, 16);
  if (type === 'BOOT') return number === 0 ? { type: 'boot' } : undefined;
  if (number === 0) return undefined;
  switch (type) {
    case 'IAM':
      return parseIam(number, words);
    case 'STATE':
      return { type: 'state', number, state: parseState(words) };
    case 'EV':
      return parseEvent(number, words);
    case 'ACK':
      return words.length === 0 ? { type: 'ack', number } : undefined;
    case 'NAK':
      return /^[A-Z]{1,12}$/.test(words[0] ?? '')
        ? { type: 'nak', number, reason: words[0] ?? '' }
        : undefined;
    default:
      return undefined;
  }
}

function oneOf<T extends string>(values: readonly T[], word: string | undefined): T | undefined {
  return values.find((value) => value === word);
}

function known<T extends string>(values: readonly T[], words: readonly string[]): T[] {
  return values.filter((value) => words.includes(value));
}

/** `name=value` words, and words without `=` as names of an empty value; the first of a name counts. */
function fields(words: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const word of words) {
    const [name = '', value = ''] = word.split('=', 2);
    if (!found.has(name)) found.set(name, value);
  }
  return found;
}

function list(value: string | undefined): readonly string[] {
  return (value ?? '').split(',');
}

function parseIam(number: number, words: readonly string[]): BoardMessage | undefined {
  const [version = '', token = '', model = '', firmware = '', ...parts] = words;
  if (!/^\d{1,3}$/.test(version) || !/^[0-9A-F]{4}$/.test(token)) return undefined;
  if (!/^[\w.-]{1,16}$/.test(model) || !/^[\w.-]{1,16}$/.test(firmware)) return undefined;
  const fitted = fields(parts);
  const capabilities: PartsCapabilities = {
    sensors: known(SENSORS, [...fitted.keys()]),
    keys: known(KEY_NAMES, list(fitted.get('keys'))),
    lights: known(LIGHT_PLACES, list(fitted.get('lights'))),
    callButton: fitted.has('call'),
    board: { model, firmware },
  };
  return { type: 'iam', number, version: Number(version), token, capabilities };
}

function parseState(words: readonly string[]): BoardState {
  const said = fields(words);
  const sensor = <S extends SensorName>(name: S): SensorValue<S> =>
    sensorValue(name, said.get(name));
  const shining = fields(list(said.get('lights')).map((word) => word.replace(':', '=')));
  const light = (place: LightPlace): LightMode | 'unknown' =>
    oneOf(LIGHT_MODES, shining.get(place)) ?? 'unknown';
  return {
    sensors: {
      headphones: sensor('headphones'),
      presence: sensor('presence'),
      door: sensor('door'),
      mains: sensor('mains'),
      battery: sensor('battery'),
    },
    held: [
      ...known(KEY_NAMES, list(said.get('keys'))),
      ...(said.get('call') === 'down' ? (['call'] as const) : []),
    ],
    lights: {
      cardReader: light('cardReader'),
      receiptPrinter: light('receiptPrinter'),
      scanner: light('scanner'),
      keypad: light('keypad'),
    },
  };
}

function sensorValue<S extends SensorName>(name: S, word: string | undefined): SensorValue<S> {
  const values: readonly (typeof SENSOR_VALUES)[S][number][] = SENSOR_VALUES[name];
  return oneOf(values, word) ?? 'unknown';
}

function parseEvent(number: number, words: readonly string[]): BoardMessage {
  const event = boardEvent(words);
  return { type: 'event', number, ...(event === undefined ? {} : { event }) };
}

function boardEvent([part, ...words]: readonly string[]): BoardEvent | undefined {
  switch (part) {
    case 'headphones':
      return { type: part, value: sensorValue(part, words[0]) };
    case 'presence':
      return { type: part, value: sensorValue(part, words[0]) };
    case 'door':
      return { type: part, value: sensorValue(part, words[0]) };
    case 'mains':
      return { type: part, value: sensorValue(part, words[0]) };
    case 'battery':
      return { type: part, value: sensorValue(part, words[0]) };
    case 'key':
      return inputEvent(oneOf(KEY_NAMES, words[0]), words[1]);
    case 'call':
      return inputEvent('call', words[0]);
    default:
      return undefined;
  }
}

function inputEvent(
  input: KeyName | 'call' | undefined,
  word: string | undefined,
): BoardEvent | undefined {
  if (input === undefined || (word !== 'down' && word !== 'up')) return undefined;
  return { type: 'input', input, down: word === 'down' };
}
