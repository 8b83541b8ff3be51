import type * as pcscMini from 'pcsc-mini';
import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { Result } from '../../domain/result.ts';
import { err, ok } from '../../domain/result.ts';
import type { DriverClock } from '../device.ts';
import { backoffDelay, DEVICE_BACKOFF, type Backoff } from '../transport/reconnecting.ts';
import { sleep } from '../transport/system-clock.ts';
import type { CardConnection, CardLink, SlotState } from './connection.ts';
import { PcscLink, pcscFault, within } from './pcsc-link.ts';

/**
 * The library's thread tells of a change and then waits for the next one. Between the two it must not be
 * stopped: stopping would then wait for ever, and hold the whole process. So it is stopped only when nothing
 * was heard for so long, in ms.
 */
const QUIET_MS = 250;

/** The longest time a timer takes, in ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

type PcscLibrary = typeof pcscMini;
type Client = InstanceType<PcscLibrary['Client']>;
type Reader = InstanceType<PcscLibrary['Reader']>;

/** Which reader, and how to get at it. */
export interface PcscOptions {
  /** Name of the reader, or how it begins; default: the first one there is. */
  readonly reader?: string;
  readonly clock: DriverClock;
  readonly backoff?: Backoff;
  /** In [0, 1); default `Math.random`. */
  readonly random?: () => number;
  /** So long may the service take to name a first reader; default 1500 ms. */
  readonly firstReaderMs?: number;
  /** Loads the native library; default `import('pcsc-mini')`. */
  readonly load?: () => Promise<PcscLibrary>;
}

/**
 * Readers that the PC/SC service knows (pcscd on Linux, built in on Windows and macOS). Faults of the slot:
 * `device.missingLibrary`, `securityCard.serviceDown` (the service does not run), `device.offline` (it
 * runs, and there is no such reader).
 */
export function pcscConnection(options: PcscOptions): CardConnection {
  return new PcscConnection(options);
}

class PcscConnection implements CardConnection {
  readonly address: string;
  readonly #options: PcscOptions;
  readonly #readers = new Map<string, Reader>();
  readonly #closing = new AbortController();
  #library: PcscLibrary | undefined;
  #current: Reader | undefined;
  #onSlot: (state: SlotState) => void = () => undefined;
  #running: Promise<void> | undefined;
  /** Counts what the service counts, over all readers and restarts. */
  #insertion = 0;
  #lastCounter: string | undefined;
  #heardAt = 0;

  constructor(options: PcscOptions) {
    this.#options = options;
    this.address = options.reader === undefined ? 'pcsc' : `pcsc:${options.reader}`;
  }

  open(onSlot: (state: SlotState) => void): void {
    this.#onSlot = onSlot;
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async connect({ deadlineMs }: { readonly deadlineMs: number }): Promise<Result<CardLink, Fault>> {
    const reader = this.#current;
    const library = this.#library;
    if (reader === undefined || library === undefined) return err(fault('device.offline'));
    const { clock } = this.#options;
    // alone with the card: no other program may select something else in between
    const connecting = reader.connect(library.CardMode.EXCLUSIVE);
    const connected = await within(connecting, deadlineMs, clock);
    if (connected.type === 'failed') return err(pcscFault(connected.error));
    if (connected.type === 'done') return ok(new PcscLink(connected.value, library, clock));
    // Too late: nobody waits for it, and it would keep the card for itself.
    connecting
      .then(
        (card) => card.disconnect(library.CardDisposition.UNPOWER),
        () => undefined,
      )
      .catch(() => undefined);
    return err(fault('device.timeout', { detail: 'connect' }));
  }

  async #run(): Promise<void> {
    const { clock, backoff = DEVICE_BACKOFF, random = Math.random } = this.#options;
    const { signal } = this.#closing;
    const closing = (): boolean => signal.aborted;
    let failures = 0;
    while (!closing()) {
      const ended = await this.#watchOnce(() => (failures = 0));
      if (closing()) return;
      failures += 1;
      this.#onSlot({ type: 'gone', fault: ended });
      await sleep(clock, backoffDelay(failures, backoff, random), signal);
    }
  }

  /** Watches until the service is lost or the owner closes; gives why. */
  async #watchOnce(proved: () => void): Promise<Fault> {
    const { load = () => import('pcsc-mini'), clock, firstReaderMs = 1_500 } = this.#options;
    const { signal } = this.#closing;
    try {
      this.#library ??= await load();
    } catch (error) {
      return fault('device.missingLibrary', { detail: `pcsc-mini: ${messageOf(error)}` });
    }
    const library = this.#library;
    const client = new library.Client();
    let started = false;
    try {
      return await new Promise<Fault>((resolve) => {
        client.on('error', (error) => resolve(serviceFault(error)));
        client.on('reader', (reader) => {
          this.#heardAt = clock.now();
          proved();
          this.#joined(library, reader);
        });
        const closing = (): void => resolve(fault('device.cancelled'));
        signal.addEventListener('abort', closing, { once: true });
        try {
          client.start();
          started = true;
        } catch (error) {
          resolve(serviceFault(error));
          return;
        }
        // The service names its readers at once; with none it says nothing.
        clock.after(firstReaderMs, () => {
          if (client.running() && this.#current === undefined) this.#noReader();
        });
      });
    } finally {
      if (client.running() && signal.aborted) await this.#quiet();
      stop(client, started);
      this.#readers.clear();
      this.#current = undefined;
    }
  }

  /** Waits until the library's thread has nothing to tell. */
  async #quiet(): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      const left = this.#heardAt + QUIET_MS - clock.now();
      if (left <= 0) return;
      await sleep(clock, left);
    }
  }

  #joined(library: PcscLibrary, reader: Reader): void {
    this.#readers.set(reader.name(), reader);
    reader.on('change', (status) => {
      this.#heardAt = this.#options.clock.now();
      this.#current ??= this.#wanted(reader) ? reader : undefined;
      if (reader === this.#current) this.#changed(library, reader, status.raw);
    });
    reader.on('disconnect', () => {
      this.#readers.delete(reader.name());
      if (reader !== this.#current) return;
      this.#current = undefined;
      if (!this.#closing.signal.aborted) this.#noReader();
    });
  }

  #wanted(reader: Reader): boolean {
    return reader.name().startsWith(this.#options.reader ?? '');
  }

  #changed(library: PcscLibrary, reader: Reader, raw: number): void {
    const name = reader.name();
    if ((raw & library.ReaderStatus.PRESENT) === 0) {
      this.#onSlot({ type: 'empty', reader: name });
      return;
    }
    // The upper half counts insertions and removals: a card that was changed in a blink shows there.
    const counter = `${name} ${String(raw >>> 16)}`;
    if (counter !== this.#lastCounter) this.#insertion += 1;
    this.#lastCounter = counter;
    this.#onSlot({ type: 'card', insertion: this.#insertion, reader: name });
  }

  #noReader(): void {
    const others = [...this.#readers.keys()].join(', ');
    const { reader } = this.#options;
    const detail =
      reader === undefined
        ? 'the PC/SC service knows no reader'
        : `no reader ${reader}; there are: ${others === '' ? 'none' : others}`;
    this.#onSlot({ type: 'gone', fault: fault('device.offline', { detail }) });
  }
}

function serviceFault(error: unknown): Fault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return fault('securityCard.serviceDown', { vendorCode: code, detail: messageOf(error) });
}

/**
 * A client whose service died cannot be stopped, and when it is collected as garbage the native library
 * throws where nobody can catch it, which would end the process. So it is kept for as long as that lives:
 * a few bytes for each death of the service.
 */
function stop(client: Client, everStarted: boolean): void {
  client.removeAllListeners();
  // without a listener the emitter throws what comes late
  client.on('error', () => undefined);
  try {
    client.stop();
  } catch {
    if (everStarted) setInterval(() => client.running(), LONGEST_TIMER_MS).unref();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown';
}
