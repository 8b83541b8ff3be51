import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { encodeLengthFrame, LengthFrames } from '../length-frames.ts';

/** What lies behind a virtual reader. */
export interface VirtualCard {
  readonly atr: Uint8Array;
  /** Lies the wrong way round: it is felt in the slot, and does not answer to power. */
  readonly dead: boolean;
  /** Power on, off or reset. */
  reset(): void;
  /** Answers a command; undefined answers nothing. */
  transmit(command: Uint8Array): Promise<Uint8Array | undefined>;
}

/** Control bytes of the vpcd protocol; a frame of one byte is one of these, any longer one is a command. */
const CONTROL = { off: 0, on: 1, reset: 2, atr: 4 } as const;

/** No answer to reset: the driver waits for one for ever, so the dead card answers with no sense at all. */
const NO_ATR = Uint8Array.of(0x00, 0x00);

/** A reader that does not take a call is called again after so long. */
const AGAIN_MS = 100;

/**
 * Puts a card into a reader of pcscd's driver for virtual cards (vpcd): the call is the insertion, hanging up
 * pulls it out. Calls again until `pull`, for pcscd may be started later. The port is that of the slot.
 */
export class VpcdCard {
  readonly #port: number;
  readonly #card: VirtualCard;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pulled = false;
  #justPowered = false;

  constructor(port: number, card: VirtualCard) {
    this.#port = port;
    this.#card = card;
    this.#insert();
  }

  /** Whether a reader has it now. */
  get inReader(): boolean {
    return this.#socket?.readyState === 'open';
  }

  pull(): void {
    this.#pulled = true;
    clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #insert(): void {
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true });
    this.#socket = socket;
    const frames = new LengthFrames();
    let queue: Promise<void> = Promise.resolve();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#pulled) return;
      this.#timer = setTimeout(() => this.#insert(), AGAIN_MS);
    });
    socket.on('data', (bytes: Uint8Array) => {
      for (const frame of frames.push(bytes)) {
        queue = queue.then(async () => {
          const answer = await this.#answer(frame);
          if (answer !== undefined && !socket.destroyed) socket.write(encodeLengthFrame(answer));
        });
      }
    });
  }

  #answer(frame: Uint8Array): Promise<Uint8Array | undefined> {
    const [control] = frame;
    if (frame.length !== 1) return this.#card.transmit(frame);
    if (control === CONTROL.atr) {
      // The driver also asks for this to see whether a card is in; after power it is the answer to reset.
      const silent = this.#card.dead && this.#justPowered;
      this.#justPowered = false;
      return Promise.resolve(silent ? NO_ATR : this.#card.atr);
    }
    this.#justPowered = control === CONTROL.on || control === CONTROL.reset;
    if (this.#justPowered || control === CONTROL.off) this.#card.reset();
    return Promise.resolve(undefined);
  }
}
