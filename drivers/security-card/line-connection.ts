import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import type { DriverClock } from '../device.ts';
import {
  DEVICE_BACKOFF,
  keepConnected,
  type Backoff,
  type KeptConnection,
  type LineSession,
} from '../transport/reconnecting.ts';
import { sleep } from '../transport/system-clock.ts';
import type { ByteLine, Transport } from '../transport/transport.ts';
import type { CardConnection, CardLink, SlotState } from './connection.ts';
import { encodeLengthFrame, LengthFrames } from './length-frames.ts';

/**
 * What goes over the line to a simulated reader: frames with a type in front. The host asks, the reader
 * answers each question with the same type.
 *
 * | type        | from the host        | from the reader                                        |
 * | ----------- | -------------------- | ------------------------------------------------------ |
 * | `S` slot    |                      | 0 empty, 1 card; then a byte that counts insertions    |
 * | `P` power   | 1 on, 0 off          | 1 the card answers, 0 it does not                      |
 * | `A` command | a command            | the card's answer; nothing: the card is gone           |
 */
export const LINE = { slot: 0x53, power: 0x50, apdu: 0x41 } as const;

/** What the connection needs. */
export interface CardLineOptions {
  readonly transport: Transport;
  readonly clock: DriverClock;
  readonly backoff?: Backoff;
  readonly random?: () => number;
  /** Between two questions after the slot; default 250 ms. */
  readonly pollMs?: number;
  /** For the answer to such a question; default 1000 ms. */
  readonly answerMs?: number;
}

/** Unanswered questions after which the line is opened anew. */
const SILENCES = 3;

/**
 * A simulated reader at the other end of a line, for demonstrations on machines without a PC/SC service.
 * No real reader speaks this: a production configuration refuses it.
 */
export function cardLine(options: CardLineOptions): CardConnection {
  return new CardLine(options);
}

class CardLine implements CardConnection {
  readonly address: string;
  readonly #options: CardLineOptions;
  #onSlot: (state: SlotState) => void = () => undefined;
  #kept: KeptConnection | undefined;
  #exchange: LineExchange | undefined;
  #insertion = 0;
  #lastCounter: number | undefined;

  constructor(options: CardLineOptions) {
    this.#options = options;
    this.address = options.transport.address;
  }

  open(onSlot: (state: SlotState) => void): void {
    this.#onSlot = onSlot;
    const { transport, clock, backoff = DEVICE_BACKOFF, random = Math.random } = this.#options;
    this.#kept ??= keepConnected({
      transport,
      clock,
      backoff,
      random,
      session: (line, context) => this.#session(line, context),
      onUnreachable: (reason) => this.#onSlot({ type: 'gone', fault: reason }),
    });
  }

  async close(): Promise<void> {
    await this.#kept?.close();
    this.#kept = undefined;
  }

  async connect({ deadlineMs }: { readonly deadlineMs: number }): Promise<Result<CardLink, Fault>> {
    const exchange = this.#exchange;
    if (exchange === undefined) return err(fault('device.offline'));
    const powered = await exchange.ask(LINE.power, Uint8Array.of(1), deadlineMs);
    if (!powered.ok) return powered;
    if (powered.value[0] !== 1) return err(fault('securityCard.unreadable'));
    return ok(new SimulatedLink(exchange));
  }

  async #session(line: ByteLine, { signal, proved }: LineSession): Promise<void> {
    const { clock, pollMs = 250, answerMs = 1_000 } = this.#options;
    const exchange = new LineExchange(line, clock);
    this.#exchange = exchange;
    const over = (): boolean => signal.aborted;
    let silences = 0;
    while (!over() && silences < SILENCES) {
      const answer = await exchange.ask(LINE.slot, new Uint8Array(0), answerMs);
      if (over()) break;
      if (answer.ok) {
        silences = 0;
        proved();
        this.#tell(answer.value);
      } else {
        silences += 1;
        this.#onSlot({ type: 'silent', fault: answer.error });
      }
      await sleep(clock, pollMs, signal);
    }
    exchange.end();
    this.#exchange = undefined;
    if (over()) {
      const lost = fault('device.offline', { detail: 'the line closed' });
      this.#onSlot({ type: 'gone', fault: lost });
    }
  }

  #tell([present, counter]: Uint8Array): void {
    if (present !== 1) {
      this.#onSlot({ type: 'empty' });
      return;
    }
    if (counter !== this.#lastCounter) this.#insertion += 1;
    this.#lastCounter = counter;
    this.#onSlot({ type: 'card', insertion: this.#insertion });
  }
}

/** Questions of different types may be out at the same time; of each type one. */
class LineExchange {
  readonly #line: ByteLine;
  readonly #clock: DriverClock;
  readonly #frames = new LengthFrames();
  readonly #waiting = new Map<number, (answer: Uint8Array | undefined) => void>();
  readonly #unsubscribe: () => void;
  #ended = false;

  constructor(line: ByteLine, clock: DriverClock) {
    this.#line = line;
    this.#clock = clock;
    const stopData = line.onData((bytes) => this.#heard(bytes));
    const stopClose = line.onClose(() => this.end());
    this.#unsubscribe = () => {
      stopData();
      stopClose();
    };
  }

  ask(type: number, payload: Uint8Array, deadlineMs: number): Promise<Result<Uint8Array, Fault>> {
    return new Promise((resolve) => {
      if (this.#ended) {
        resolve(err(fault('device.offline')));
        return;
      }
      const cancel = this.#clock.after(deadlineMs, () => {
        this.#waiting.delete(type);
        resolve(err(fault('device.timeout')));
      });
      this.#waiting.get(type)?.(undefined);
      this.#waiting.set(type, (answer) => {
        cancel();
        this.#waiting.delete(type);
        resolve(answer === undefined ? err(fault('device.offline')) : ok(answer));
      });
      this.#send(Uint8Array.of(type, ...payload));
    });
  }

  #send(frame: Uint8Array): void {
    this.#line.write(encodeLengthFrame(frame)).then(
      (written) => {
        if (!written.ok) this.end();
      },
      () => this.end(),
    );
  }

  /** The line is of no use any more: whoever waits is told. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#unsubscribe();
    for (const tell of [...this.#waiting.values()]) tell(undefined);
  }

  #heard(bytes: Uint8Array): void {
    for (const frame of this.#frames.push(bytes)) {
      const [type = 0] = frame;
      this.#waiting.get(type)?.(frame.slice(1));
    }
    // out of step for good: the session sees it as silence and opens the line anew
    if (this.#frames.broken) this.end();
  }
}

class SimulatedLink implements CardLink {
  readonly #exchange: LineExchange;

  constructor(exchange: LineExchange) {
    this.#exchange = exchange;
  }

  async transmit(
    apdu: Uint8Array,
    { deadlineMs }: { readonly deadlineMs: number },
  ): Promise<Result<Uint8Array, Fault>> {
    const answer = await this.#exchange.ask(LINE.apdu, apdu, deadlineMs);
    if (answer.ok && answer.value.length === 0) return err(fault('securityCard.removedEarly'));
    return answer;
  }

  async close(): Promise<void> {
    // without an answer the next power-up resets the card all the same
    await this.#exchange.ask(LINE.power, Uint8Array.of(0), 500).then(() => undefined);
  }
}
