import type { FromHost, ToHost } from '../../device-host/protocol.ts';
import { isFromHost } from '../../device-host/protocol.ts';
import type { Cancel, ChildProcess, Clock, Processes } from '../ports.ts';

/** How the host is looked after, in ms. */
export interface HostTimings {
  /** Wait before the first restart; doubles while the host keeps dying. */
  readonly firstRestartMs: number;
  readonly maxRestartMs: number;
  /** A host that lived so long was well: the next restart is quick again. */
  readonly wellAfterMs: number;
  readonly pingEveryMs: number;
  /** Silence for so long after a ping means that the host hangs: it is killed. */
  readonly hungAfterMs: number;
  /** Time it gets to close its drivers when the core ends. */
  readonly closeMs: number;
}

/** The first restart is begun well within 2 s of the death; a host that keeps dying is not hammered. */
export const HOST_TIMINGS: HostTimings = {
  firstRestartMs: 200,
  maxRestartMs: 10_000,
  wellAfterMs: 30_000,
  pingEveryMs: 5_000,
  hungAfterMs: 20_000,
  closeMs: 3_000,
};

/** What the owner of the host is told. */
export interface HostOwner {
  /** Sent first to every new host. */
  readonly configure: () => ToHost;
  readonly onMessage: (message: FromHost) => unknown;
  /** The host is gone with all it held; another one follows. */
  readonly onDown: () => unknown;
}

/** Keeps one device host running: starts it, starts it again when it dies, kills it when it hangs. */
export class HostProcess {
  readonly #processes: Processes;
  readonly #clock: Clock;
  readonly #entry: string;
  readonly #owner: HostOwner;
  readonly #timings: HostTimings;
  #child: ChildProcess | undefined;
  #deaths = 0;
  #cancelTimer: Cancel = () => undefined;
  #cancelRestart: Cancel = () => undefined;
  #heardAt = 0;
  #closing = false;
  #gone: (() => void) | undefined;
  startedAt = 0;
  restarts = 0;

  constructor(
    parts: { readonly processes: Processes; readonly clock: Clock; readonly entry: string },
    owner: HostOwner,
    timings: HostTimings,
  ) {
    this.#processes = parts.processes;
    this.#clock = parts.clock;
    this.#entry = parts.entry;
    this.#owner = owner;
    this.#timings = timings;
    this.#start();
  }

  /** False when there is no host to hear it. */
  send(message: ToHost): boolean {
    if (this.#child === undefined) return false;
    this.#child.send(message);
    return true;
  }

  /** For a host that broke its word: it is started anew. */
  kill(): void {
    this.#child?.kill();
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#cancelRestart();
    this.#cancelTimer();
    const child = this.#child;
    if (child === undefined) return;
    await new Promise<void>((resolve) => {
      this.#gone = resolve;
      const cancel = this.#clock.after(this.#timings.closeMs, () => child.kill());
      child.onExit(cancel);
      child.send({ type: 'close' } satisfies ToHost);
    });
  }

  #start(): void {
    this.startedAt = this.#clock.now();
    this.#heardAt = this.startedAt;
    const child = this.#processes.start(this.#entry, []);
    this.#child = child;
    child.onMessage((message) => {
      if (this.#child !== child || !isFromHost(message)) return;
      this.#heardAt = this.#clock.now();
      if (message.type !== 'pong') this.#owner.onMessage(message);
    });
    child.onExit(() => this.#exited(child));
    child.send(this.#owner.configure());
    this.#watch();
  }

  #watch(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.after(this.#timings.pingEveryMs, () => {
      if (this.#clock.now() - this.#heardAt > this.#timings.hungAfterMs) this.kill();
      else this.send({ type: 'ping' });
      this.#watch();
    });
  }

  #exited(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#cancelTimer();
    this.#owner.onDown();
    this.#gone?.();
    if (this.#closing) return;
    const { firstRestartMs, maxRestartMs, wellAfterMs } = this.#timings;
    if (this.#clock.now() - this.startedAt > wellAfterMs) this.#deaths = 0;
    const wait = Math.min(maxRestartMs, firstRestartMs * 2 ** Math.min(this.#deaths, 10));
    this.#deaths += 1;
    this.#cancelRestart = this.#clock.after(wait, () => {
      this.restarts += 1;
      this.#start();
    });
  }
}
