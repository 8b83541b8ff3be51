import type { Result } from '../../domain/result.ts';

/** Takes back what was asked for. */
export type Cancel = () => void;

/** Time. Wall time may jump; monotonic never goes back. */
export interface Clock {
  /** Milliseconds since 1970. */
  wall(): number;
  /** Milliseconds that only go up. */
  now(): number;
  after(ms: number, callback: () => void): Cancel;
}

/** Random bytes fit for keys. */
export interface Randomness {
  bytes(length: number): Uint8Array;
}

/** An answer of the platform, whole. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A request to the platform. Redirects are never followed. */
export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  /** Below the platform's base address, beginning with `/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /**
   * How long nothing may come. A body gives it a second more for every thousand bytes: that slow a line is
   * still a line.
   */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /**
   * Time at which the platform's certificate must be valid, milliseconds since 1970; default: the
   * machine's. `any`: not checked, only for an answer that proves itself by a signature.
   */
  readonly certificateAt?: number | 'any';
  /** Answers longer than this are a failure; default 1 MiB. */
  readonly maxAnswerBytes?: number;
}

/** Why no answer came. */
export interface NetworkFailure {
  readonly kind: 'unreachable' | 'timeout' | 'tls' | 'cancelled' | 'answerTooLong';
  readonly detail: string;
}

/** The link to the platform. */
export interface Network {
  request(request: HttpRequest): Promise<Result<HttpAnswer, NetworkFailure>>;
}

/** A child process that speaks JSON-like messages. */
export interface ChildProcess {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): Cancel;
  onExit(listener: (reason: string) => void): Cancel;
  kill(): void;
}

/** Starts processes of this package by the shipped Node. */
export interface Processes {
  /** @param modulePath absolute path of a .ts entry */
  start(modulePath: string, args: readonly string[]): ChildProcess;
}

/**
 * Brings the write-ahead log of an index into it, off the main thread: that flushes a disk twice or more. Whoever
 * has the index open goes on reading and writing.
 */
export interface LogMerger {
  /**
   * @param file the index
   * @throws Error when it could not be merged; the log is as good as before
   */
  merge(file: string): Promise<void>;
  close(): Promise<void>;
}

/** Seals bytes to recipients; what is large off the main thread. Nobody on the terminal can open them again. */
export interface Seal {
  /**
   * @param clear goes to whoever seals it: the caller's may be empty afterwards, and counts on nothing in it
   * @param recipients age recipients (`age1…`)
   */
  seal(clear: Uint8Array, recipients: readonly string[]): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Signs as this terminal (Ed25519). */
export interface TerminalSigner {
  /** Raw 32 bytes. */
  readonly publicKey: Uint8Array;
  /** First 8 hex digits of the SHA-256 of the raw public key. */
  readonly keyId: string;
  /** 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array;
}

/** Holds the terminal's key. Made on the terminal, never leaves it. */
export interface KeyStore {
  /** `protected`: wrapped by the operating system. `rootOnlyFile`: only file permissions guard it; readiness warns. */
  readonly protection: 'protected' | 'rootOnlyFile';
  /** Makes the key at the first call. */
  signer(): Promise<TerminalSigner>;
}

/** Where things lie. */
export interface FileRoots {
  /** Durable: configuration, key file, bundles, outbox, index. */
  readonly data: string;
  /** On tmpfs: work files that must not survive. `undefined` when no tmpfs was found: features that need it are refused. */
  readonly work: string | undefined;
}

/** Named moments at which a test may kill the process for real. In production it does nothing. */
export type CrashPoint = (moment: string) => void;

/** Everything the core needs from outside, composed in one place. */
export interface Ports {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly network: Network;
  readonly processes: Processes;
  readonly seal: Seal;
  /** Left out: SQLite merges the log by itself, on the main thread, in the middle of a commit. */
  readonly logMerger?: LogMerger | undefined;
  readonly keyStore: KeyStore;
  readonly roots: FileRoots;
  readonly crashPoint: CrashPoint;
}
