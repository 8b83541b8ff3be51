import type { DriverClock, Unsubscribe } from '../../device.ts';
import { LIGHT_MODES } from '../contract.ts';
import type {
  KeyName,
  LightMode,
  LightPlace,
  PartsCapabilities,
  SensorValues,
} from '../contract.ts';
import { PartsLineParser, encodeLine } from '../parts-line.ts';
import { nextNumber, numberText } from '../parts-messages.ts';

/** Times of a board, in ms; those of docs/terminal-parts.md where none are given. */
export interface BoardTimes {
  readonly resendMs: number;
  /** A terminal that says nothing for so long is away. */
  readonly silenceMs: number;
  readonly bootEveryMs: number;
  /** A key event that was not acknowledged for so long is thrown away. */
  readonly keyStaleMs: number;
}

const TIMES: BoardTimes = {
  resendMs: 300,
  silenceMs: 5_000,
  bootEveryMs: 2_000,
  keyStaleMs: 2_000,
};

/** What a board has when nothing else is said: everything but digits. */
export const EVERY_PART: PartsCapabilities = {
  sensors: ['headphones', 'presence', 'door', 'mains', 'battery'],
  keys: ['up', 'down', 'left', 'right', 'select', 'back', 'help', 'repeat', 'louder', 'quieter'],
  lights: ['cardReader', 'receiptPrinter', 'scanner', 'keypad'],
  callButton: true,
  board: { model: 'bm-simulated', firmware: '1.0.0' },
};

/** Room for events that wait. */
const QUEUE = 8;

interface Waiting {
  readonly number: number;
  readonly text: string;
  readonly key: boolean;
  readonly born: number;
}

/** How a simulated board is made. */
export interface SimulatedBoardOptions {
  readonly clock: DriverClock;
  /** Takes what the board sends, in order. */
  readonly send: (bytes: Uint8Array) => void;
  readonly parts?: PartsCapabilities;
  readonly times?: Partial<BoardTimes>;
  /** The version it answers with; default 1. */
  readonly version?: number;
}

/** The board of docs/terminal-parts.md without its line: bytes in, bytes out. */
export class SimulatedBoard {
  readonly #clock: DriverClock;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #parts: PartsCapabilities;
  readonly #times: BoardTimes;
  readonly #version: number;
  readonly #parser = new PartsLineParser('>');
  readonly #held = new Set<KeyName | 'call'>();
  readonly #timers = new Set<Unsubscribe>();
  #sensors: SensorValues = {
    headphones: 'out',
    presence: 'away',
    door: 'closed',
    mains: 'on',
    battery: 'ok',
  };
  #lights = new Map<LightPlace, LightMode>();
  #queue: Waiting[] = [];
  #lastNumber = 0;
  #greeted = false;
  #powered = true;
  #refusing = 0;
  #spoiling = 0;
  #cancelResend: Unsubscribe = () => undefined;
  #cancelSilence: Unsubscribe = () => undefined;
  #cancelBoot: Unsubscribe = () => undefined;

  constructor(options: SimulatedBoardOptions) {
    this.#clock = options.clock;
    this.#send = options.send;
    this.#parts = options.parts ?? EVERY_PART;
    this.#times = { ...TIMES, ...options.times };
    this.#version = options.version ?? 1;
    this.#boot();
  }

  /** For the control plane. */
  get state() {
    return {
      greeted: this.#greeted,
      ...this.#sensors,
      held: [...this.#held],
      lights: Object.fromEntries(
        this.#parts.lights.map((place) => [place, this.#lights.get(place) ?? 'off']),
      ),
      waitingEvents: this.#queue.length,
    };
  }

  /** Stops every timer; the board says nothing by itself any more. */
  stop(): void {
    for (const cancel of [...this.#timers]) cancel();
    this.#powered = false;
    this.#forget();
  }

  /** Bytes from the terminal. */
  receive(bytes: Uint8Array): void {
    if (!this.#powered) return;
    for (const body of this.#parser.push(bytes)) this.#take(body);
  }

  /** Sensors change; only what changed is told. */
  sense(values: Partial<SensorValues>): void {
    const before = this.#sensors;
    this.#sensors = { ...before, ...values };
    for (const name of this.#parts.sensors) {
      const value = this.#sensors[name];
      if (value !== before[name]) this.#event(`${name} ${value}`, false);
    }
  }

  /** A key or the call button goes down or comes up. */
  press(input: KeyName | 'call', down: boolean): void {
    if (this.#held.has(input) === down) return;
    if (down) this.#held.add(input);
    else this.#held.delete(input);
    const word = down ? 'down' : 'up';
    if (input === 'call') this.#event(`call ${word}`, false);
    else this.#event(`key ${input} ${word}`, true);
  }

  /** The board has no power for so long, then starts. Contacts stay as they are. */
  restart(forMs: number): void {
    this.#powered = false;
    this.#forget();
    this.#after(forMs, () => {
      this.#powered = true;
      this.#boot();
    });
  }

  /** So many LIGHT commands are answered with NAK ARG. */
  refuse(times: number): void {
    this.#refusing = times;
  }

  /** So many lines have a wrong CRC. */
  spoil(times: number): void {
    this.#spoiling = times;
  }

  /** A line with this body. */
  say(body: string): void {
    if (!this.#powered) return;
    const line = encodeLine('<', body);
    if (this.#spoiling > 0) {
      this.#spoiling -= 1;
      // The last digit of the CRC, before CR LF.
      line[line.length - 3] = line[line.length - 3] === 0x30 ? 0x31 : 0x30;
    }
    this.#send(line);
  }

  #boot(): void {
    this.say('00 BOOT');
    this.#cancelBoot();
    this.#cancelBoot = this.#after(this.#times.bootEveryMs, () => {
      if (!this.#greeted && this.#powered) this.#boot();
    });
  }

  #forget(): void {
    this.#greeted = false;
    this.#queue = [];
    this.#lastNumber = 0;
    this.#lights.clear();
    this.#cancelResend();
    this.#cancelSilence();
  }

  #take(body: string): void {
    const [first = '', type = '', ...words] = body.split(' ');
    const number = parseInt(first, 16);
    if (!/^[0-9A-F]{2}$/.test(first) || number === 0) return;
    const answer = (text: string): void => {
      this.say(`${first} ${text}`);
    };
    if (this.#greeted) this.#heard();
    switch (type) {
      case 'WHO':
        this.#forget();
        this.#greeted = true;
        this.#heard();
        answer(`IAM ${this.#version} ${words[1] ?? ''} ${this.#iam()}`);
        break;
      case 'ACK':
        this.#acknowledged(number);
        break;
      case 'GET':
        answer(this.#greeted ? `STATE ${this.#stateText()}` : 'NAK WHO');
        break;
      case 'LIGHT':
        answer(this.#greeted ? this.#setLight(words) : 'NAK WHO');
        break;
      default:
        answer(this.#greeted ? 'NAK ARG' : 'NAK WHO');
    }
  }

  /** Something good came: the terminal is there. */
  #heard(): void {
    this.#cancelSilence();
    this.#cancelSilence = this.#after(this.#times.silenceMs, () => {
      this.#forget();
      this.#boot();
    });
  }

  #iam(): string {
    const { sensors, keys, lights, callButton, board } = this.#parts;
    return [
      board?.model ?? 'bm-simulated',
      board?.firmware ?? '0',
      ...(keys.length > 0 ? [`keys=${keys.join(',')}`] : []),
      ...sensors,
      ...(callButton ? ['call'] : []),
      ...(lights.length > 0 ? [`lights=${lights.join(',')}`] : []),
    ].join(' ');
  }

  #stateText(): string {
    const { sensors, keys, lights, callButton } = this.#parts;
    const held = keys.filter((key) => this.#held.has(key)).slice(0, 4);
    const shining = lights.map((place) => `${place}:${this.#lights.get(place) ?? 'off'}`);
    return [
      ...sensors.map((name) => `${name}=${this.#sensors[name]}`),
      ...(callButton ? [`call=${this.#held.has('call') ? 'down' : 'up'}`] : []),
      ...(keys.length > 0 ? [`keys=${held.length > 0 ? held.join(',') : 'none'}`] : []),
      ...(lights.length > 0 ? [`lights=${shining.join(',')}`] : []),
    ].join(' ');
  }

  #setLight([placeWord, modeWord]: readonly string[]): string {
    const place = this.#parts.lights.find((known) => known === placeWord);
    const mode = LIGHT_MODES.find((known) => known === modeWord);
    if (place === undefined) return 'NAK PART';
    if (mode === undefined) return 'NAK ARG';
    if (this.#refusing > 0) {
      this.#refusing -= 1;
      return 'NAK ARG';
    }
    this.#lights.set(place, mode);
    return 'ACK';
  }

  #event(text: string, key: boolean): void {
    if (!this.#greeted || this.#queue.length >= QUEUE) return;
    this.#lastNumber = nextNumber(this.#lastNumber);
    this.#queue.push({ number: this.#lastNumber, text, key, born: this.#clock.now() });
    if (this.#queue.length === 1) this.#sendFirst();
  }

  #sendFirst(): void {
    const first = this.#queue[0];
    if (first === undefined) return;
    if (first.key && this.#clock.now() - first.born >= this.#times.keyStaleMs) {
      this.#dropFirst();
      return;
    }
    this.#cancelResend();
    this.#cancelResend = this.#after(this.#times.resendMs, () => {
      this.#sendFirst();
    });
    this.say(`${numberText(first.number)} EV ${first.text}`);
  }

  #dropFirst(): void {
    this.#cancelResend();
    this.#queue.shift();
    this.#sendFirst();
  }

  #acknowledged(number: number): void {
    if (this.#queue[0]?.number === number) this.#dropFirst();
  }

  #after(ms: number, callback: () => void): Unsubscribe {
    const cancel = (): void => {
      this.#timers.delete(cancel);
      cancelTimer();
    };
    const cancelTimer = this.#clock.after(ms, () => {
      this.#timers.delete(cancel);
      callback();
    });
    this.#timers.add(cancel);
    return cancel;
  }
}
