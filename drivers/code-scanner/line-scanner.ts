import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus } from '../../domain/device/status.ts';
import { err, ok } from '../../domain/result.ts';
import type { Result } from '../../domain/result.ts';
import type { CommandOptions, DriverClock, Unsubscribe } from '../device.ts';
import type { Backoff, KeptConnection, LineSession } from '../transport/reconnecting.ts';
import { DEVICE_BACKOFF, keepConnected } from '../transport/reconnecting.ts';
import { sleep } from '../transport/system-clock.ts';
import type { ByteLine, Transport } from '../transport/transport.ts';
import { symbologyOf } from './aim-id.ts';
import { CodeAnnouncer } from './announcer.ts';
import type { AnnouncerTimings } from './announcer.ts';
import type { Assembled, CodeAssembler } from './code-assembler.ts';
import type { CodeScanner, CodeScannerEvent, ScannedCode } from './contract.ts';
import { decodeText } from './decode-text.ts';

/** Times of a scanner on a line, in ms. */
export interface ScannerTimings extends AnnouncerTimings {
  /** A code that has begun and does not go on for so long is at its end. */
  readonly pauseMs: number;
  /** A new line must be quiet for so long before anything on it is believed to be the start of a code. */
  readonly settleMs: number;
  /** A new line that is not quiet by then is told as `unknown`. */
  readonly noisyAfterMs: number;
}

/** Times that suit the scanners known, but for the pause, which is the protocol's. */
export const SCANNER_TIMINGS: Omit<ScannerTimings, 'pauseMs'> = {
  duplicateMs: 2_000,
  offlineAfterMs: 1_500,
  settleMs: 200,
  noisyAfterMs: 5_000,
};

/** Bytes that start and stop reading; makers have their own. */
export interface TriggerCommands {
  readonly start: Uint8Array;
  /** Sent when no code came; most scanners stop by themselves after one. Absent: it ends by itself. */
  readonly stop?: Uint8Array;
}

/** What a driver of a scanner on any line needs. */
export interface LineScannerOptions {
  readonly transport: Transport;
  readonly clock: DriverClock;
  readonly assembler: CodeAssembler;
  readonly capabilities: CodeScanner['capabilities'];
  readonly timings: ScannerTimings;
  readonly trigger?: TriggerCommands;
  /**
   * What shows that a scanner is there: a `line` that only a scanner can have, or nothing but a `code`. Until its
   * first code since the line came up such a scanner is `unknown`; it reads all the same.
   */
  readonly onlineBy: 'line' | 'code';
  readonly backoff?: Backoff;
  /** In [0, 1); default `Math.random`. */
  readonly random?: () => number;
}

/** A timer that is late may run before bytes that lay in the line: whoever waits looks once more after so long. */
const GRACE_MS = 20;

/** A code scanner on a line: what the protocols have in common. */
export class LineScanner implements CodeScanner {
  readonly capabilities: CodeScanner['capabilities'];
  readonly trigger?: (options: CommandOptions) => Promise<Result<ScannedCode, Fault>>;
  readonly #options: LineScannerOptions;
  readonly #announcer: CodeAnnouncer;
  #connection: KeptConnection | undefined;
  #line: ByteLine | undefined;
  #closing = false;
  #cancelPause: Unsubscribe = () => undefined;
  #triggered: ((outcome: Result<ScannedCode, Fault>) => void) | undefined;

  constructor(options: LineScannerOptions) {
    this.#options = options;
    this.capabilities = options.capabilities;
    this.#announcer = new CodeAnnouncer(options.clock, options.timings);
    const { trigger } = options;
    if (trigger !== undefined) this.trigger = (command) => this.#trigger(trigger, command);
  }

  get status(): DeviceStatus {
    return this.#announcer.status;
  }

  onStatus(listener: (status: DeviceStatus) => void): Unsubscribe {
    return this.#announcer.onStatus(listener);
  }

  onEvent(listener: (event: CodeScannerEvent) => void): Unsubscribe {
    return this.#announcer.onEvent(listener);
  }

  open(): Promise<void> {
    const { transport, clock, backoff = DEVICE_BACKOFF, random = Math.random } = this.#options;
    this.#connection ??= keepConnected({
      transport,
      clock,
      backoff,
      random,
      session: (line, context) => this.#session(line, context),
      onUnreachable: (reason) => {
        this.#announcer.lineLost(reason);
      },
    });
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#connection?.close();
    this.#connection = undefined;
    this.#closing = false;
    this.#announcer.forget();
    this.#announcer.setStatus({ state: 'offline' });
  }

  async #session(line: ByteLine, { signal, proved }: LineSession): Promise<void> {
    let pieces = 0;
    line.onData((piece) => {
      pieces += 1;
      if (this.#line === line) this.#take(piece);
    });
    await this.#settle(() => pieces, signal);
    if (!signal.aborted) {
      proved();
      this.#line = line;
      const { onlineBy } = this.#options;
      this.#announcer.setStatus({ state: onlineBy === 'line' ? 'online' : 'unknown' });
      await aborted(signal);
    }
    this.#line = undefined;
    this.#cancelPause();
    const { assembler } = this.#options;
    const torn = assembler.partial;
    assembler.reset();
    if (this.#closing) {
      this.#triggered?.(err(fault('device.cancelled')));
    } else {
      const lost = fault('device.offline', { detail: 'the line closed' });
      this.#triggered?.(err(lost));
      if (torn) this.#announcer.failed(lost);
      this.#announcer.lineLost(lost);
    }
  }

  /** What lies in a new line is the end of something, or meant for whoever was here before: it goes by. */
  async #settle(pieces: () => number, signal: AbortSignal): Promise<void> {
    const { clock, timings } = this.#options;
    const noisyAt = clock.now() + timings.noisyAfterMs;
    let before: number;
    do {
      before = pieces();
      await sleep(clock, timings.settleMs, signal);
      await sleep(clock, GRACE_MS, signal);
      if (pieces() !== before && !signal.aborted && clock.now() > noisyAt) {
        const noisy = fault('device.protocol', { detail: 'the line is never quiet' });
        this.#announcer.setStatus({ state: 'unknown', fault: noisy });
      }
    } while (pieces() !== before && !signal.aborted);
  }

  #take(piece: Uint8Array): void {
    const { assembler, clock, timings } = this.#options;
    this.#cancelPause();
    for (const assembled of assembler.push(piece)) this.#tell(assembled);
    if (!assembler.partial) return;
    this.#cancelPause = clock.after(timings.pauseMs, () => {
      this.#cancelPause = clock.after(GRACE_MS, () => {
        for (const assembled of assembler.paused()) this.#tell(assembled);
      });
    });
  }

  #tell(assembled: Assembled): void {
    if (assembled.type === 'dropped') {
      this.#failed(assembled.why);
      return;
    }
    const { encodings } = this.capabilities;
    const decoded = decodeText(assembled.bytes, encodings);
    if (decoded === undefined) {
      this.#failed(`no text in ${encodings.join(' or ')}`);
      return;
    }
    const symbology = assembled.aimId === undefined ? undefined : symbologyOf(assembled.aimId);
    const named = symbology === undefined ? {} : { symbology };
    const code: ScannedCode = { ...decoded, ...named, bytes: assembled.bytes };
    this.#announcer.setStatus({ state: 'online' });
    this.#announcer.code(code);
    this.#triggered?.(ok(code));
  }

  #failed(why: string): void {
    const reason = fault('codeScanner.unreadable', { detail: why });
    this.#announcer.failed(reason);
    this.#triggered?.(err(reason));
  }

  async #trigger(
    commands: TriggerCommands,
    { signal, deadlineMs }: CommandOptions,
  ): Promise<Result<ScannedCode, Fault>> {
    const line = this.#line;
    if (signal?.aborted === true) return err(fault('device.cancelled'));
    if (this.#triggered !== undefined) return err(fault('device.busy'));
    if (line === undefined) return err(fault('device.offline'));
    const ended = Promise.withResolvers<Result<ScannedCode, Fault>>();
    const cancel = (): void => {
      ended.resolve(err(fault('device.cancelled')));
    };
    const cancelDeadline = this.#options.clock.after(deadlineMs, () => {
      ended.resolve(err(fault('codeScanner.notRead')));
    });
    signal?.addEventListener('abort', cancel, { once: true });
    this.#triggered = ended.resolve;
    // Who asks for a code wants the one that is there, also if it was just told.
    this.#announcer.forget();
    const started = line.write(commands.start);
    const outcome = await Promise.race([
      ended.promise,
      started.then((result) => (result.ok ? ended.promise : result)),
    ]);
    this.#triggered = undefined;
    cancelDeadline();
    signal?.removeEventListener('abort', cancel);
    if (!outcome.ok && this.#line === line && commands.stop !== undefined) {
      const stopped = await line.write(commands.stop);
      // A write that fails ends the line: what the trigger came to does not change.
      if (!stopped.ok) return outcome;
    }
    return outcome;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
