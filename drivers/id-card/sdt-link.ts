import type { DriverClock } from '../device.ts';
import { sleep } from '../transport/system-clock.ts';
import type { ByteLine } from '../transport/transport.ts';
import type { SdtCommand } from './sdt-commands.ts';
import { SW3 } from './sdt-commands.ts';
import type { SdtFrame } from './sdt-frame.ts';
import { SdtFrameParser } from './sdt-frame.ts';

/** How a request ended. */
export type SdtExchange =
  /** A good answer of the right size, with its data. */
  | { readonly type: 'good'; readonly data: Uint8Array }
  /** The reader said no; `code` is SW1 SW2 SW3 in hex, for the technician. */
  | { readonly type: 'refused'; readonly sw3: number; readonly code: string }
  /** Nothing that answers the request came in time. */
  | { readonly type: 'silent' }
  /** The line is gone, or the owner closes. */
  | { readonly type: 'gone' };

/**
 * Requests and answers over a line, one at a time. Answers carry no number that says what they answer:
 * whatever comes before a request, or has not the size of its answer, is dropped.
 */
export class SdtLink {
  readonly #line: ByteLine;
  readonly #clock: DriverClock;
  readonly #signal: AbortSignal;
  readonly #interByteMs: number;
  readonly #parser = new SdtFrameParser(4);
  #waiting: ((frame: SdtFrame) => void) | undefined;
  #cancelStall: () => void = () => undefined;
  #lastByteAt = -Infinity;

  constructor(line: ByteLine, clock: DriverClock, signal: AbortSignal, interByteMs: number) {
    this.#line = line;
    this.#clock = clock;
    this.#signal = signal;
    this.#interByteMs = interByteMs;
    line.onData((bytes) => {
      this.#take(bytes);
    });
  }

  /** Sends a request and waits for its answer, at most `timeoutMs`. Never rejects. */
  async exchange(command: SdtCommand, timeoutMs: number): Promise<SdtExchange> {
    if (this.#signal.aborted) return { type: 'gone' };
    this.#parser.reset();
    const answered = Promise.withResolvers<SdtExchange>();
    const { resolve } = answered;
    const gone = (): void => {
      resolve({ type: 'gone' });
    };
    const cancelTimeout = this.#clock.after(timeoutMs, () => {
      resolve({ type: 'silent' });
    });
    this.#signal.addEventListener('abort', gone, { once: true });
    this.#waiting = (frame) => {
      const answer = answerTo(command, frame);
      if (answer !== undefined) resolve(answer);
    };
    const written = this.#line.write(command.frame).then((result): SdtExchange | undefined => {
      return result.ok ? undefined : { type: 'gone' };
    });
    const outcome = await Promise.race([
      answered.promise,
      written.then((failure) => failure ?? answered.promise),
    ]);
    this.#waiting = undefined;
    cancelTimeout();
    this.#signal.removeEventListener('abort', gone);
    return outcome;
  }

  /** Waits until nothing has come for `quietMs`, at most `longestMs`; answers that come too late go by. */
  async quiet(quietMs: number, longestMs: number): Promise<void> {
    const until = this.#clock.now() + longestMs;
    while (!this.#signal.aborted) {
      const now = this.#clock.now();
      const wait = Math.min(this.#lastByteAt + quietMs, until) - now;
      if (wait <= 0) return;
      await sleep(this.#clock, wait, this.#signal);
    }
  }

  #take(bytes: Uint8Array): void {
    this.#lastByteAt = this.#clock.now();
    this.#cancelStall();
    this.#hand(this.#parser.push(bytes));
    if (this.#parser.partial) {
      this.#cancelStall = this.#clock.after(this.#interByteMs, () => {
        this.#hand(this.#parser.stalled());
      });
    }
  }

  #hand(frames: readonly SdtFrame[]): void {
    for (const frame of frames) this.#waiting?.(frame);
  }
}

function answerTo(command: SdtCommand, frame: SdtFrame): SdtExchange | undefined {
  if (frame.type !== 'frame') return undefined;
  const [sw1 = 0, sw2 = 0, sw3 = 0] = frame.body;
  const data = frame.body.subarray(3);
  if (sw3 === command.success && data.length === command.dataBytes) {
    return { type: 'good', data };
  }
  const refusal = sw3 !== SW3.success && sw3 !== SW3.found && data.length === 0;
  if (!refusal) return undefined;
  const code = [sw1, sw2, sw3].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return { type: 'refused', sw3, code };
}
